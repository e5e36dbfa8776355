/* SPDX-License-Identifier: MIT */
#include "catalog.h"

#include <string.h>

#include "../base/text.h"
#include "../db/catalog.h"
#include "kind.h"
#include "literal.h"
#include "raise.h"

/* One question. From ask() to told() nothing may raise; what db/ answers
 * stays there until the next question, so that pushing it may. */
typedef struct question {
    lm_script *sc;
    lm_db *db;
    lua_State *before;
    lm_name name;
    const char *schema;     /* NULL: not given */
} question;

static lm_name check_name(lua_State *L, int index)
{
    lm_name name;

    luaL_checktype(L, index, LUA_TSTRING);
    name.text = lua_tolstring(L, index, &name.size);
    return name;
}

/* No schema has an empty name, nor one with a NUL in it. */
static const char *check_schema(lua_State *L, int index)
{
    lm_name schema;

    if (lua_isnoneornil(L, index))
        return NULL;
    schema = check_name(L, index);
    return strlen(schema.text) == schema.size ? schema.text : "";
}

/* The arguments are conn, what `named` says, and the schema at `last`. */
static void ask(lua_State *L, question *q, bool named, int last)
{
    lm_kind_check(L, 1, LM_KIND_CONN);
    memset(q, 0, sizeof *q);
    if (named)
        q->name = check_name(L, 2);
    q->schema = last == 0 ? NULL : check_schema(L, last);
    lm_script_alive(L);
    q->sc = lm_script_of(L);
    q->db = q->sc->db;
    if (lm_db_latched(q->db) != LM_OK)
        lm_raise_db(L);
    q->before = lm_script_enter(L);
}

static void told(lua_State *L, const question *q, int rc)
{
    q->sc->running = q->before;
    if (rc != LM_OK)
        lm_raise_db(L);
}

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

static void push_table(lua_State *L, const lm_table_info *t)
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

/* What conn:tables{schema=, kind=} asks for. */
typedef struct filter {
    const char *schema;
    int kind;               /* -1: all */
} filter;

static void read_filter(lua_State *L, filter *f)
{
    static const char *const kinds[] = {"table", "view", "virtual",
                                        "shadow", NULL};
    const char *key;

    f->schema = NULL;
    f->kind = -1;
    if (lua_isnoneornil(L, 2))
        return;
    luaL_checktype(L, 2, LUA_TTABLE);
    for (lua_pushnil(L); lua_next(L, 2) != 0; lua_settop(L, 3)) {
        key = lua_type(L, 3) == LUA_TSTRING ? lua_tostring(L, 3) : "";
        if (lua_type(L, 4) != LUA_TSTRING ||
            (strcmp(key, "schema") != 0 && strcmp(key, "kind") != 0))
            luaL_argerror(L, 2, "{schema = string, kind = string}");
        if (strcmp(key, "kind") == 0)
            f->kind = luaL_checkoption(L, 4, NULL, kinds);
        else
            f->schema = check_schema(L, 4);
    }
}

static int l_conn_tables(lua_State *L)
{
    const lm_table_info *const *list;
    lua_Integer n = 0;
    size_t count, i;
    question q;
    filter f;

    lm_kind_check(L, 1, LM_KIND_CONN);
    lua_settop(L, 2);
    read_filter(L, &f);
    ask(L, &q, false, 0);
    told(L, &q, lm_catalog_tables(q.db, &list, &count));
    lua_newtable(L);
    for (i = 0; i < count; i++) {
        if ((f.kind >= 0 && (int)list[i]->kind != f.kind) ||
            (f.schema != NULL && !lm_same_name(f.schema, list[i]->schema)))
            continue;
        push_table(L, list[i]);
        lua_rawseti(L, -2, ++n);
    }
    return 1;
}

