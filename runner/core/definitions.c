/* SPDX-License-Identifier: MIT */
#include "definitions.h"

#include <stdlib.h>
#include <string.h>

#include "../base/list.h"
#include "../base/text.h"
#include "../lex/sqltok.h"

static int compare_names(const char *a, const char *b)
{
    int d;

    do
        d = lm_fold((unsigned char)*a) - lm_fold((unsigned char)*b);
    while (*a++ != '\0' && *b++ != '\0' && d == 0);
    return d;
}

static int compare(const void *a, const void *b)
{
    const lm_definition *x = a, *y = b;
    int d = strcmp(x->type, y->type);

    return d != 0 ? d : compare_names(x->name, y->name);
}

void lm_definitions_clear(lm_definitions *o)
{
    free(o->list);
    lm_arena_clear(&o->strings);
    o->list = NULL;
    o->count = o->size = 0;
}

static int add(lm_definitions *o, const lm_definition *like, lm_err *err)
{
    lm_definition *grown = lm_list_grow(o->list, o->count, &o->size,
                                    sizeof *grown);

    if (grown == NULL)
        return lm_err_nomem(err);
    o->list = grown;
    grown += o->count;
    grown->step = like->step;
    grown->type = lm_arena_add(&o->strings, like->type, strlen(like->type));
    grown->name = lm_arena_add(&o->strings, like->name, strlen(like->name));
    grown->sql = like->sql == NULL ? NULL
        : lm_arena_add(&o->strings, like->sql, strlen(like->sql));
    if (grown->type == NULL || grown->name == NULL ||
        (grown->sql == NULL && like->sql != NULL))
        return lm_err_nomem(err);
    o->count++;
    return LM_OK;
}

/* NAME, NAME_history and NAME_progress. */
static bool is_own(const lm_definitions *o, const char *table)
{
    size_t n = strlen(o->own);

    return strlen(table) >= n && lm_same_name_n(table, n, o->own, n) &&
           (table[n] == '\0' || lm_same_name(table + n, "_history") ||
            lm_same_name(table + n, "_progress"));
}

/* Texts of the catalogue end with a NUL, since SQLite gives them so. */
static int add_row(void *user, lm_db *db, const lm_value *v)
{
    lm_definitions *o = user;
    lm_definition like = {0};

    like.type = v[0].as.text.bytes;
    like.name = v[1].as.text.bytes;
    like.sql = v[3].as.text.bytes;
    if (is_own(o, v[2].as.text.bytes))
        return LM_OK;
    return add(o, &like, lm_db_err(db));
}

int lm_definitions_read(lm_db *db, lm_definitions *out)
{
    int rc;

    lm_definitions_clear(out);
    rc = lm_db_each(db, "SELECT type, name, tbl_name, sql FROM "
                    "main.sqlite_schema WHERE typeof(type) = 'text' AND "
                    "typeof(name) = 'text' AND typeof(tbl_name) = 'text' AND "
                    "typeof(sql) = 'text' AND name NOT LIKE 'sqlite^_%' "
                    "ESCAPE '^'", NULL, 0, add_row, out);
    if (rc == LM_OK && out->count > 1)
        lm_list_sort(out->list, out->count, sizeof *out->list, compare);
    return rc;
}

const lm_definition *lm_definitions_find(const lm_definitions *o,
                                         const lm_definition *like)
{
    return o->count == 0 ? NULL
        : bsearch(like, o->list, o->count, sizeof *like, compare);
}

int lm_definitions_diff(const lm_definitions *before,
                        const lm_definitions *after, size_t step,
                        lm_err *err, lm_definitions *out)
{
    const lm_definition *other;
    lm_definition change;
    size_t i;
    int rc = LM_OK;

    for (i = 0; i < after->count && rc == LM_OK; i++) {
        change = after->list[i];
        change.step = step;
        other = lm_definitions_find(before, &change);
        if (other == NULL || strcmp(other->sql, change.sql) != 0)
            rc = add(out, &change, err);
    }
    for (i = 0; i < before->count && rc == LM_OK; i++) {
        change = before->list[i];
        change.step = step;
        change.sql = NULL;
        if (lm_definitions_find(after, &change) == NULL)
            rc = add(out, &change, err);
    }
    return rc;
}

/* ---- definitions ---- */

static lm_sqlkind next(lm_sqltok *t)
{
    lm_sqlkind kind;

    do
        kind = lm_sqltok_next(t);
    while (kind == LM_TOK_SPACE || kind == LM_TOK_COMMENT);
    return kind;
}

/* A word, or what stands between the quotes around a name. */
static bool bare(const lm_sqltok *t, const char **text, size_t *n)
{
    *text = t->text + t->start;
    *n = t->size;
    if (t->kind == LM_TOK_WORD)
        return true;
    if (t->kind != LM_TOK_QUOTED || t->size < 2)
        return false;
    ++*text;
    *n -= 2;
    return memchr(*text, (*text)[-1], *n) == NULL;
}

/* Two quoted ones may be strings, whose case counts. */
static bool same_token(const lm_sqltok *a, const lm_sqltok *b)
{
    const char *x, *y;
    size_t n, m;

    if (a->kind == b->kind && a->size == b->size &&
        memcmp(a->text + a->start, b->text + b->start, a->size) == 0)
        return true;
    if (a->kind == LM_TOK_QUOTED && b->kind == LM_TOK_QUOTED)
        return bare(a, &x, &n) && bare(b, &y, &m) && n == m &&
               memcmp(x, y, n) == 0;
    return bare(a, &x, &n) && bare(b, &y, &m) && lm_same_name_n(x, n, y, m);
}

bool lm_definition_same(const char *a, const char *b)
{
    lm_sqltok x, y;
    lm_sqlkind i, j;

    lm_sqltok_start(&x, a, strlen(a));
    lm_sqltok_start(&y, b, strlen(b));
    do {
        i = next(&x);
        j = next(&y);
        if (i == LM_TOK_END || j == LM_TOK_END)
            break;
    } while (same_token(&x, &y));
    return i == LM_TOK_END && j == LM_TOK_END;
}
