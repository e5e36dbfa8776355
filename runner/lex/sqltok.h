/* SPDX-License-Identifier: MIT */
/*
 * sqltok.h - SQL text as tokens, by SQLite's own rules (src/tokenize.c,
 * sqlite.org/lang_keywords.html and lang_comment.html).
 *
 *   lm_sqltok_start  look at text[0..len)
 *   lm_sqltok_next   the next token; LM_TOK_END at the end of the text
 *   lm_sql_next      the next one that is neither blank nor comment
 *   lm_sqltok_is     is the token this bare keyword, ASCII case aside?
 *   lm_sqltok_op     is it this operator of one byte?
 *   lm_sqltok_at_line  does the token begin a line, or the text?
 *   lm_text_position 1-based line and column (in characters) of an offset
 *
 * Tokens are spans of the caller's text: nothing is copied or freed.
 */
#ifndef LM_LEX_SQLTOK_H
#define LM_LEX_SQLTOK_H

#include <stdbool.h>
#include <stddef.h>

typedef enum lm_sqlkind {
    LM_TOK_END,
    LM_TOK_SPACE,
    LM_TOK_COMMENT,     /* without the LF that ends a -- comment; a block
                           comment may be left open at the end of the text */
    LM_TOK_WORD,        /* a bare identifier or keyword */
    LM_TOK_QUOTED,      /* "x", `x` or [x] */
    LM_TOK_STRING,      /* 'x' */
    LM_TOK_BLOB,        /* x'00' */
    LM_TOK_NUMBER,
    LM_TOK_VARIABLE,    /* ?1 :a @a $a */
    LM_TOK_OPERATOR,    /* one of || << >> <= <> != == >= -> ->> or one byte */
    LM_TOK_SEMI,
    LM_TOK_BAD          /* a quote that is never closed (to the end of the
                           text), a malformed blob, or a byte that begins
                           no token */
} lm_sqlkind;

typedef struct lm_sqltok {
    const char *text;
    size_t len;
    size_t pos;         /* where the next token begins */
    lm_sqlkind kind;    /* the token last read, */
    size_t start;       /* where it begins */
    size_t size;        /* and its bytes */
} lm_sqltok;

void lm_sqltok_start(lm_sqltok *t, const char *text, size_t len);
lm_sqlkind lm_sqltok_next(lm_sqltok *t);
lm_sqlkind lm_sql_next(lm_sqltok *t);
bool lm_sqltok_is(const lm_sqltok *t, const char *keyword);
bool lm_sqltok_op(const lm_sqltok *t, char op);
bool lm_sqltok_at_line(const lm_sqltok *t);
void lm_text_position(const char *text, size_t offset, int *line,
                      int *column);

#endif
