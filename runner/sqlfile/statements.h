/* SPDX-License-Identifier: MIT */
/*
 * statements.h - the statements of one way, as they will run.
 *
 *   lm_statements_each   walk over them, leaving out what does nothing or is
 *                        the runner's: the file's own BEGIN at its beginning
 *                        and COMMIT at its end (or, the other way round, the
 *                        COMMIT and BEGIN by which it steps out of its tool's
 *                        transaction), and PRAGMA foreign_keys, which is an
 *                        error where foreign keys would have to act
 *   lm_statements_mode   how the file means to run, where its statements say
 *                        so and no mark does
 *   lm_statements_check  tokens that make no SQL: a comment that is never
 *                        closed, a parameter, a placeholder
 *
 * The walk stops at the first result that is not LM_OK; without `each` it
 * only looks whether all of it may run. A statement that is cut off is found
 * by the walk that runs it. Errors are placed. Nothing is allocated.
 */
#ifndef LM_SQLFILE_STATEMENTS_H
#define LM_SQLFILE_STATEMENTS_H

#include "sqlway.h"

typedef int (*lm_statement_fn)(void *user, const lm_chunk *chunk,
                               const char *sql, size_t len);

int lm_statements_each(const lm_sqlway *way, lm_err *err,
                       lm_statement_fn each, void *user);
int lm_statements_mode(const lm_sqlway *way, lm_err *err, lm_txn_mode *out);
int lm_statements_check(const lm_sqlway *way, lm_err *err);

#endif
