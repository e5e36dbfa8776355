/* SPDX-License-Identifier: MIT */
/*
 * allowed.h - rows that may point nowhere, because they did before.
 *
 * What was there when a table was first touched is remembered and never
 * changed. Where conn:alter converts such rows, their old values are taken
 * out and the new ones put in: these swaps are a list of their own, which is
 * cut back when a savepoint is rolled back to. What may be there now is the
 * sum of both.
 *
 *   lm_allowed_add    remember a violation
 *   lm_allowed_swap   a row of today points nowhere, with this value
 *   lm_allowed_read   the sum of both, as it is now
 *   lm_allowed_take   how many of these rows does it cover?
 *
 * Ownership: the caller frees lm_allowed.list. The track owns all else.
 */
#ifndef LM_DB_ALLOWED_H
#define LM_DB_ALLOWED_H

#include "violation.h"

typedef struct lm_allowed {
    lm_astray *list;    /* sorted, no two of one link and value */
    size_t count;
    bool swap;          /* what is taken is taken out for good */
    bool all;           /* for the caller */
} lm_allowed;

int lm_allowed_add(lm_db *db, void *unused, const lm_violation *v);
int lm_allowed_swap(lm_db *db, void *unused, const lm_violation *v);
int lm_allowed_read(lm_db *db, lm_allowed *out);
int lm_allowed_take(lm_db *db, lm_allowed *from, const lm_violation *v,
                    int64_t *covered);

#endif
