/* SPDX-License-Identifier: MIT */
/*
 * check.h - what must hold before a migration may commit.
 *
 *   lm_check_begin    remember what was broken before the script
 *   lm_check_end      foreign keys of the tables that the script wrote or
 *                     changed, and of their children: no violation that was
 *                     not there before; and, when the schema changed, every
 *                     view and trigger that compiled before still does.
 *                     LM_EFAILED names what broke
 *   lm_effect_…       what the script changed for good
 *
 * The state before is looked at as late as can be: violations of a table are
 * counted right before the first statement that touches it, and only where
 * there are foreign keys at all; views and triggers are compiled only when
 * there are any and the schema is not the one that was compiled last.
 */
#ifndef LM_DB_CHECK_H
#define LM_DB_CHECK_H

#include "db.h"

typedef struct lm_effect {
    bool changed;   /* rows outside temp, the schema, user_version or
                       application_id are different */
    int64_t rows;   /* changed by the script's own statements, without those
                       of triggers */
} lm_effect;

int lm_check_begin(lm_db *db);
int lm_check_end(lm_db *db);
int lm_effect_read(lm_db *db, lm_effect *out);

#endif
