/* SPDX-License-Identifier: MIT */
/*
 * use.h - finding out what a view or trigger uses, between the files that do
 * it.
 *
 *   lm_recorder      what belongs to one object
 *   lm_use_record    it uses this; said twice it counts once
 *   lm_join_record   the columns by which the text of an object of this
 *                    schema joins tables
 *
 * A failure stays in the recorder.
 */
#ifndef LM_DB_CATALOG_USE_H
#define LM_DB_CATALOG_USE_H

#include "inner.h"

typedef struct lm_recorder {
    lm_db *db;
    lm_use by;              /* the object that is compiled */
    size_t from;            /* its first use */
    int rc;
} lm_recorder;

void lm_use_record(lm_recorder *r, lm_use use);
int lm_join_record(lm_recorder *r, const char *text, const char *schema);

#endif
