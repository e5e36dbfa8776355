/* SPDX-License-Identifier: MIT */
#include "createtable.h"

#include <stdlib.h>
#include <string.h>

#include "../base/list.h"
#include "../base/text.h"
#include "createpart.h"

/*
 * Where the comments end that follow an item on its own line: at `from` when
 * there are none, or when the next token stands on this line too and they
 * may as well belong to that.
 */
static size_t end_of_line(const lm_sqlread *r, size_t from)
{
    lm_sqltok t;
    size_t end = 0;
    bool last = false;

    lm_sqltok_start(&t, r->text + from, r->len - from);
    while (!last) {
        switch (lm_sqltok_next(&t)) {
        case LM_TOK_SPACE:
            last = memchr(t.text + t.start, '\n', t.size) != NULL;
            break;
        case LM_TOK_COMMENT:
            if (memchr(t.text + t.start, '\n', t.size) != NULL)
                return from + end;
            end = t.pos;
            break;
        default:
            return from;
        }
    }
    return from + end;
}

/* What lies around the item that was just read belongs to it or to the next
 * one. *from is where the item before it ended, and then where this one
 * does. `comma`: one may follow. */
static void settle_item(lm_sqlread *r, lm_item *item, size_t *from)
{
    item->lead.start = *from;
    item->lead.end = item->span.start;
    item->trail.start = item->trail.end = item->span.end;
    if (lm_sqlread_is_op(r, 0, ',')) {
        item->comma = lm_sqlread_peek(r, 0).span;
        item->trail.end = item->comma.start;
        item->post.start = item->comma.end;
        item->post.end = end_of_line(r, item->comma.end);
        *from = item->post.end;
        return;
    }
    if (lm_sqlread_is_op(r, 0, ')'))
        item->trail.end = lm_sqlread_peek(r, 0).span.start;
    else
        item->trail.end = end_of_line(r, item->span.end);
    item->comma.start = item->comma.end = item->trail.end;
    item->post = item->comma;
    *from = item->trail.end;
}

static bool at_constraint(const lm_sqlread *r)
{
    return lm_sqlread_is(r, 0, "CONSTRAINT") ||
           lm_sqlread_is(r, 0, "PRIMARY") || lm_sqlread_is(r, 0, "UNIQUE") ||
           lm_sqlread_is(r, 0, "CHECK") || lm_sqlread_is(r, 0, "FOREIGN");
}

static void read_check(lm_sqlread *r, lm_constraint *c)
{
    c->kind = LM_CON_CHECK;
    c->inner = lm_sqlread_parens(r);
    if (r->rc == LM_OK) {
        c->inner.start++;
        c->inner.end--;
    }
    lm_create_conflict(r, c);
}

static void read_foreign(lm_sqlread *r, lm_constraint *c)
{
    c->kind = LM_CON_FOREIGN_KEY;
    lm_sqlread_need(r, "KEY");
    lm_sqlread_keys(r, &c->keys, NULL);
    lm_sqlread_need(r, "REFERENCES");
    lm_create_references(r, c);
    (void)lm_create_defer(r, c);
}

static void read_constraint(lm_sqlread *r, lm_constraint *c)
{
    if (lm_sqlread_word(r, "PRIMARY")) {
        c->kind = LM_CON_PRIMARY_KEY;
        lm_sqlread_need(r, "KEY");
        lm_sqlread_keys(r, &c->keys, &c->autoincrement_span);
        c->autoincrement = c->autoincrement_span.end > 0;
        lm_create_conflict(r, c);
    } else if (lm_sqlread_word(r, "UNIQUE")) {
        c->kind = LM_CON_UNIQUE;
        lm_sqlread_keys(r, &c->keys, NULL);
        lm_create_conflict(r, c);
    } else if (lm_sqlread_word(r, "CHECK")) {
        read_check(r, c);
    } else if (lm_sqlread_word(r, "FOREIGN")) {
        read_foreign(r, c);
    }
}

static void read_named(lm_sqlread *r, lm_constraint *c)
{
    size_t first = r->at, core;

    if (!at_constraint(r))
        lm_sqlread_fail(r);
    if (lm_sqlread_word(r, "CONSTRAINT"))
        c->name = lm_sqlread_name(r, &c->name_span);
    core = r->at;
    read_constraint(r, c);
    c->core = lm_sqlread_since(r, core);
    c->item.span = lm_sqlread_since(r, first);
}

/* true: a comma followed and what comes next is another column. */
static bool read_column(lm_sqlread *r, lm_createtable *t, size_t *from)
{
    lm_column *grown = lm_list_grow(t->columns, t->column_count,
                                    &t->column_size, sizeof *grown);
    lm_column *column;

    if (grown == NULL) {
        lm_sqlread_nomem(r);
        return false;
    }
    t->columns = grown;
    column = &grown[t->column_count++];
    memset(column, 0, sizeof *column);
    lm_create_column(r, column);
    settle_item(r, &column->item, from);
    return lm_sqlread_op(r, ',') && !at_constraint(r);
}

