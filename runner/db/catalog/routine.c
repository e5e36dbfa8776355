/* SPDX-License-Identifier: MIT */
/* Views and triggers: what SQLite keeps as text and compiles at use. */
#include <stdlib.h>
#include <string.h>

#include "../../base/buf.h"
#include "../../base/list.h"
#include "../../base/text.h"
#include "../../lex/createother.h"
#include "inner.h"

/* A temporary trigger on t is on temp.t if there is one. */
static const char *schema_of_target(lm_catalog *cat, const lm_entry *o,
                                    const lm_createtrigger *text)
{
    const lm_table_info *t;

    if (strcmp(o->schema, "temp") != 0)
        return o->schema;
    t = lm_catalog_find_text(cat, text->table_schema, text->table);
    return t == NULL ? cat->home : t->schema;
}

static int fill_trigger(lm_db *db, const lm_entry *o,
                        const lm_createtrigger *text, lm_trigger_info *g)
{
    static const char *const timings[] = {"BEFORE", "AFTER", "INSTEAD OF"};
    static const char *const events[] = {"INSERT", "UPDATE", "DELETE"};
    const char *name;
    size_t i;
    int rc = LM_OK;

    g->schema = o->schema;
    g->name = o->name;
    g->table = o->table;
    g->sql = o->sql;
    g->table_schema = schema_of_target(db->catalog, o, text);
    g->timing = timings[text->timing];
    g->event = events[text->event];
    for (i = 0; i < text->update_of.count && rc == LM_OK; i++) {
        name = text->update_of.list[i].column;
        rc = lm_strings_add(db, &g->update_of,
                            lm_catalog_copy(db, name, strlen(name)));
    }
    if (rc == LM_OK && text->when.end > text->when.start) {
        g->when = lm_catalog_span(db, o->sql, text->when);
        if (g->when == NULL)
            rc = LM_ENOMEM;
    }
    return rc;
}

static int add_trigger(lm_db *db, lm_catalog *cat, const lm_entry *o)
{
    lm_createtrigger text;
    lm_trigger_info *g = lm_list_grow(cat->triggers, cat->trigger_count,
                                      &cat->trigger_size, sizeof *g);
    int rc;

    if (g == NULL)
        return lm_err_nomem(db->err);
    cat->triggers = g;
    rc = lm_createtrigger_parse(o->sql, strlen(o->sql), &text, db->err);
    if (rc != LM_OK) {
        lm_err_hint(db->err, "SQLite keeps a text for the trigger %s that "
                    "is not the grammar of SQLite 3.40", o->name);
        return rc;
    }
    g += cat->trigger_count++;
    memset(g, 0, sizeof *g);
    rc = fill_trigger(db, o, &text, g);
    lm_createtrigger_clear(&text);
    return rc;
}

/* Those of main first. */
int lm_triggers_read(lm_db *db, lm_catalog *cat)
{
    const lm_entry *o;
    size_t i, pass;
    int rc = LM_OK;

    if (cat->triggers_read)
        return LM_OK;
    for (pass = 0; pass < 2; pass++)
        for (i = 0; i < cat->entry_count && rc == LM_OK; i++) {
            o = &cat->entries[i];
            if (strcmp(o->type, "trigger") == 0 && o->sql != NULL &&
                (strcmp(o->schema, "temp") == 0) == (pass == 1) &&
                !lm_db_is_own(db, o->table))
                rc = add_trigger(db, cat, o);
        }
    cat->triggers_read = rc == LM_OK;
    if (rc != LM_OK)
        cat->read = false;
    return rc;
}

static int pick(lm_db *db, lm_catalog *cat, const lm_trigger_info *g)
{
    const lm_trigger_info **grown =
        lm_list_grow(cat->picked, cat->picked_count, &cat->picked_size,
                     sizeof *grown);

    if (grown == NULL)
        return lm_err_nomem(db->err);
    cat->picked = grown;
    grown[cat->picked_count++] = g;
    return LM_OK;
}

static bool is_wanted(const lm_trigger_info *g, const char *schema,
                      const lm_table_info *t)
{
    if (t != NULL)
        return strcmp(g->table_schema, t->schema) == 0 &&
               lm_same_name(g->table, t->name);
    return schema == NULL || lm_same_name(g->schema, schema);
}

