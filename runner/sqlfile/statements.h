/* SPDX-License-Identifier: MIT */
/*
 * statements.h - the statements of a SQL file, as they will run.
 *
 *   lm_statements_each   walk over the statements of a part, leaving out what
 *                        does nothing or is the runner's: the file's own
 *                        BEGIN at its beginning and COMMIT at its end, and
 *                        PRAGMA foreign_keys, which is an error where foreign
 *                        keys would have to act
 *
 * The walk stops at the first result that is not LM_OK. Errors are placed:
 * line and column in the file. Nothing is allocated.
 */
#ifndef LM_SQLFILE_STATEMENTS_H
#define LM_SQLFILE_STATEMENTS_H

#include "../engine/source.h"
#include "dbmate.h"

typedef int (*lm_statement_fn)(void *user, const char *sql, size_t len,
                               size_t offset);

int lm_statements_each(const lm_source *source, const lm_part *part,
                       lm_err *err, lm_statement_fn each, void *user);
/* Put the place of an offset of the file into err. */
void lm_statements_place(const lm_source *source, size_t offset,
                         lm_err *err);

#endif
