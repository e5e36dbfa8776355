/* SPDX-License-Identifier: MIT */
#include "catalogpush.h"

static void set_text(lua_State *L, const char *key, const char *value)
{
    if (value == NULL)
        return;
    lua_pushstring(L, value);
    lua_setfield(L, -2, key);
}

static void set_bool(lua_State *L, const char *key, bool value)
{
    lua_pushboolean(L, value);
    lua_setfield(L, -2, key);
}

static void set_integer(lua_State *L, const char *key, lua_Integer value)
{
    lua_pushinteger(L, value);
    lua_setfield(L, -2, key);
}

static void set_strings(lua_State *L, const char *key, const lm_strings *list)
{
    size_t i;

    lua_createtable(L, (int)list->count, 0);
    for (i = 0; i < list->count; i++) {
        lua_pushstring(L, list->list[i]);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    lua_setfield(L, -2, key);
}

void lm_push_table(lua_State *L, const lm_table_info *t)
{
    static const char *const kinds[] = {"table", "view", "virtual",
                                        "shadow"};

    lua_createtable(L, 0, 6);
    set_text(L, "schema", t->schema);
    set_text(L, "name", t->name);
    set_text(L, "kind", kinds[t->kind]);
    set_bool(L, "without_rowid", t->without_rowid);
    set_bool(L, "strict", t->strict);
    set_integer(L, "ncol", t->ncol);
}

void lm_push_column(lua_State *L, const lm_column_info *c, size_t at)
{
    static const char *const generated[] = {NULL, "virtual", "stored"};

    lua_createtable(L, 0, 12);
    set_text(L, "name", c->name);
    set_integer(L, "position", (lua_Integer)at);
    set_text(L, "type", c->type);
    set_bool(L, "not_null", c->not_null);
    set_text(L, "default", c->default_text);
    set_integer(L, "pk", c->pk);
    set_text(L, "generated", generated[c->generated]);
    set_text(L, "generated_expr", c->expr);
    set_bool(L, "hidden", c->hidden);
    set_text(L, "collation", c->collation);
    set_bool(L, "autoincrement", c->autoincrement);
    set_bool(L, "rowid_alias", c->rowid_alias);
}

static void push_parts(lua_State *L, const lm_index_info *index)
{
    const lm_index_part *part;
    size_t i;

    lua_createtable(L, (int)index->count, 0);
    for (i = 0; i < index->count; i++) {
        part = &index->parts[i];
        lua_createtable(L, 0, 3);
        set_text(L, "name", part->name);
        set_text(L, "expr", part->expr);
        set_text(L, "collation", part->collation);
        set_bool(L, "desc", part->desc);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
}

void lm_push_index(lua_State *L, const lm_index_info *index)
{
    static const char *const origins[] = {"index", "unique", "primary key"};

    lua_createtable(L, 0, 7);
    if (index->origin == LM_ORIGIN_INDEX)
        set_text(L, "name", index->name);
    set_text(L, "origin", origins[index->origin]);
    set_bool(L, "unique", index->unique);
    set_bool(L, "partial", index->partial);
    set_text(L, "where", index->where);
    push_parts(L, index);
    lua_setfield(L, -2, "columns");
    set_text(L, "sql", index->sql);
}

void lm_push_foreign(lua_State *L, const lm_foreign_info *f,
                            bool with_table)
{
    lua_createtable(L, 0, 10);
    set_text(L, "name", f->name);
    set_strings(L, "columns", &f->columns);
    set_text(L, "ref_table", f->ref_table);
    set_strings(L, "ref_columns", &f->ref_columns);
    set_bool(L, "implicit", f->implicit);
    set_text(L, "on_update", f->on_update);
    set_text(L, "on_delete", f->on_delete);
    set_bool(L, "deferrable", f->deferrable);
    set_bool(L, "initially_deferred", f->initially_deferred);
    if (with_table)
        set_text(L, "table", f->table);
}

void lm_push_trigger(lua_State *L, const lm_trigger_info *g)
{
    lua_createtable(L, 0, 8);
    set_text(L, "schema", g->schema);
    set_text(L, "name", g->name);
    set_text(L, "table", g->table);
    set_text(L, "timing", g->timing);
    set_text(L, "event", g->event);
    set_strings(L, "update_of", &g->update_of);
    set_text(L, "when", g->when);
    set_text(L, "sql", g->sql);
}

void lm_push_dependent(lua_State *L, const lm_dependent *d)
{
    lua_createtable(L, 0, 6);
    set_text(L, "kind", lm_dependent_kind_name(d->kind));
    set_text(L, "schema", d->schema);
    set_text(L, "name", d->name);
    set_text(L, "table", d->table);
    set_text(L, "column", d->column);
    set_text(L, "how", d->writes ? "write" : "read");
}

void lm_push_key(lua_State *L, const lm_table_info *t)
{
    lua_createtable(L, 0, 5);
    set_strings(L, "columns", &t->key);
    set_text(L, "name", t->key_name);
    set_bool(L, "autoincrement", t->autoincrement);
    set_bool(L, "rowid_alias", t->rowid_alias);
    set_bool(L, "without_rowid", t->without_rowid);
}

void lm_push_check(lua_State *L, const lm_check_info *c)
{
    lua_createtable(L, 0, 3);
    set_text(L, "name", c->name);
    set_text(L, "expr", c->expr);
    set_text(L, "column", c->column);
}

void lm_push_unique(lua_State *L, const lm_unique_info *u)
{
    lua_createtable(L, 0, 3);
    set_text(L, "name", u->name);
    set_strings(L, "columns", &u->columns);
    set_text(L, "column", u->column);
}

void lm_push_view(lua_State *L, const lm_view_info *v)
{
    lua_createtable(L, 0, 6);
    set_text(L, "schema", v->schema);
    set_text(L, "name", v->name);
    set_strings(L, "columns", &v->columns);
    set_text(L, "sql", v->sql);
    set_bool(L, "valid", v->valid);
    set_text(L, "error", v->error);
}
