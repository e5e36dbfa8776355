/* SPDX-License-Identifier: MIT */
/*
 * sqlsplit.h - SQL text as statements, by tokens and never by semicolons
 * alone.
 *
 *   lm_sqlsplit_start  look at text[0..len)
 *   lm_sqlsplit_next   the next statement that is not empty
 *
 * A statement ends at a semicolon; a CREATE [TEMP|TEMPORARY] TRIGGER (also
 * behind EXPLAIN or EXPLAIN QUERY PLAN) at `; END ;` in this order of tokens,
 * which is what SQLite's shell waits for. Comments and blanks around a
 * statement do not belong to it. A last semicolon may be missing.
 */
#ifndef LM_LEX_SQLSPLIT_H
#define LM_LEX_SQLSPLIT_H

#include <stdbool.h>
#include <stddef.h>

#include "sqltok.h"

typedef enum lm_split {
    LM_SPLIT_STATEMENT,     /* one was found: start and size are set */
    LM_SPLIT_DONE,          /* nothing but blanks and comments was left */
    LM_SPLIT_OPEN_QUOTE,    /* a quote that begins at start is never closed */
    LM_SPLIT_OPEN_TRIGGER   /* the trigger at start never ends */
} lm_split;

typedef struct lm_sqlsplit {
    lm_sqltok tok;
    size_t start;       /* of the statement, or of what is wrong */
    size_t size;        /* bytes, the semicolon included when it is there */
} lm_sqlsplit;

void lm_sqlsplit_start(lm_sqlsplit *s, const char *text, size_t len);
lm_split lm_sqlsplit_next(lm_sqlsplit *s);

/* The n-th bare keyword of a statement (0: the first) is `keyword`. Words
 * are counted; anything that is no word, blank or comment ends the count. */
bool lm_sql_word_is(const char *sql, size_t len, int n, const char *keyword);

#endif
