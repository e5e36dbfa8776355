/* SPDX-License-Identifier: MIT */
#include "sqlcount.h"

#include <stdlib.h>
#include <string.h>

#include "../base/list.h"
#include "sqltok.h"

/* What is between two parentheses, or a statement. */
typedef struct scope {
    bool star, joined, exists;
    bool row;           /* compared with what may be a row of values */
    bool wrapped;       /* in parentheses right inside others */
    size_t items;       /* of the SELECT at hand so far; 0: all are read */
    size_t star_at;     /* the first item that is a star */
    bool terms, first;  /* of ORDER BY or GROUP BY; at the begin of one */
    bool term;          /* parentheses that begin one */
    size_t place;
} scope;

typedef struct scanner {
    lm_sqltok t, last;  /* the token at hand, and the one before it */
    bool left_row;      /* what is compared ends in a parenthesis */
    scope *list;
    size_t count, size;
    lm_sqlcount *out;
} scanner;

static bool is_op(const lm_sqltok *t, const char *op)
{
    return t->kind == LM_TOK_OPERATOR && t->size == strlen(op) &&
           memcmp(t->text + t->start, op, t->size) == 0;
}

static bool is_one_of(const lm_sqltok *t, const char *const *words)
{
    for (; *words != NULL; words++)
        if (is_op(t, *words) || lm_sqltok_is(t, *words))
            return true;
    return false;
}

/* Of these a row of values may be an operand. */
static bool compares(const lm_sqltok *t)
{
    static const char *const words[] = {
        "=", "==", "<", ">", "<=", ">=", "<>", "!=", "IS", "NOT", "IN",
        "BETWEEN", "AND", "CASE", "WHEN", NULL
    };

    return is_one_of(t, words);
}

static bool is_case(const lm_sqltok *t)
{
    return lm_sqltok_is(t, "CASE") || lm_sqltok_is(t, "WHEN");
}

static bool is_union(const lm_sqltok *t)
{
    static const char *const words[] = {
        "UNION", "INTERSECT", "EXCEPT", NULL
    };

    return is_one_of(t, words);
}

static bool ends_terms(const lm_sqltok *t)
{
    static const char *const words[] = {
        "LIMIT", "HAVING", "WINDOW", "SELECT", "ORDER", "GROUP", NULL
    };

    return is_one_of(t, words) || is_union(t);
}

static int push(scanner *s, lm_err *err)
{
    scope *up = s->count == 0 ? NULL : &s->list[s->count - 1];
    scope *grown = lm_list_grow(s->list, s->count, &s->size, sizeof *grown);
    scope new = {0};

    if (grown == NULL)
        return lm_err_nomem(err);
    s->list = grown;
    up = s->count == 0 ? NULL : &grown[s->count - 1];
    new.exists = lm_sqltok_is(&s->last, "EXISTS");
    new.row = compares(&s->last) && (s->left_row || is_case(&s->last));
    new.wrapped = is_op(&s->last, "(");
    new.term = new.first = up != NULL && up->first;
    if (up != NULL)
        up->first = false;
    grown[s->count++] = new;
    return LM_OK;
}

static void note_place(scanner *s, const scope *e)
{
    lm_sqlcount *c = s->out;

    if (!e->star || e->place < e->star_at || e->place == 0)
        return;
    c->outer = s->count == 1 && (c->outer || c->place == 0);
    if (e->place > c->place)
        c->place = e->place;
}

/* Behind ")": is it compared with a row? */
static bool is_compared(lm_sqltok next)
{
    bool found = compares(&next);

    while (compares(&next))
        lm_sql_next(&next);
    return found && is_op(&next, "(");
}

static void pop(scanner *s)
{
    lm_sqltok next = s->t;
    scope *e = &s->list[s->count - 1], *up;

    note_place(s, e);
    if (s->count == 1)
        return;
    up = &s->list[s->count - 2];
    lm_sql_next(&next);
    s->out->star = s->out->star || (e->star && (!e->exists || e->joined));
    s->out->row = s->out->row ||
                  (e->star && (e->row || is_compared(next)));
    up->star = up->star || (e->star && e->wrapped && is_op(&next, ")"));
    if (e->term && e->place > up->place)
        up->place = e->place;
    s->count--;
}

