/* SPDX-License-Identifier: MIT */
#include "sqlsame.h"

#include <stdlib.h>
#include <string.h>

#include "../base/text.h"
#include "sqltok.h"

/* The next token that means something; semicolons end statements and mean
 * nothing here. */
static lm_sqlkind next(lm_sqltok *t)
{
    do
        lm_sql_next(t);
    while (t->kind == LM_TOK_SEMI);
    return t->kind;
}

/* A name being read: its bytes without quotes, doubled ones once. */
typedef struct letters {
    const char *at, *end;
    char quote;         /* the closing one; 0: a bare word */
} letters;

static letters letters_of(const lm_sqltok *t)
{
    letters l;
    char first = t->text[t->start];

    l.at = t->text + t->start;
    l.end = l.at + t->size;
    l.quote = first == '[' ? ']' : first;
    if (t->kind == LM_TOK_WORD)
        l.quote = 0;
    else {
        l.at++;
        l.end--;
    }
    return l;
}

static int next_letter(letters *l)
{
    int c;

    if (l->at >= l->end)
        return -1;
    c = (unsigned char)*l->at++;
    if (l->quote != 0 && c == l->quote && l->at < l->end &&
        *l->at == l->quote)
        l->at++;
    return c;
}

static bool same_name(const lm_sqltok *a, const lm_sqltok *b, bool fold)
{
    letters x = letters_of(a), y = letters_of(b);
    int c, d;

    do {
        c = next_letter(&x);
        d = next_letter(&y);
        if (c != d && (!fold || c < 0 || d < 0 || lm_fold(c) != lm_fold(d)))
            return false;
    } while (c >= 0);
    return true;
}

static bool same_bytes(const lm_sqltok *a, const lm_sqltok *b, bool fold)
{
    const char *x = a->text + a->start, *y = b->text + b->start;

    if (fold)
        return lm_same_name_n(x, a->size, y, b->size);
    return a->size == b->size && memcmp(x, y, a->size) == 0;
}

static bool is_name(lm_sqlkind kind)
{
    return kind == LM_TOK_WORD || kind == LM_TOK_QUOTED;
}

static bool same_token(const lm_sqltok *a, const lm_sqltok *b, bool value)
{
    if (is_name(a->kind) && is_name(b->kind)) {
        if (value && (a->kind == LM_TOK_QUOTED || b->kind == LM_TOK_QUOTED))
            return same_bytes(a, b, false);
        return same_name(a, b, a->kind == LM_TOK_WORD ||
                         b->kind == LM_TOK_WORD);
    }
    return a->kind == b->kind &&
           same_bytes(a, b, a->kind == LM_TOK_NUMBER ||
                      a->kind == LM_TOK_BLOB);
}

bool lm_sql_same(const char *a, size_t a_len, const char *b, size_t b_len)
{
    bool value = false;
    lm_sqltok x, y;

    lm_sqltok_start(&x, a, a_len);
    lm_sqltok_start(&y, b, b_len);
    while (next(&x), next(&y), x.kind != LM_TOK_END) {
        if (!same_token(&x, &y, value))
            return false;
        value = x.kind == LM_TOK_WORD && lm_sqltok_is(&x, "DEFAULT");
    }
    return y.kind == LM_TOK_END;
}

static char *plain(const lm_sqltok *t)
{
    char *name = malloc(t->size + 1), *to = name;
    letters l = letters_of(t);
    int c;

    while (name != NULL && (c = next_letter(&l)) >= 0)
        *to++ = (char)c;
    if (name != NULL)
        *to = '\0';
    return name;
}

bool lm_sql_mentions(const char *sql, size_t len, lm_mention_fn each,
                     void *user)
{
    bool referenced = false, go_on = true;
    lm_sqltok t;
    char *name;

    lm_sqltok_start(&t, sql, len);
    while (go_on && next(&t) != LM_TOK_END) {
        if (is_name(t.kind) || (t.kind == LM_TOK_STRING && t.size > 1)) {
            name = plain(&t);
            go_on = name != NULL && each(user, name, referenced);
            free(name);
        }
        referenced = t.kind == LM_TOK_WORD && lm_sqltok_is(&t, "REFERENCES");
    }
    return go_on;
}
