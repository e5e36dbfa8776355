/* SPDX-License-Identifier: MIT */
#include "guard.h"

#include <string.h>

#include "../db/schema.h"
#include "guardtext.h"
#include "output.h"
#include "raise.h"
#include "value.h"

/* One question. `running` is who ran before db/ was asked: from there to
 * answer() nothing may raise. */
typedef struct question {
    lm_script *sc;
    lua_State *running;
    const char *guard;
    const char *schema;     /* NULL: not given */
    bool absurd;            /* no schema can have this name */
} question;

static lm_name check_name(lua_State *L, int index)
{
    lm_name name;

    luaL_checktype(L, index, LUA_TSTRING);
    name.text = lua_tolstring(L, index, &name.size);
    return name;
}

/* Begin a question whose last argument, the schema, would be at `last`.
 * The arguments before it have been checked. */
static void begin(lua_State *L, question *q, const char *guard, int last)
{
    lm_name schema = {NULL, 0};

    if (!lua_isnoneornil(L, last))
        schema = check_name(L, last);
    lua_settop(L, last);
    lm_script_alive(L);
    q->sc = lm_script_of(L);
    /* Nothing is there any more that could be asked about. */
    if (lm_db_latched(q->sc->db) != LM_OK)
        lm_raise_db(L);
    q->guard = guard;
    q->schema = schema.text;
    q->absurd = schema.text != NULL && strlen(schema.text) != schema.size;
}

/* End it: tell who listens, and answer. */
static int answer(lua_State *L, question *q, int rc, bool found)
{
    char text[LM_GUARD_TEXT];
    lm_event event = {.type = LM_EVENT_GUARD};

    q->sc->running = q->running;
    if (rc != LM_OK)
        return lm_raise_db(L);
    found = found && !q->absurd;
    if (lm_output_on(q->sc)) {
        event.len = lm_guard_text(L, q->guard, text);
        event.text = text;
        event.answer = found;
        lm_output_emit(L, &event);
    }
    lua_pushboolean(L, found);
    return 1;
}

/* The three that ask for one name. */
typedef int (*find_one)(lm_db *, const char *, lm_name, bool *);

static int ask_one(lua_State *L, const char *guard, find_one find)
{
    lm_name name = check_name(L, 1);
    bool found = false;
    question q;
    int rc;

    begin(L, &q, guard, 2);
    q.running = lm_script_enter(L);
    rc = find(q.sc->db, q.schema, name, &found);
    return answer(L, &q, rc, found);
}

int l_table_exists(lua_State *L)
{
    return ask_one(L, "table_exists", lm_schema_table);
}

static int l_view_exists(lua_State *L)
{
    return ask_one(L, "view_exists", lm_schema_view);
}

static int l_trigger_exists(lua_State *L)
{
    return ask_one(L, "trigger_exists", lm_schema_trigger);
}

int l_column_exists(lua_State *L)
{
    lm_name table = check_name(L, 1), column = check_name(L, 2);
    bool found = false;
    question q;
    int rc;

    begin(L, &q, "column_exists", 3);
    q.running = lm_script_enter(L);
    rc = lm_schema_column(q.sc->db, q.schema, table, column, &found);
    return answer(L, &q, rc, found);
}

/* The strings of the list at `index`, in a block that the stack owns and
 * that stays on its top. */
static lm_name *push_names(lua_State *L, int index, size_t *count)
{
    lua_Unsigned n, i;
    lm_name *names;

    luaL_checktype(L, index, LUA_TTABLE);
    n = lua_rawlen(L, index);
    luaL_argcheck(L, n > 0, index, "a list of column names");
    names = lua_newuserdatauv(L, (size_t)n * sizeof *names, 0);
    for (i = 0; i < n; i++) {
        if (lua_rawgeti(L, index, (lua_Integer)i + 1) != LUA_TSTRING)
            luaL_argerror(L, index, "a list of column names");
        names[i].text = lua_tolstring(L, -1, &names[i].size);
        lua_pop(L, 1);
    }
    *count = (size_t)n;
    return names;
}

