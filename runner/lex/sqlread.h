/* SPDX-License-Identifier: MIT */
/*
 * sqlread.h - reading the grammar of one statement; lex/ alone uses it.
 *
 *   lm_sqlread_start      take text[0..len) apart into tokens
 *   lm_sqlread_peek       the token so many ahead; LM_TOK_END behind the last
 *   lm_sqlread_is         is it this keyword?
 *   lm_sqlread_word, _op  take a keyword or one-byte operator if it is next
 *   lm_sqlread_need, _need_op   the same, and a failure when it is not
 *   lm_sqlread_name       take a name
 *   lm_sqlread_parens     take balanced parentheses and what is in them
 *   lm_sqlread_since      the span from a token taken earlier to the last one
 *   lm_sqlread_keys, _key a list of keys, one more element of one
 *   lm_sqlread_fail       this is not the grammar
 *   lm_sqlread_end        nothing may be left; the code of it all
 *
 * A failure is sticky: the first one is recorded, and from then on there is
 * nothing but the end of the text, so that loops end and nobody asks after
 * each token. Blanks and comments are no tokens here. A semicolon at the end
 * is passed over.
 *
 * Ownership: names live in the arena; lm_sqlread_end frees the tokens.
 */
#ifndef LM_LEX_SQLREAD_H
#define LM_LEX_SQLREAD_H

#include "createtable.h"
#include "sqltok.h"

typedef struct lm_sqltoken {
    lm_sqlkind kind;
    lm_span span;
} lm_sqltoken;

typedef struct lm_sqlread {
    const char *text;
    size_t len;
    const char *what;       /* "CREATE TABLE", for the message */
    lm_arena *names;
    lm_err *err;
    int rc;
    lm_sqltoken *tokens;
    size_t count, size;
    size_t at;
} lm_sqlread;

void lm_sqlread_start(lm_sqlread *r, const char *text, size_t len);
lm_sqltoken lm_sqlread_peek(const lm_sqlread *r, size_t ahead);
bool lm_sqlread_is(const lm_sqlread *r, size_t ahead, const char *keyword);
bool lm_sqlread_is_op(const lm_sqlread *r, size_t ahead, char op);
bool lm_sqlread_word(lm_sqlread *r, const char *keyword);
bool lm_sqlread_op(lm_sqlread *r, char op);
void lm_sqlread_need(lm_sqlread *r, const char *keyword);
void lm_sqlread_need_op(lm_sqlread *r, char op);
/* Borrowed from the arena; NULL after a failure. */
const char *lm_sqlread_name(lm_sqlread *r, lm_span *span);
lm_span lm_sqlread_parens(lm_sqlread *r);
lm_span lm_sqlread_since(const lm_sqlread *r, size_t first);
void lm_sqlread_fail(lm_sqlread *r);
void lm_sqlread_nomem(lm_sqlread *r);
int lm_sqlread_end(lm_sqlread *r);

/* One more element, empty; NULL: out of memory, which is a failure of r. */
lm_key *lm_sqlread_key(lm_sqlread *r, lm_keys *out);
/* ( key, key, ... ) at hand; `autoincrement` may be NULL: not allowed. */
void lm_sqlread_keys(lm_sqlread *r, lm_keys *out, lm_span *autoincrement);
void lm_keys_clear(lm_keys *keys);

#endif
