/* SPDX-License-Identifier: MIT */
#include "sqltext.h"

#include <stdlib.h>
#include <string.h>

#include "../base/text.h"
#include "sqltok.h"

/* Keywords that SQLite 3.40 takes for nothing else (parse.y, %fallback); a
 * unit test holds them against the library. Sorted. */
static const char *const reserved[] = {
    "add", "all", "alter", "and", "as", "autoincrement", "between", "case",
    "check", "collate", "commit", "constraint", "create", "default",
    "deferrable", "delete", "distinct", "drop", "else", "escape", "except",
    "exists", "foreign", "from", "group", "having", "in", "index", "insert",
    "intersect", "into", "is", "isnull", "join", "limit", "not", "nothing",
    "notnull", "null", "on", "or", "order", "primary", "references",
    "returning", "select", "set", "table", "then", "to", "transaction",
    "union", "unique", "update", "using", "values", "when", "where"
};

/* Those that mean another thing in quotes although they can be names: the
 * words of a join, and the constants. */
static const char *const meaning[] = {
    "cross", "current_date", "current_time", "current_timestamp", "false",
    "full", "inner", "left", "natural", "outer", "right", "true"
};

static bool is_in(const char *const *list, size_t count, const char *word,
                  size_t len)
{
    size_t low = 0, high = count, at, i;
    int order;

    while (low < high) {
        at = (low + high) / 2;
        for (i = 0; i < len && lm_fold((unsigned char)word[i]) ==
                                   (unsigned char)list[at][i]; i++)
            continue;
        if (i == len)
            order = list[at][i] == '\0' ? 0 : -1;
        else
            order = lm_fold((unsigned char)word[i]) -
                    (unsigned char)list[at][i];
        if (order == 0)
            return true;
        if (order < 0)
            high = at;
        else
            low = at + 1;
    }
    return false;
}

bool lm_sqltext_is_reserved(const char *word, size_t len)
{
    return is_in(reserved, sizeof reserved / sizeof *reserved, word, len);
}

const char *lm_sqltext_name(lm_arena *arena, const char *token, size_t len)
{
    char *name, *to;
    size_t i;
    char quote = len > 1 ? token[0] : 'x';

    if (quote != '"' && quote != '\'' && quote != '`' && quote != '[')
        return lm_arena_add(arena, token, len);
    name = to = lm_arena_add(arena, token, len);
    if (name == NULL)
        return NULL;
    for (i = 1; i < len - 1; i++) {
        if (quote != '[' && token[i] == quote)
            i++;
        *to++ = token[i];
    }
    *to = '\0';
    return name;
}

static void add_folded(lm_buf *out, const char *s, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++)
        lm_buf_putc(out, (char)lm_fold((unsigned char)s[i]));
}

/* Could this name be written without its quotes and mean the same? */
static bool is_bare(const char *name, size_t len)
{
    lm_sqltok t;

    lm_sqltok_start(&t, name, len);
    return lm_sqltok_next(&t) == LM_TOK_WORD && t.size == len &&
           !lm_sqltext_is_reserved(name, len) &&
           !is_in(meaning, sizeof meaning / sizeof *meaning, name, len);
}

/* "x" and [x] and `x` as x where that is the same, otherwise as "x". */
static void add_quoted(lm_buf *out, const char *token, size_t len)
{
    lm_arena arena = {0};
    const char *name = lm_sqltext_name(&arena, token, len);
    size_t n = name == NULL ? 0 : strlen(name);
    size_t i;

    if (name == NULL) {
        out->failed = true;
    } else if (is_bare(name, n)) {
        add_folded(out, name, n);
    } else {
        lm_buf_putc(out, '"');
        for (i = 0; i < n; i++) {
            if (name[i] == '"')
                lm_buf_putc(out, '"');
            add_folded(out, &name[i], 1);
        }
        lm_buf_putc(out, '"');
    }
    lm_arena_clear(&arena);
}

static void add_token(lm_buf *out, const lm_sqltok *t)
{
    const char *s = t->text + t->start;

    switch (t->kind) {
    case LM_TOK_QUOTED:
        add_quoted(out, s, t->size);
        break;
    case LM_TOK_WORD:
    case LM_TOK_NUMBER:
    case LM_TOK_BLOB:
        add_folded(out, s, t->size);
        break;
    default:
        lm_buf_add(out, s, t->size);
    }
}

void lm_sqltext_canon(lm_buf *out, const char *text, size_t len)
{
    lm_sqltok t;
    bool first = true;

    lm_sqltok_start(&t, text, len);
    while (lm_sql_next(&t) != LM_TOK_END) {
        if (!first)
            lm_buf_putc(out, ' ');
        first = false;
        add_token(out, &t);
    }
}

bool lm_sqltext_same(const char *a, size_t alen, const char *b, size_t blen)
{
    lm_buf x = {0}, y = {0};
    bool same;

    lm_sqltext_canon(&x, a, alen);
    lm_sqltext_canon(&y, b, blen);
    same = !lm_buf_failed(&x) && !lm_buf_failed(&y) &&
           x.len == y.len &&
           memcmp(lm_buf_text(&x), lm_buf_text(&y), x.len) == 0;
    lm_buf_clear(&x);
    lm_buf_clear(&y);
    return same;
}

lm_span lm_sqltext_trim(const char *text, lm_span span)
{
    lm_sqltok t;
    lm_span trimmed = {span.start, span.start};

    lm_sqltok_start(&t, text + span.start, span.end - span.start);
    if (lm_sql_next(&t) == LM_TOK_END)
        return trimmed;
    trimmed.start = span.start + t.start;
    do
        trimmed.end = span.start + t.pos;
    while (lm_sql_next(&t) != LM_TOK_END);
    return trimmed;
}