/* (a, b) IN t, where t is no function. */
static bool is_table(const scanner *s)
{
    lm_sqltok next = s->t;

    if (!lm_sqltok_is(&s->last, "IN") || !s->left_row)
        return false;
    do {
        lm_sql_next(&next);
        if (is_op(&next, "("))
            return false;
    } while (is_op(&next, ".") && lm_sql_next(&next) != LM_TOK_END);
    return true;
}

/* x(a, b) AS (SELECT */
static bool names_columns(const scanner *s)
{
    lm_sqltok next = s->t;

    if (!lm_sqltok_is(&s->t, "AS") || !is_op(&s->last, ")"))
        return false;
    lm_sql_next(&next);
    while (lm_sqltok_is(&next, "NOT") || lm_sqltok_is(&next, "MATERIALIZED"))
        lm_sql_next(&next);
    return is_op(&next, "(");
}

static size_t number(const lm_sqltok *t)
{
    char text[24] = "";

    if (t->kind != LM_TOK_NUMBER)
        return 0;
    memcpy(text, t->text + t->start,
           t->size < sizeof text ? t->size : sizeof text - 1);
    return (size_t)strtoull(text, NULL, 0);
}

static void note_term(scanner *s, scope *e)
{
    if (lm_sqltok_is(&s->t, "BY") && (lm_sqltok_is(&s->last, "ORDER") ||
                                      lm_sqltok_is(&s->last, "GROUP")))
        e->terms = e->first = true;
    else if (ends_terms(&s->t))
        e->terms = e->first = false;
    else if (e->terms && is_op(&s->t, ","))
        e->first = true;
    else if (e->first && !is_op(&s->t, "+") && !is_op(&s->t, "-")) {
        e->first = false;
        if (number(&s->t) > e->place)
            e->place = number(&s->t);
    }
}

static void note_item(scanner *s, scope *e)
{
    if (lm_sqltok_is(&s->t, "SELECT"))
        e->items = 1;
    else if (lm_sqltok_is(&s->t, "FROM"))
        e->items = 0;
    else if (e->items > 0 && is_op(&s->t, ","))
        e->items++;
}

static void look(scanner *s)
{
    static const char *const heads[] = {
        ",", ".", "SELECT", "DISTINCT", "ALL", NULL
    };
    scope *e = &s->list[s->count - 1];

    note_item(s, e);
    if (is_op(&s->t, "*") && is_one_of(&s->last, heads)) {
        e->star_at = e->star && e->star_at < e->items ? e->star_at
                                                      : e->items;
        e->star = true;
    }
    e->joined = e->joined || is_union(&s->t);
    s->out->star = s->out->star || (s->count == 1 && e->star);
    s->out->joined = s->out->joined || e->joined;
    s->out->row = s->out->row || is_table(s);
    s->out->named = s->out->named || names_columns(s);
    note_term(s, e);
}

static int take(scanner *s, lm_err *err)
{
    int rc = LM_OK;

    if (is_op(&s->t, "("))
        rc = push(s, err);
    else if (is_op(&s->t, ")"))
        pop(s);
    else if (s->t.kind == LM_TOK_SEMI && s->count == 1) {
        note_place(s, s->list);
        memset(s->list, 0, sizeof *s->list);
    } else
        look(s);
    if (!compares(&s->t))
        s->left_row = is_op(&s->t, ")");
    s->last = s->t;
    return rc;
}

int lm_sqlcount_read(const char *text, lm_sqlcount *out, lm_err *err)
{
    scanner s = {0};
    int rc;

    memset(out, 0, sizeof *out);
    s.out = out;
    lm_sqltok_start(&s.t, text, strlen(text));
    rc = push(&s, err);
    while (rc == LM_OK && lm_sql_next(&s.t) != LM_TOK_END)
        rc = take(&s, err);
    if (rc == LM_OK)
        note_place(&s, s.list);
    free(s.list);
    return rc;
}