int lm_catalog_triggers(lm_db *db, const char *schema, const lm_name *table,
                        const lm_trigger_info *const **out, size_t *count)
{
    const lm_table_info *t = NULL;
    lm_catalog *cat;
    size_t i;
    int rc = lm_catalog_open(db, &cat);

    *out = NULL;
    *count = 0;
    if (rc == LM_OK && table != NULL) {
        t = lm_catalog_find(cat, schema, *table);
        if (t == NULL)
            return LM_OK;
    }
    if (rc == LM_OK)
        rc = lm_triggers_read(db, cat);
    if (rc != LM_OK)
        return rc;
    cat->picked_count = 0;
    for (i = 0; i < cat->trigger_count && rc == LM_OK; i++)
        if (is_wanted(&cat->triggers[i], schema, t))
            rc = pick(db, cat, &cat->triggers[i]);
    *out = cat->picked;
    *count = cat->picked_count;
    return rc;
}

static int take_columns(lm_db *db, sqlite3_stmt *stmt, lm_view_info *v)
{
    const char *name;
    int i, rc = LM_OK;

    for (i = 0; i < sqlite3_column_count(stmt) && rc == LM_OK; i++) {
        name = sqlite3_column_name(stmt, i);
        rc = name == NULL ? lm_err_nomem(db->err)
                          : lm_strings_add(db, &v->columns,
                                lm_catalog_copy(db, name, strlen(name)));
    }
    return rc;
}

static int take_error(lm_db *db, int code, lm_view_info *v)
{
    const char *why = sqlite3_errmsg(db->handle);

    if ((code & 0xFF) != SQLITE_ERROR)
        return lm_db_fail(db, code, NULL, 0);
    v->error = lm_catalog_copy(db, why, strlen(why));
    return v->error == NULL ? LM_ENOMEM : LM_OK;
}

/* Straight to SQLite, past the statement cache, and as the runner. */
static int compile_view(lm_db *db, lm_view_info *v)
{
    lm_fired f = {v->schema, v->name, '\0'};
    lm_buf sql = {0};
    sqlite3_stmt *stmt = NULL;
    lm_actor before = db->actor;
    int rc = lm_fired_text(db, &f, &sql), code;

    if (rc != LM_OK) {
        lm_buf_clear(&sql);
        return rc;
    }
    db->actor = LM_RUNNER;
    code = sqlite3_prepare_v2(db->handle, lm_buf_text(&sql), -1, &stmt,
                              NULL);
    db->actor = before;
    v->valid = code == SQLITE_OK;
    rc = v->valid ? take_columns(db, stmt, v) : take_error(db, code, v);
    sqlite3_finalize(stmt);
    lm_buf_clear(&sql);
    return rc;
}

static int add_view(lm_db *db, lm_catalog *cat, const lm_table_info *t)
{
    lm_view_info *v = lm_list_grow(cat->views, cat->view_count,
                                   &cat->view_size, sizeof *v);

    if (v == NULL)
        return lm_err_nomem(db->err);
    cat->views = v;
    v += cat->view_count++;
    memset(v, 0, sizeof *v);
    v->schema = t->schema;
    v->name = t->name;
    v->sql = t->sql;
    return compile_view(db, v);
}

static void drop_views(lm_catalog *cat)
{
    size_t i;

    for (i = 0; i < cat->view_count; i++)
        free(cat->views[i].columns.list);
    cat->view_count = 0;
    cat->views_read = false;
}

static bool is_same_schema(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* One of the schemas, as a text that stays; "" for one that there is not. */
static const char *known_schema(const char *schema)
{
    if (schema == NULL || lm_same_name(schema, "main"))
        return schema == NULL ? NULL : "main";
    return lm_same_name(schema, "temp") ? "temp" : "";
}

int lm_catalog_views(lm_db *db, const char *schema, const lm_view_info **out,
                     size_t *count)
{
    const lm_table_info *t;
    lm_catalog *cat;
    size_t i;
    int rc = lm_catalog_open(db, &cat);

    *out = NULL;
    *count = 0;
    schema = known_schema(schema);
    if (rc == LM_OK &&
        !(cat->views_read && is_same_schema(cat->views_of, schema))) {
        drop_views(cat);
        cat->views_of = schema;
        for (i = 0; i < cat->listed_count && rc == LM_OK; i++) {
            t = cat->listed[i];
            if (t->kind == LM_VIEW &&
                (schema == NULL || strcmp(t->schema, schema) == 0))
                rc = add_view(db, cat, t);
        }
        cat->views_read = rc == LM_OK;
    }
    if (rc == LM_OK) {
        *out = cat->views;
        *count = cat->view_count;
    }
    return rc;
}