/* index_exists(name [, schema]) or (table, {columns} [, schema]) */
static int l_index_exists(lua_State *L)
{
    lm_name name = check_name(L, 1), *columns;
    bool found = false;
    size_t count;
    question q;
    int rc;

    if (!lua_istable(L, 2))
        return ask_one(L, "index_exists", lm_schema_index);
    begin(L, &q, "index_exists", 3);
    columns = push_names(L, 2, &count);
    q.running = lm_script_enter(L);
    rc = lm_schema_index_on(q.sc->db, q.schema, name, columns, count,
                            &found);
    lua_settop(L, 3);
    return answer(L, &q, rc, found);
}

/* (table, {columns}, parent [, schema]) */
static int l_foreign_key_exists(lua_State *L)
{
    lm_name table = check_name(L, 1), parent, *columns;
    bool found = false;
    size_t count;
    question q;
    int rc;

    luaL_checktype(L, 2, LUA_TTABLE);
    parent = check_name(L, 3);
    begin(L, &q, "foreign_key_exists", 4);
    columns = push_names(L, 2, &count);
    q.running = lm_script_enter(L);
    rc = lm_schema_foreign_key(q.sc->db, q.schema, table, columns, count,
                               parent, &found);
    lua_settop(L, 4);
    return answer(L, &q, rc, found);
}

/* What row_exists compares: names and values of one table, side by side. */
typedef struct row {
    lm_name *columns;
    lm_value *values;
    size_t count;
} row;

static size_t count_pairs(lua_State *L, int index)
{
    size_t n = 0;

    lua_pushnil(L);
    while (lua_next(L, index)) {
        if (lua_type(L, -2) != LUA_TSTRING)
            luaL_argerror(L, index, "a table {column = value, ...}");
        n++;
        lua_pop(L, 1);
    }
    return n;
}

/* The blocks stay on the stack. */
static void push_row(lua_State *L, int index, row *r)
{
    size_t n = count_pairs(L, index), i = 0;

    r->count = n;
    r->columns = lua_newuserdatauv(L, (n + 1) * sizeof *r->columns, 0);
    r->values = lua_newuserdatauv(L, (n + 1) * sizeof *r->values, 0);
    lua_pushnil(L);
    while (lua_next(L, index)) {
        r->columns[i].text = lua_tolstring(L, -2, &r->columns[i].size);
        if (!lm_value_read(L, -1, &r->values[i]))
            lm_raise(L, "row_exists: the value of \"%s\" %s",
                     r->columns[i].text, lm_value_problem(L, -1));
        i++;
        lua_pop(L, 1);
    }
}

/* (table, {column = value, …} [, schema]) */
static int l_row_exists(lua_State *L)
{
    lm_name table = check_name(L, 1);
    bool found = false;
    question q;
    row r;
    int rc;

    luaL_checktype(L, 2, LUA_TTABLE);
    begin(L, &q, "row_exists", 3);
    push_row(L, 2, &r);
    q.running = lm_script_enter(L);
    rc = lm_schema_row(q.sc->db, q.schema, table, r.columns, r.values,
                       r.count, &found);
    lua_settop(L, 3);
    return answer(L, &q, rc, found);
}

void lm_guard_open(lua_State *L)
{
    static const luaL_Reg guards[] = {
        {"table_exists", l_table_exists},
        {"column_exists", l_column_exists},
        {"view_exists", l_view_exists},
        {"index_exists", l_index_exists},
        {"trigger_exists", l_trigger_exists},
        {"foreign_key_exists", l_foreign_key_exists},
        {"row_exists", l_row_exists},
        {NULL, NULL}
    };

    lua_pushglobaltable(L);
    luaL_setfuncs(L, guards, 0);
    lua_pop(L, 1);
}
