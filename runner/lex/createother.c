/* SPDX-License-Identifier: MIT */
#include "createother.h"

#include <string.h>

#include "sqlread.h"

/* CREATE was taken; IF NOT EXISTS may stand before a name, a schema too. */
static const char *read_name(lm_sqlread *r, lm_span *span)
{
    const char *name;

    if (lm_sqlread_is(r, 0, "IF") && lm_sqlread_is(r, 1, "NOT")) {
        r->at += 2;
        lm_sqlread_need(r, "EXISTS");
    }
    name = lm_sqlread_name(r, span);
    if (lm_sqlread_op(r, '.'))
        name = lm_sqlread_name(r, span);
    return name;
}

static bool read_temp(lm_sqlread *r)
{
    return lm_sqlread_word(r, "TEMP") || lm_sqlread_word(r, "TEMPORARY");
}

/* All that is left of the text. */
static lm_span read_rest(lm_sqlread *r)
{
    size_t first = r->at;

    if (lm_sqlread_peek(r, 0).kind == LM_TOK_END)
        lm_sqlread_fail(r);
    if (r->rc == LM_OK)
        r->at = r->count;
    return lm_sqlread_since(r, first);
}

int lm_createindex_parse(const char *text, size_t len, lm_createindex *out,
                         lm_err *err)
{
    lm_sqlread r = {.what = "CREATE INDEX", .names = &out->names, .err = err};
    int rc;

    memset(out, 0, sizeof *out);
    lm_sqlread_start(&r, text, len);
    lm_sqlread_need(&r, "CREATE");
    out->unique = lm_sqlread_word(&r, "UNIQUE");
    lm_sqlread_need(&r, "INDEX");
    out->name = read_name(&r, &out->name_span);
    lm_sqlread_need(&r, "ON");
    out->table = lm_sqlread_name(&r, &out->table_span);
    lm_sqlread_keys(&r, &out->keys, NULL);
    if (lm_sqlread_word(&r, "WHERE"))
        out->where = read_rest(&r);
    rc = lm_sqlread_end(&r);
    if (rc != LM_OK)
        lm_createindex_clear(out);
    return rc;
}

void lm_createindex_clear(lm_createindex *index)
{
    lm_keys_clear(&index->keys);
    lm_arena_clear(&index->names);
    memset(index, 0, sizeof *index);
}

static lm_timing read_timing(lm_sqlread *r)
{
    if (lm_sqlread_word(r, "AFTER"))
        return LM_AFTER;
    if (lm_sqlread_word(r, "INSTEAD")) {
        lm_sqlread_need(r, "OF");
        return LM_INSTEAD_OF;
    }
    (void)lm_sqlread_word(r, "BEFORE");
    return LM_BEFORE;
}

static void read_update_of(lm_sqlread *r, lm_keys *out)
{
    size_t first = r->at;
    lm_key *key;

    do {
        key = lm_sqlread_key(r, out);
        if (key == NULL)
            return;
        key->column = lm_sqlread_name(r, &key->span);
        key->expr = key->span;
    } while (lm_sqlread_op(r, ','));
    out->span = lm_sqlread_since(r, first);
}

static void read_event(lm_sqlread *r, lm_createtrigger *t)
{
    if (lm_sqlread_word(r, "INSERT")) {
        t->event = LM_ON_INSERT;
    } else if (lm_sqlread_word(r, "DELETE")) {
        t->event = LM_ON_DELETE;
    } else {
        t->event = LM_ON_UPDATE;
        lm_sqlread_need(r, "UPDATE");
        if (lm_sqlread_word(r, "OF"))
            read_update_of(r, &t->update_of);
    }
}

static void read_target(lm_sqlread *r, lm_createtrigger *t)
{
    lm_sqlread_need(r, "ON");
    t->table = lm_sqlread_name(r, &t->table_span);
    if (lm_sqlread_op(r, '.')) {
        t->table_schema = t->table;
        t->table = lm_sqlread_name(r, &t->table_span);
    }
}

/* BEGIN can be a name in the condition; the word that begins the body is the
 * first one outside parentheses before the word of a statement, because no
 * expression goes on with one of these. */
static bool at_body(const lm_sqlread *r)
{
    return lm_sqlread_is(r, 0, "BEGIN") &&
           (lm_sqlread_is(r, 1, "SELECT") || lm_sqlread_is(r, 1, "INSERT") ||
            lm_sqlread_is(r, 1, "UPDATE") || lm_sqlread_is(r, 1, "DELETE") ||
            lm_sqlread_is(r, 1, "REPLACE") || lm_sqlread_is(r, 1, "WITH") ||
            lm_sqlread_is(r, 1, "VALUES"));
}

