/* SPDX-License-Identifier: MIT */
/* One column of a CREATE TABLE: its name, its type, its constraints. */
#include <string.h>

#include "../base/list.h"
#include "createpart.h"
#include "sqltext.h"

/* GENERATED ALWAYS before AS begins a constraint. Without AS the two words
 * are an ordinary part of the type to the grammar, but when they end it
 * SQLite cuts them off again (sqlite3AddColumn). */
static bool at_generated(const lm_sqlread *r)
{
    return lm_sqlread_is(r, 0, "GENERATED") &&
           lm_sqlread_is(r, 1, "ALWAYS");
}

static bool is_type_word(const lm_sqlread *r, size_t ahead)
{
    lm_sqltoken t = lm_sqlread_peek(r, ahead);

    return t.kind == LM_TOK_QUOTED || t.kind == LM_TOK_STRING ||
           (t.kind == LM_TOK_WORD &&
            !lm_sqltext_is_reserved(r->text + t.span.start,
                                    t.span.end - t.span.start));
}

static void read_number(lm_sqlread *r)
{
    if (!lm_sqlread_op(r, '-'))
        (void)lm_sqlread_op(r, '+');
    if (lm_sqlread_peek(r, 0).kind == LM_TOK_NUMBER)
        r->at++;
    else
        lm_sqlread_fail(r);
}

/* (10) or (10, 2), if it is there. */
static void read_size(lm_sqlread *r)
{
    if (!lm_sqlread_op(r, '('))
        return;
    read_number(r);
    if (lm_sqlread_op(r, ','))
        read_number(r);
    lm_sqlread_need_op(r, ')');
}

static void read_type(lm_sqlread *r, lm_column *column)
{
    size_t first = r->at;
    bool cut = false;

    while (is_type_word(r, 0) && !cut) {
        cut = at_generated(r) && !is_type_word(r, 2) &&
              !lm_sqlread_is_op(r, 2, '(');
        if (!cut)
            r->at++;
    }
    if (r->at > first)
        read_size(r);
    column->type = lm_sqlread_since(r, first);
    if (cut && !lm_sqlread_is(r, 2, "AS"))
        r->at += 2;
}

static void read_default(lm_sqlread *r, lm_constraint *c)
{
    size_t first = r->at;
    lm_sqltoken t;

    c->kind = LM_CON_DEFAULT;
    if (lm_sqlread_is_op(r, 0, '(')) {
        c->inner = lm_sqlread_parens(r);
        return;
    }
    if (!lm_sqlread_op(r, '-'))
        (void)lm_sqlread_op(r, '+');
    t = lm_sqlread_peek(r, 0);
    if (t.kind == LM_TOK_NUMBER || t.kind == LM_TOK_STRING ||
        t.kind == LM_TOK_BLOB || lm_sqlread_is(r, 0, "NULL") ||
        is_type_word(r, 0))
        r->at++;
    else
        lm_sqlread_fail(r);
    c->inner = lm_sqlread_since(r, first);
}

/* Between the parentheses at hand. */
static lm_span read_inner(lm_sqlread *r)
{
    lm_span span = lm_sqlread_parens(r);

    if (r->rc == LM_OK) {
        span.start++;
        span.end--;
    }
    return span;
}

static void read_generated(lm_sqlread *r, lm_constraint *c)
{
    c->kind = LM_CON_GENERATED;
    if (lm_sqlread_word(r, "GENERATED"))
        lm_sqlread_need(r, "ALWAYS");
    lm_sqlread_need(r, "AS");
    c->inner = read_inner(r);
    c->stored = lm_sqlread_word(r, "STORED");
    if (!c->stored)
        (void)lm_sqlread_word(r, "VIRTUAL");
}

static void read_key(lm_sqlread *r, lm_constraint *c)
{
    c->kind = LM_CON_PRIMARY_KEY;
    lm_sqlread_need(r, "KEY");
    c->desc = lm_sqlread_word(r, "DESC");
    if (!c->desc)
        (void)lm_sqlread_word(r, "ASC");
    lm_create_conflict(r, c);
    c->autoincrement = lm_sqlread_word(r, "AUTOINCREMENT");
    if (c->autoincrement)
        c->autoincrement_span = lm_sqlread_since(r, r->at - 1);
}

static void read_constraint(lm_sqlread *r, lm_constraint *c)
{
    if (lm_create_defer(r, c)) {
        c->kind = LM_CON_DEFER;
    } else if (lm_sqlread_word(r, "PRIMARY")) {
        read_key(r, c);
    } else if (lm_sqlread_word(r, "NOT")) {
        c->kind = LM_CON_NOT_NULL;
        lm_sqlread_need(r, "NULL");
        lm_create_conflict(r, c);
    } else if (lm_sqlread_word(r, "NULL")) {
        c->kind = LM_CON_NULL;
        lm_create_conflict(r, c);
    } else if (lm_sqlread_word(r, "UNIQUE")) {
        c->kind = LM_CON_UNIQUE;
        lm_create_conflict(r, c);
    } else if (lm_sqlread_word(r, "CHECK")) {
        c->kind = LM_CON_CHECK;
        c->inner = read_inner(r);
    } else if (lm_sqlread_word(r, "DEFAULT")) {
        read_default(r, c);
    } else if (lm_sqlread_word(r, "COLLATE")) {
        c->kind = LM_CON_COLLATE;
        c->collation = lm_sqlread_name(r, &c->inner);
    } else if (lm_sqlread_word(r, "REFERENCES")) {
        c->kind = LM_CON_FOREIGN_KEY;
        lm_create_references(r, c);
    } else if (at_generated(r) || lm_sqlread_is(r, 0, "AS")) {
        read_generated(r, c);
    } else {
        lm_sqlread_fail(r);
    }
}

static bool ends_column(const lm_sqlread *r)
{
    return lm_sqlread_is_op(r, 0, ',') || lm_sqlread_is_op(r, 0, ')') ||
           lm_sqlread_peek(r, 0).kind == LM_TOK_END;
}

static void read_named(lm_sqlread *r, lm_constraint *c)
{
    size_t first = r->at, core;

    if (lm_sqlread_word(r, "CONSTRAINT"))
        c->name = lm_sqlread_name(r, &c->name_span);
    core = r->at;
    if (c->name == NULL ||
        (!ends_column(r) && !lm_sqlread_is(r, 0, "CONSTRAINT")))
        read_constraint(r, c);
    c->core = lm_sqlread_since(r, core);
    c->item.span = lm_sqlread_since(r, first);
}

void lm_create_column(lm_sqlread *r, lm_column *column)
{
    lm_constraint *grown;
    size_t first = r->at;

    column->name = lm_sqlread_name(r, &column->name_span);
    read_type(r, column);
    while (!ends_column(r)) {
        grown = lm_list_grow(column->constraints, column->count,
                             &column->size, sizeof *grown);
        if (grown == NULL) {
            lm_sqlread_nomem(r);
            return;
        }
        column->constraints = grown;
        memset(&grown[column->count], 0, sizeof *grown);
        read_named(r, &grown[column->count++]);
    }
    column->item.span = lm_sqlread_since(r, first);
}
