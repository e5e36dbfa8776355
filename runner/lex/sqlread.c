/* SPDX-License-Identifier: MIT */
#include "sqlread.h"

#include <stdlib.h>
#include <string.h>

#include "../base/list.h"
#include "../base/text.h"
#include "sqltext.h"

static bool add_token(lm_sqlread *r, const lm_sqltok *t)
{
    lm_sqltoken *grown = lm_list_grow(r->tokens, r->count, &r->size,
                                      sizeof *grown);

    if (grown == NULL) {
        lm_sqlread_nomem(r);
        return false;
    }
    r->tokens = grown;
    grown[r->count].kind = t->kind;
    grown[r->count].span.start = t->start;
    grown[r->count].span.end = t->pos;
    r->count++;
    return true;
}

void lm_sqlread_start(lm_sqlread *r, const char *text, size_t len)
{
    lm_sqltok t;

    r->text = text;
    r->len = len;
    lm_sqltok_start(&t, text, len);
    while (lm_sqltok_next(&t) != LM_TOK_END)
        if (t.kind != LM_TOK_SPACE && t.kind != LM_TOK_COMMENT &&
            !add_token(r, &t))
            return;
    if (r->count > 0 && r->tokens[r->count - 1].kind == LM_TOK_SEMI)
        r->count--;
}

lm_sqltoken lm_sqlread_peek(const lm_sqlread *r, size_t ahead)
{
    lm_sqltoken none;

    if (r->rc == LM_OK && ahead < r->count - r->at)
        return r->tokens[r->at + ahead];
    none.kind = LM_TOK_END;
    none.span.start = none.span.end = r->len;
    return none;
}

bool lm_sqlread_is(const lm_sqlread *r, size_t ahead, const char *keyword)
{
    lm_sqltoken t = lm_sqlread_peek(r, ahead);

    return t.kind == LM_TOK_WORD &&
           lm_same_name_n(r->text + t.span.start, t.span.end - t.span.start,
                          keyword, strlen(keyword));
}

bool lm_sqlread_is_op(const lm_sqlread *r, size_t ahead, char op)
{
    lm_sqltoken t = lm_sqlread_peek(r, ahead);

    return t.kind == LM_TOK_OPERATOR && t.span.end - t.span.start == 1 &&
           r->text[t.span.start] == op;
}

bool lm_sqlread_word(lm_sqlread *r, const char *keyword)
{
    if (!lm_sqlread_is(r, 0, keyword))
        return false;
    r->at++;
    return true;
}

bool lm_sqlread_op(lm_sqlread *r, char op)
{
    if (!lm_sqlread_is_op(r, 0, op))
        return false;
    r->at++;
    return true;
}

void lm_sqlread_need(lm_sqlread *r, const char *keyword)
{
    if (!lm_sqlread_word(r, keyword))
        lm_sqlread_fail(r);
}

void lm_sqlread_need_op(lm_sqlread *r, char op)
{
    if (!lm_sqlread_op(r, op))
        lm_sqlread_fail(r);
}

const char *lm_sqlread_name(lm_sqlread *r, lm_span *span)
{
    lm_sqltoken t = lm_sqlread_peek(r, 0);
    const char *at = r->text + t.span.start, *name;
    size_t n = t.span.end - t.span.start;

    if (t.kind != LM_TOK_QUOTED && t.kind != LM_TOK_STRING &&
        (t.kind != LM_TOK_WORD || lm_sqltext_is_reserved(at, n))) {
        lm_sqlread_fail(r);
        return NULL;
    }
    name = lm_sqltext_name(r->names, at, n);
    if (name == NULL) {
        lm_sqlread_nomem(r);
        return NULL;
    }
    if (span != NULL)
        *span = t.span;
    r->at++;
    return name;
}

lm_span lm_sqlread_parens(lm_sqlread *r)
{
    size_t first = r->at, depth = 0;
    lm_span none = {0, 0};

    if (!lm_sqlread_is_op(r, 0, '('))
        lm_sqlread_fail(r);
    do {
        if (lm_sqlread_is_op(r, 0, '('))
            depth++;
        if (lm_sqlread_is_op(r, 0, ')'))
            depth--;
        if (lm_sqlread_peek(r, 0).kind == LM_TOK_END)
            lm_sqlread_fail(r);
        r->at++;
    } while (r->rc == LM_OK && depth > 0);
    return r->rc == LM_OK ? lm_sqlread_since(r, first) : none;
}

lm_span lm_sqlread_since(const lm_sqlread *r, size_t first)
{
    lm_span span = {0, 0};

    if (r->rc == LM_OK && first < r->at) {
        span.start = r->tokens[first].span.start;
        span.end = r->tokens[r->at - 1].span.end;
    }
    return span;
}

void lm_sqlread_fail(lm_sqlread *r)
{
    lm_sqltoken t = lm_sqlread_peek(r, 0);
    char *shown;
    int line, column;

    if (r->rc != LM_OK)
        return;
    lm_text_position(r->text, t.span.start, &line, &column);
    if (t.kind == LM_TOK_END) {
        r->rc = lm_err_set(r->err, LM_EFAILED,
                           "the text of this %s ends too early", r->what);
        return;
    }
    shown = lm_one_line(r->text + t.span.start, t.span.end - t.span.start,
                        40);
    r->rc = lm_err_set(r->err, LM_EFAILED,
                       "line %d, column %d of the %s: \"%s\" is not "
                       "understood here", line, column, r->what,
                       shown == NULL ? "" : shown);
    free(shown);
}

void lm_sqlread_nomem(lm_sqlread *r)
{
    if (r->rc == LM_OK)
        r->rc = lm_err_nomem(r->err);
}

int lm_sqlread_end(lm_sqlread *r)
{
    if (lm_sqlread_peek(r, 0).kind != LM_TOK_END)
        lm_sqlread_fail(r);
    free(r->tokens);
    r->tokens = NULL;
    r->count = r->at = 0;
    return r->rc;
}
