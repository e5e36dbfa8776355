/* SPDX-License-Identifier: MIT */
/*
 * sqlsame.h - do two definitions say the same, token by token?
 *
 *   lm_sql_same    comments, blanks and the case of words aside; "a", [a],
 *                  `a` and a are one name. Strings are compared exactly, and
 *                  so are two quoted names, which may be strings, and what
 *                  stands behind DEFAULT, where a quoted name is one
 *   lm_sql_mentions   calls `each` with every name in the text, without its
 *                  quotes: bare words, quoted names and, as SQLite takes
 *                  them for names too, strings
 */
#ifndef LM_LEX_SQLSAME_H
#define LM_LEX_SQLSAME_H

#include <stdbool.h>
#include <stddef.h>

bool lm_sql_same(const char *a, size_t a_len, const char *b, size_t b_len);

/* `after` is the keyword right before it, if that is REFERENCES; `name` is
 * borrowed for the call. False from `each`, or no memory: it ends and returns
 * false. */
typedef bool (*lm_mention_fn)(void *user, const char *name,
                              bool referenced);
bool lm_sql_mentions(const char *sql, size_t len, lm_mention_fn each,
                     void *user);

#endif
