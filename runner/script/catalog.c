/* SPDX-License-Identifier: MIT */
#include "catalog.h"

#include <string.h>

#include "../base/text.h"
#include "../db/catalog.h"
#include "../db/dump.h"
#include "catalogpush.h"
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
        lm_push_table(L, list[i]);
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
        lm_push_table(L, t);
    return 1;
}

static int l_conn_columns(lua_State *L)
{
    const lm_table_info *t = find_table(L);
    size_t i, n = t == NULL ? 0 : t->column_count;

    lua_createtable(L, (int)n, 0);
    for (i = 0; i < n; i++) {
        lm_push_column(L, &t->columns[i], i + 1);
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
    lm_push_key(L, t);
    return 1;
}

static int l_conn_indexes(lua_State *L)
{
    const lm_table_info *t = find_table(L);
    size_t i, n = t == NULL ? 0 : t->index_count;

    lua_createtable(L, (int)n, 0);
    for (i = 0; i < n; i++) {
        lm_push_index(L, &t->indexes[i]);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    return 1;
}

static int l_conn_foreign_keys(lua_State *L)
{
    const lm_table_info *t = find_table(L);
    size_t i, n = t == NULL ? 0 : t->foreign_count;

    lua_createtable(L, (int)n, 0);
    for (i = 0; i < n; i++) {
        lm_push_foreign(L, &t->foreign[i], false);
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
        lm_push_foreign(L, list[i], true);
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
        lm_push_check(L, &t->checks[i]);
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
        lm_push_unique(L, &t->uniques[i]);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    return 1;
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
        lm_push_trigger(L, list[i]);
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
        lm_push_view(L, &list[i]);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    return 1;
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
        lm_push_dependent(L, &list[i]);
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
    told(L, &q, lm_dump_schema(q.db, &text));
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

int l_catalog_methods(lua_State *L)
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
    return 0;
}
