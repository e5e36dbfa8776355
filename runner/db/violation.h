/* SPDX-License-Identifier: MIT */
/*
 * violation.h - rows that point nowhere, as they can be told again later.
 *
 * A row is known by the values in the columns of its foreign key, not by its
 * rowid: a table that is rebuilt numbers its rows anew, a WITHOUT ROWID table
 * has no numbers, and one row may break several keys.
 *
 *   lm_violations_each   call a function for each foreign key and value of a
 *                        table that points to no row
 *   lm_violations_guess  the same where SQLite cannot look: a key that it
 *                        cannot use yet, because its target is not unique,
 *                        may become one
 *   lm_links_each        call a function for each foreign key of main
 *
 * Ownership: what a callback gets is borrowed for the call.
 */
#ifndef LM_DB_VIOLATION_H
#define LM_DB_VIOLATION_H

#include "internal.h"

typedef struct lm_violation {
    uint64_t link;      /* hash of table, columns and parent */
    uint64_t value;     /* hash of what stands in the columns */
    int64_t count;      /* so many rows of it */
    bool has_row;
    int64_t row;        /* the last of them, where it has a number */
    const char *parent;
} lm_violation;

typedef int (*lm_on_violation)(lm_db *db, void *user, const lm_violation *v);
typedef int (*lm_on_link)(lm_db *db, void *user, uint64_t link);

/* *mismatch: SQLite could not look, because a key has an impossible target;
 * LM_EFAILED is returned then. */
int lm_violations_each(lm_db *db, const char *table, lm_on_violation each,
                       void *user, bool *mismatch);
int lm_violations_guess(lm_db *db, const char *table, lm_on_violation each,
                        void *user);
int lm_links_each(lm_db *db, lm_on_link each, void *user);

#endif
