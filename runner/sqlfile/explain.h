/* SPDX-License-Identifier: MIT */
/*
 * explain.h - why SQLite did not take a statement, where more can be said than
 * SQLite says.
 *
 *   lm_explain        add a hint to the error of a statement: the release of
 *                     SQLite that knows what it does not, a function or module
 *                     of the program that this folder was made for, what only
 *                     another program's shell knows
 *   lm_explain_silent what this SQLite takes, but not as it was meant: a
 *                     sentence to warn with, or NULL
 */
#ifndef LM_SQLFILE_EXPLAIN_H
#define LM_SQLFILE_EXPLAIN_H

#include <stddef.h>

#include "../base/err.h"

void lm_explain(lm_err *err, const char *sql, size_t len);
const char *lm_explain_silent(const char *sql, size_t len);

#endif
