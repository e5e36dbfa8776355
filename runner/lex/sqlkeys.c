/* SPDX-License-Identifier: MIT */
/* The list of a key, an index or a foreign key: ( expr COLLATE x DESC, ... ),
 * where what an expression is made of does not matter. */
#include <stdlib.h>
#include <string.h>

#include "../base/list.h"
#include "sqlread.h"
#include "sqltext.h"

static bool is_name(lm_sqltoken t)
{
    return t.kind == LM_TOK_WORD || t.kind == LM_TOK_QUOTED ||
           t.kind == LM_TOK_STRING;
}

static lm_sqltoken token(const lm_sqlread *r, size_t i)
{
    return r->tokens[i];
}

static bool is_word(const lm_sqlread *r, size_t i, const char *keyword)
{
    return lm_sqlread_is(r, i - r->at, keyword);
}

/* Take the words that follow the expression off the end of it. What is in
 * tokens first..*end is at least one token long and stays so. */
static void trim_order(const lm_sqlread *r, size_t first, size_t *end,
                       lm_key *key)
{
    if (*end - first > 2 && is_word(r, *end - 2, "NULLS"))
        *end -= 2;
    if (*end - first < 2)
        return;
    key->desc = is_word(r, *end - 1, "DESC");
    if (key->desc || is_word(r, *end - 1, "ASC"))
        *end -= 1;
}

/* COLLATE binds tighter than every operator but those of one operand, so at
 * the end of an expression it belongs to the last term: to the whole only
 * when that is a single term. In a || b COLLATE c it is b's, and the key has
 * none; the span `all` still has it. */
static void trim_collation(lm_sqlread *r, size_t first, size_t *end,
                           lm_key *key)
{
    lm_sqltoken t;

    while (*end - first > 2 && is_word(r, *end - 2, "COLLATE") &&
           is_name(token(r, *end - 1))) {
        t = token(r, *end - 1);
        if (key->collation == NULL)
            key->collation = lm_sqltext_name(r->names,
                                             r->text + t.span.start,
                                             t.span.end - t.span.start);
        if (key->collation == NULL)
            lm_sqlread_nomem(r);
        *end -= 2;
    }
}

/* One name, also inside parentheses, is a column. */
static void find_column(lm_sqlread *r, size_t first, size_t end, lm_key *key)
{
    lm_sqltoken t;

    while (end - first > 2 && lm_sqlread_is_op(r, first - r->at, '(') &&
           lm_sqlread_is_op(r, end - 1 - r->at, ')')) {
        first++;
        end--;
        trim_collation(r, first, &end, key);
    }
    t = token(r, first);
    if (end - first != 1 || !is_name(t))
        return;
    key->column = lm_sqltext_name(r->names, r->text + t.span.start,
                                  t.span.end - t.span.start);
    if (key->column == NULL)
        lm_sqlread_nomem(r);
}

/* Where the element at hand ends: at a comma or the closing parenthesis of
 * the list, or AUTOINCREMENT right before that. */
static size_t find_end(const lm_sqlread *r)
{
    size_t ahead = 0, depth = 0;

    while (lm_sqlread_peek(r, ahead).kind != LM_TOK_END) {
        if (depth == 0 && (lm_sqlread_is_op(r, ahead, ',') ||
                           lm_sqlread_is_op(r, ahead, ')') ||
                           lm_sqlread_is(r, ahead, "AUTOINCREMENT")))
            break;
        if (lm_sqlread_is_op(r, ahead, '('))
            depth++;
        if (lm_sqlread_is_op(r, ahead, ')'))
            depth--;
        ahead++;
    }
    return r->at + ahead;
}

static void read_key(lm_sqlread *r, lm_key *key)
{
    size_t first = r->at, end = find_end(r), all = end;

    if (end == first || lm_sqlread_peek(r, end - first).kind == LM_TOK_END) {
        r->at = r->rc == LM_OK ? end : r->at;
        lm_sqlread_fail(r);
        return;
    }
    trim_order(r, first, &end, key);
    key->all.start = token(r, first).span.start;
    key->all.end = token(r, end - 1).span.end;
    trim_collation(r, first, &end, key);
    key->expr.start = token(r, first).span.start;
    key->expr.end = token(r, end - 1).span.end;
    find_column(r, first, end, key);
    r->at = all;
    key->span = lm_sqlread_since(r, first);
}

lm_key *lm_sqlread_key(lm_sqlread *r, lm_keys *out)
{
    lm_key *grown = lm_list_grow(out->list, out->count, &out->size,
                                 sizeof *grown);

    if (grown == NULL) {
        lm_sqlread_nomem(r);
        return NULL;
    }
    out->list = grown;
    memset(&grown[out->count], 0, sizeof *grown);
    return &grown[out->count++];
}

void lm_sqlread_keys(lm_sqlread *r, lm_keys *out, lm_span *autoincrement)
{
    size_t first = r->at;
    lm_key *key;

    lm_sqlread_need_op(r, '(');
    do {
        key = lm_sqlread_key(r, out);
        if (key != NULL)
            read_key(r, key);
    } while (lm_sqlread_op(r, ','));
    if (autoincrement != NULL && lm_sqlread_word(r, "AUTOINCREMENT"))
        *autoincrement = lm_sqlread_since(r, r->at - 1);
    lm_sqlread_need_op(r, ')');
    out->span = lm_sqlread_since(r, first);
}

void lm_keys_clear(lm_keys *keys)
{
    free(keys->list);
    memset(keys, 0, sizeof *keys);
}