/* The table or view that a question names; NULL: there is none. */
static const lm_table_info *find_table(lua_State *L)
{
    const lm_table_info *t;
    question q;

    ask(L, &q, true, 3);
    told(L, &q, lm_catalog_table(q.db, q.schema, q.name, &t));
    return t;
}

static int l_conn_table(lua_State *L)
{
    const lm_table_info *t = find_table(L);

    if (t == NULL || !t->listed)
        lua_pushnil(L);
    else
        push_table(L, t);
    return 1;
}

static void push_column(lua_State *L, const lm_column_info *c, size_t at)
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

static int l_conn_columns(lua_State *L)
{
    const lm_table_info *t = find_table(L);
    size_t i, n = t == NULL ? 0 : t->column_count;

    lua_createtable(L, (int)n, 0);
    for (i = 0; i < n; i++) {
        push_column(L, &t->columns[i], i + 1);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    return 1;
}

static int l_conn_primary_key(lua_State *L)
{
    const lm_table_info *t = find_table(L);

    if (t == NULL || t->key.count == 0) {
        lua_pushnil(L);
        return 1;
    }
    lua_createtable(L, 0, 5);
    set_strings(L, "columns", &t->key);
    set_text(L, "name", t->key_name);
    set_bool(L, "autoincrement", t->autoincrement);
    set_bool(L, "rowid_alias", t->rowid_alias);
    set_bool(L, "without_rowid", t->without_rowid);
    return 1;
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

static void push_index(lua_State *L, const lm_index_info *index)
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

static int l_conn_indexes(lua_State *L)
{
    const lm_table_info *t = find_table(L);
    size_t i, n = t == NULL ? 0 : t->index_count;

    lua_createtable(L, (int)n, 0);
    for (i = 0; i < n; i++) {
        push_index(L, &t->indexes[i]);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    return 1;
}

static void push_foreign(lua_State *L, const lm_foreign_info *f)
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
}

static int l_conn_foreign_keys(lua_State *L)
{
    const lm_table_info *t = find_table(L);
    size_t i, n = t == NULL ? 0 : t->foreign_count;

    lua_createtable(L, (int)n, 0);
    for (i = 0; i < n; i++) {
        push_foreign(L, &t->foreign[i]);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    return 1;
}

static int l_conn_referenced_by(lua_State *L)
{
    const lm_foreign_info *const *list;
    size_t i, count;
    question q;

    ask(L, &q, true, 3);
    told(L, &q, lm_catalog_referenced_by(q.db, q.schema, q.name, &list,
                                         &count));
    lua_createtable(L, (int)count, 0);
    for (i = 0; i < count; i++) {
        push_foreign(L, list[i]);
        set_text(L, "table", list[i]->table);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    return 1;
}

static int l_conn_checks(lua_State *L)
{
    const lm_table_info *t = find_table(L);
    size_t i, n = t == NULL ? 0 : t->check_count;

    lua_createtable(L, (int)n, 0);
    for (i = 0; i < n; i++) {
        lua_createtable(L, 0, 3);
        set_text(L, "name", t->checks[i].name);
        set_text(L, "expr", t->checks[i].expr);
        set_text(L, "column", t->checks[i].column);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    return 1;
}

static int l_conn_uniques(lua_State *L)
{
    const lm_table_info *t = find_table(L);
    size_t i, n = t == NULL ? 0 : t->unique_count;

    lua_createtable(L, (int)n, 0);
    for (i = 0; i < n; i++) {
        lua_createtable(L, 0, 3);
        set_text(L, "name", t->uniques[i].name);
        set_strings(L, "columns", &t->uniques[i].columns);
        set_text(L, "column", t->uniques[i].column);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    return 1;
}

static void push_trigger(lua_State *L, const lm_trigger_info *g)
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

/* conn:triggers([table [, schema]]) */
static int l_conn_triggers(lua_State *L)
{
    const lm_trigger_info *const *list;
    bool named = !lua_isnoneornil(L, 2);
    size_t i, count;
    question q;

    ask(L, &q, named, 3);
    told(L, &q, lm_catalog_triggers(q.db, q.schema, named ? &q.name : NULL,
                                    &list, &count));
    lua_createtable(L, (int)count, 0);
    for (i = 0; i < count; i++) {
        push_trigger(L, list[i]);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    return 1;
}

/* conn:views([schema]) */
static int l_conn_views(lua_State *L)
{
    const lm_view_info *list;
    size_t i, count;
    question q;

    ask(L, &q, false, 2);
    told(L, &q, lm_catalog_views(q.db, q.schema, &list, &count));
    lua_createtable(L, (int)count, 0);
    for (i = 0; i < count; i++) {
        lua_createtable(L, 0, 6);
        set_text(L, "schema", list[i].schema);
        set_text(L, "name", list[i].name);
        set_strings(L, "columns", &list[i].columns);
        set_text(L, "sql", list[i].sql);
        set_bool(L, "valid", list[i].valid);
        set_text(L, "error", list[i].error);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    return 1;
}

static void push_dependent(lua_State *L, const lm_dependent *d)
{
    lua_createtable(L, 0, 6);
    set_text(L, "kind", lm_dependent_kind_name(d->kind));
    set_text(L, "schema", d->schema);
    set_text(L, "name", d->name);
    set_text(L, "table", d->table);
    set_text(L, "column", d->column);
    set_text(L, "how", d->writes ? "write" : "read");
}

/* conn:dependents(table [, column [, schema]]) */
static int l_conn_dependents(lua_State *L)
{
    const lm_dependent *list;
    lm_name column = {NULL, 0};
    size_t i, count;
    question q;

    lm_kind_check(L, 1, LM_KIND_CONN);
    if (!lua_isnoneornil(L, 3))
        column = check_name(L, 3);
    ask(L, &q, true, 4);
    told(L, &q, lm_catalog_dependents(q.db, q.schema, q.name,
                                      column.text == NULL ? NULL : &column,
                                      &list, &count));
    lua_createtable(L, (int)count, 0);
    for (i = 0; i < count; i++) {
        push_dependent(L, &list[i]);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    return 1;
}

static int l_conn_sql(lua_State *L)
{
    const char *sql;
    question q;

    ask(L, &q, true, 3);
    told(L, &q, lm_catalog_sql(q.db, q.schema, q.name, &sql));
    lua_pushstring(L, sql);
    return 1;
}

static int l_conn_schema_dump(lua_State *L)
{
    const char *text;
    question q;

    ask(L, &q, false, 0);
    told(L, &q, lm_catalog_dump(q.db, &text));
    lua_pushstring(L, text);
    return 1;
}

static int l_conn_schema_fingerprint(lua_State *L)
{
    char hex[LM_SHA256_HEX];
    question q;

    ask(L, &q, false, 0);
    told(L, &q, lm_catalog_fingerprint(q.db, hex));
    lua_pushstring(L, hex);
    return 1;
}

void lm_catalog_methods(lua_State *L)
{
    static const luaL_Reg methods[] = {
        {"tables", l_conn_tables},
        {"table", l_conn_table},
        {"columns", l_conn_columns},
        {"primary_key", l_conn_primary_key},
        {"indexes", l_conn_indexes},
        {"foreign_keys", l_conn_foreign_keys},
        {"referenced_by", l_conn_referenced_by},
        {"checks", l_conn_checks},
        {"uniques", l_conn_uniques},
        {"triggers", l_conn_triggers},
        {"views", l_conn_views},
        {"dependents", l_conn_dependents},
        {"sql", l_conn_sql},
        {"quote_ident", l_conn_quote_ident},
        {"quote_literal", l_conn_quote_literal},
        {"schema_dump", l_conn_schema_dump},
        {"schema_fingerprint", l_conn_schema_fingerprint},
        {NULL, NULL}
    };

    luaL_setfuncs(L, methods, 0);
}