static void read_when(lm_sqlread *r, lm_createtrigger *t)
{
    size_t first = r->at;

    while (!at_body(r) && lm_sqlread_peek(r, 0).kind != LM_TOK_END) {
        if (lm_sqlread_is_op(r, 0, '('))
            (void)lm_sqlread_parens(r);
        else
            r->at++;
    }
    t->when = lm_sqlread_since(r, first);
}

static void read_trigger(lm_sqlread *r, lm_createtrigger *t)
{
    size_t first;

    lm_sqlread_need(r, "CREATE");
    t->temp = read_temp(r);
    lm_sqlread_need(r, "TRIGGER");
    t->name = read_name(r, &t->name_span);
    t->timing = read_timing(r);
    read_event(r, t);
    read_target(r, t);
    first = r->at;
    if (lm_sqlread_word(r, "FOR")) {
        lm_sqlread_need(r, "EACH");
        lm_sqlread_need(r, "ROW");
        t->for_each = lm_sqlread_since(r, first);
    }
    if (lm_sqlread_word(r, "WHEN"))
        read_when(r, t);
    if (!at_body(r))
        lm_sqlread_fail(r);
    t->body = read_rest(r);
    if (r->rc == LM_OK) {
        r->at = r->count - 1;
        lm_sqlread_need(r, "END");
    }
}

int lm_createtrigger_parse(const char *text, size_t len,
                           lm_createtrigger *out, lm_err *err)
{
    lm_sqlread r = {.what = "CREATE TRIGGER", .names = &out->names,
                    .err = err};
    int rc;

    memset(out, 0, sizeof *out);
    lm_sqlread_start(&r, text, len);
    read_trigger(&r, out);
    rc = lm_sqlread_end(&r);
    if (rc != LM_OK)
        lm_createtrigger_clear(out);
    return rc;
}

void lm_createtrigger_clear(lm_createtrigger *trigger)
{
    lm_keys_clear(&trigger->update_of);
    lm_arena_clear(&trigger->names);
    memset(trigger, 0, sizeof *trigger);
}

int lm_createview_parse(const char *text, size_t len, lm_createview *out,
                        lm_err *err)
{
    lm_sqlread r = {.what = "CREATE VIEW", .names = &out->names, .err = err};
    int rc;

    memset(out, 0, sizeof *out);
    lm_sqlread_start(&r, text, len);
    lm_sqlread_need(&r, "CREATE");
    out->temp = read_temp(&r);
    lm_sqlread_need(&r, "VIEW");
    out->name = read_name(&r, &out->name_span);
    if (lm_sqlread_is_op(&r, 0, '('))
        lm_sqlread_keys(&r, &out->columns, NULL);
    lm_sqlread_need(&r, "AS");
    out->select = read_rest(&r);
    rc = lm_sqlread_end(&r);
    if (rc != LM_OK)
        lm_createview_clear(out);
    return rc;
}

void lm_createview_clear(lm_createview *view)
{
    lm_keys_clear(&view->columns);
    lm_arena_clear(&view->names);
    memset(view, 0, sizeof *view);
}

/* What a module is given is its own language: between the first parenthesis
 * and the last, comments and all. */
int lm_createvirtual_parse(const char *text, size_t len,
                           lm_createvirtual *out, lm_err *err)
{
    lm_sqlread r = {.what = "CREATE VIRTUAL TABLE", .names = &out->names,
                    .err = err};
    int rc;

    memset(out, 0, sizeof *out);
    lm_sqlread_start(&r, text, len);
    lm_sqlread_need(&r, "CREATE");
    lm_sqlread_need(&r, "VIRTUAL");
    lm_sqlread_need(&r, "TABLE");
    out->name = read_name(&r, &out->name_span);
    lm_sqlread_need(&r, "USING");
    out->module = lm_sqlread_name(&r, NULL);
    if (lm_sqlread_is_op(&r, 0, '(')) {
        out->arguments = lm_sqlread_parens(&r);
        if (r.rc == LM_OK) {
            out->arguments.start++;
            out->arguments.end--;
        }
    }
    rc = lm_sqlread_end(&r);
    if (rc != LM_OK)
        lm_createvirtual_clear(out);
    return rc;
}

void lm_createvirtual_clear(lm_createvirtual *virtual_table)
{
    lm_arena_clear(&virtual_table->names);
    memset(virtual_table, 0, sizeof *virtual_table);
}
