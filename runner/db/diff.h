/* SPDX-License-Identifier: MIT */
/*
 * diff.h - in what two schemas differ.
 *
 *   lm_diff         every object that only one of them has, or that is
 *                   another in each; the runner's tables do not count
 *   lm_diff_clear   free it; may be called twice
 *
 * Definitions are taken apart (facts.h) and compared one thing at a time;
 * what does not count for the fingerprint of a schema is no difference. One
 * that does not parse is compared token by token (lex/sqlsame.h) and has no
 * details.
 *
 * Ownership: the list owns its strings. Errors are in lm_db_err of the
 * database that they are about.
 */
#ifndef LM_DB_DIFF_H
#define LM_DB_DIFF_H

#include "objects.h"

typedef enum lm_change { LM_ONLY_A, LM_ONLY_B, LM_DIFFERENT } lm_change;

typedef struct lm_difference {
    lm_object_kind kind;
    lm_change change;
    char *name;
    char *a_sql, *b_sql;    /* NULL where it is not */
    char **details;         /* sentences */
    size_t detail_count, detail_size;
} lm_difference;

typedef struct lm_differences {
    lm_difference *list;
    size_t count, size;
} lm_differences;

int lm_diff(lm_db *a, lm_db *b, lm_differences *out);
void lm_diff_clear(lm_differences *differences);

#endif
