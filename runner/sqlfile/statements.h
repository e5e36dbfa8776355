/* SPDX-License-Identifier: MIT */
/*
 * statements.h - the statements of one way, as they will run.
 *
 *   lm_statements_each   walk over them, leaving out what does nothing or is
 *                        the runner's: the file's own BEGIN at its beginning
 *                        and COMMIT at its end (or, the other way round, the
 *                        COMMIT and BEGIN by which it steps out of its tool's
 *                        transaction), and PRAGMA foreign_keys
 *   lm_statements_mode   how the file means to run, where its statements say
 *                        so and no mark does
 *   lm_statements_check  tokens that make no SQL: a comment that is never
 *                        closed, a parameter, a placeholder; in a plain file
 *                        what seems to divide it into ways
 *
 * The walk stops at the first result that is not LM_OK; without `each` it
 * only looks whether all of it may run. A statement that is cut off is found
 * by the walk that runs it. Errors are placed. Nothing is allocated.
 */
#ifndef LM_SQLFILE_STATEMENTS_H
#define LM_SQLFILE_STATEMENTS_H

#include "sqlway.h"

typedef struct lm_statement {
    const lm_chunk *chunk;
    const char *sql;        /* in its text */
    size_t len;
    /* The PRAGMA that wanted foreign keys enforced here, if the statement may
     * make one act; NULL otherwise. */
    const lm_chunk *keys_chunk;
    size_t keys_at;
} lm_statement;

typedef int (*lm_statement_fn)(void *user, const lm_statement *statement);

int lm_statements_each(const lm_sqlway *way, lm_err *err,
                       lm_statement_fn each, void *user);
lm_txn_mode lm_statements_mode(const lm_sqlway *way);
int lm_statements_check(const lm_sqlway *way, bool plain, lm_err *err);

#endif