/* true: another one follows, with a comma between them or without. */
static bool read_table_constraint(lm_sqlread *r, lm_createtable *t,
                                  size_t *from)
{
    lm_constraint *grown = lm_list_grow(t->constraints, t->constraint_count,
                                        &t->constraint_size, sizeof *grown);
    lm_constraint *c;

    if (grown == NULL) {
        lm_sqlread_nomem(r);
        return false;
    }
    t->constraints = grown;
    c = &grown[t->constraint_count++];
    memset(c, 0, sizeof *c);
    read_named(r, c);
    settle_item(r, &c->item, from);
    return lm_sqlread_op(r, ',') || at_constraint(r);
}

static void read_body(lm_sqlread *r, lm_createtable *t)
{
    size_t from;

    lm_sqlread_need_op(r, '(');
    if (r->rc != LM_OK)
        return;
    from = t->body.start = r->tokens[r->at - 1].span.end;
    while (read_column(r, t, &from))
        continue;
    if (at_constraint(r))
        while (read_table_constraint(r, t, &from))
            continue;
    t->body.end = lm_sqlread_peek(r, 0).span.start;
    lm_sqlread_need_op(r, ')');
}

static void read_options(lm_sqlread *r, lm_createtable *t)
{
    size_t first = r->at, at;

    if (lm_sqlread_peek(r, 0).kind == LM_TOK_END)
        return;
    lm_sqlread_op(r, ',');      /* SQLite takes one in front, too */
    do {
        at = r->at;
        if (lm_sqlread_word(r, "WITHOUT")) {
            lm_sqlread_need(r, "ROWID");
            t->without_rowid = true;
            t->without_span = lm_sqlread_since(r, at);
        } else {
            lm_sqlread_need(r, "STRICT");
            t->strict = true;
            t->strict_span = lm_sqlread_since(r, at);
        }
    } while (lm_sqlread_op(r, ','));
    t->options = lm_sqlread_since(r, first);
}

static void read_head(lm_sqlread *r, lm_createtable *t)
{
    lm_sqlread_need(r, "CREATE");
    t->temp = lm_sqlread_word(r, "TEMP") || lm_sqlread_word(r, "TEMPORARY");
    lm_sqlread_need(r, "TABLE");
    if (lm_sqlread_is(r, 0, "IF") && lm_sqlread_is(r, 1, "NOT")) {
        r->at += 2;
        lm_sqlread_need(r, "EXISTS");
    }
    t->name = lm_sqlread_name(r, &t->name_span);
    if (lm_sqlread_op(r, '.')) {
        t->schema = t->name;
        t->name = lm_sqlread_name(r, &t->name_span);
    }
}

/* A DEFERRABLE acts on the foreign key that was read last. */
static void settle_deferral(lm_createtable *t)
{
    lm_constraint *c, *last = NULL;
    size_t i, k;

    for (i = 0; i < t->column_count; i++)
        for (k = 0; k < t->columns[i].count; k++) {
            c = &t->columns[i].constraints[k];
            if (c->kind == LM_CON_FOREIGN_KEY)
                last = c;
            if (c->kind != LM_CON_DEFER || last == NULL)
                continue;
            last->deferrable = c->deferrable;
            last->initially_deferred = c->initially_deferred;
            last->defer_span = c->defer_span;
        }
}

int lm_createtable_parse(const char *text, size_t len, lm_createtable *out,
                         lm_err *err)
{
    lm_sqlread r = {.what = "CREATE TABLE", .names = &out->names, .err = err};
    int rc;

    memset(out, 0, sizeof *out);
    out->text = text;
    out->len = len;
    lm_sqlread_start(&r, text, len);
    read_head(&r, out);
    read_body(&r, out);
    read_options(&r, out);
    rc = lm_sqlread_end(&r);
    if (rc == LM_OK)
        settle_deferral(out);
    else
        lm_createtable_clear(out);
    return rc;
}

const lm_column *lm_createtable_column(const lm_createtable *table,
                                       const char *name)
{
    size_t i;

    for (i = 0; i < table->column_count; i++)
        if (lm_same_name(table->columns[i].name, name))
            return &table->columns[i];
    return NULL;
}

static void clear_constraints(lm_constraint *list, size_t count)
{
    size_t i;

    for (i = 0; i < count; i++) {
        lm_keys_clear(&list[i].keys);
        lm_keys_clear(&list[i].target_keys);
    }
    free(list);
}

void lm_createtable_clear(lm_createtable *table)
{
    size_t i;

    for (i = 0; i < table->column_count; i++)
        clear_constraints(table->columns[i].constraints,
                          table->columns[i].count);
    clear_constraints(table->constraints, table->constraint_count);
    free(table->columns);
    lm_arena_clear(&table->names);
    memset(table, 0, sizeof *table);
}
