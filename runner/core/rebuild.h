/* SPDX-License-Identifier: MIT */
/*
 * rebuild.h - looking at the ledger's table, and completing a home-made one.
 *
 *   lm_look_at            is the table there, and whose is it?
 *   lm_rebuild_possible   LM_OK, or LM_EHISTORY with the reason why a table
 *                         with a text id cannot be given our columns
 *   lm_rebuild_ledger     give it our columns: id as it is, position counted
 *                         in rowid order, applied_at where it reads as a
 *                         time, its own columns behind ours; inside an open
 *                         transaction
 */
#ifndef LM_CORE_REBUILD_H
#define LM_CORE_REBUILD_H

#include "../db/db.h"
#include "shape.h"

typedef struct lm_look {
    bool exists, has_history;
    lm_shape shape;
} lm_look;

int lm_look_at(lm_db *db, const char *table, lm_look *out);
int lm_rebuild_possible(lm_db *db, const char *table);
int lm_rebuild_ledger(lm_db *db, const char *table, const char *quoted);

#endif
