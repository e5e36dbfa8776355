/* SPDX-License-Identifier: MIT */
/*
 * keyword.h - what kind of statement this is, from its first tokens.
 *
 *   lm_is_begin, _commit, _rollback   transaction control; ROLLBACK TO belongs
 *                                     to savepoints
 *   lm_word_is         is the token this name, quoted or not?
 *   lm_word_quotes     bytes of the quote before, and behind it
 *   lm_pragma_read     PRAGMA [schema.]name [= value | (value)]
 *   lm_pragma_is_on    is a value yes? SQLite takes an unknown word for no
 *   lm_may_act         may a foreign key act (cascade, set null) when it runs,
 *                      and because rows of which table go or change?
 *   lm_drops           does it drop this table? Its name, or false
 *   lm_renames_to      ALTER TABLE … RENAME TO name
 *
 * Names are spans of the statement, with their quotes. Nothing is allocated.
 */
#ifndef LM_SQLFILE_KEYWORD_H
#define LM_SQLFILE_KEYWORD_H

#include <stdbool.h>
#include <stddef.h>

#include "../lex/sqlsplit.h"

/* A token of a statement. */
typedef struct lm_word {
    const char *s;
    size_t n;
    lm_sqlkind kind;
} lm_word;

typedef struct lm_pragma {
    lm_word name, value;    /* value.n 0: it only asks */
} lm_pragma;

typedef struct lm_act {
    lm_word table;
    bool updates;           /* keys change; else rows go */
} lm_act;

bool lm_is_begin(const char *sql, size_t n);
bool lm_is_commit(const char *sql, size_t n);
bool lm_is_rollback(const char *sql, size_t n);
size_t lm_word_quotes(const lm_word *w);
bool lm_word_is(const lm_word *w, const char *name);
bool lm_words_same(const lm_word *a, const lm_word *b);
bool lm_pragma_read(const char *sql, size_t n, lm_pragma *out);
bool lm_pragma_is_on(const lm_pragma *p);
bool lm_may_act(const char *sql, size_t n, lm_act *out);
bool lm_drops(const char *sql, size_t n, lm_word *table);
bool lm_renames_to(const char *sql, size_t n, lm_word *name);
/* The table that CREATE TABLE, CREATE INDEX … ON, INSERT, REPLACE, DELETE or
 * DROP TABLE is about; `takes` says that it is one of the last two. */
bool lm_writes_table(const char *sql, size_t n, lm_word *table, bool *takes);

#endif
