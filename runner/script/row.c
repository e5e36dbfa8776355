/* SPDX-License-Identifier: MIT */
/*
 * The rows of a cursor.
 *
 * A row is a list of the column's values, and answers by name through a
 * metatable that all rows of a statement share: making a row costs no more
 * than making a list. #row counts the columns, NULLs too; pairs(row) goes
 * through name and value in the order of the columns. Of two columns with one
 * name the first answers. A name that no column has is an error, because nil
 * would be taken for NULL.
 *
 * The metatable is kept in the cursor's user value. Its upvalue is one table:
 * names[1] = "id" and names.id = 1.
 */
#include <string.h>

#include "cursor.h"
#include "raise.h"
#include "value.h"

/* The first upvalue of an iterator; the second is its cursor. */
typedef struct lm_iterator {
    lm_cursor *cur;
    unsigned serial;    /* of the execution whose rows it reads */
} lm_iterator;

enum { ITERATOR = lua_upvalueindex(1), ITERATED = lua_upvalueindex(2) };

/* row.name; also row[i] of a NULL, or beyond the last column: nil. Only the
 * metatable, which scripts cannot reach, leads here: the first argument is a
 * row. */
static int l_row_index(lua_State *L)
{
    lua_pushvalue(L, 2);
    if (lua_rawget(L, lua_upvalueindex(1)) == LUA_TNUMBER) {
        lua_rawgeti(L, 1, lua_tointeger(L, -1));
        return 1;
    }
    if (lua_type(L, 2) == LUA_TSTRING)
        return lm_raise(L, "the row has no column \"%s\"",
                        lua_tostring(L, 2));
    return 0;
}

static int l_row_len(lua_State *L)
{
    lua_pushvalue(L, lua_upvalueindex(1));
    return 1;
}

static int l_row_next(lua_State *L)
{
    lua_Integer i = lua_tointeger(L, lua_upvalueindex(2)) + 1;

    luaL_checktype(L, 1, LUA_TTABLE);
    if (lua_rawgeti(L, lua_upvalueindex(1), i) == LUA_TNIL)
        return 1;
    lua_pushinteger(L, i);
    lua_replace(L, lua_upvalueindex(2));
    lua_rawgeti(L, 1, i);
    return 2;
}

static int l_row_pairs(lua_State *L)
{
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_pushinteger(L, 0);
    lua_pushcclosure(L, l_row_next, 2);
    lua_pushvalue(L, 1);
    return 2;
}

static void push_names(lua_State *L, const lm_stmt *stmt, int n)
{
    int i;

    lua_createtable(L, n, n);
    for (i = n; i >= 1; i--) {
        lua_pushstring(L, lm_stmt_column_name(stmt, i - 1));
        lua_pushvalue(L, -1);
        lua_rawseti(L, -3, i);
        lua_pushinteger(L, i);
        lua_rawset(L, -3);
    }
}

/* A new metatable, left on the stack and in the user value of the cursor. */
static void make_metatable(lua_State *L, lm_cursor *cur, int self, int n)
{
    lua_createtable(L, 0, 6);
    push_names(L, cur->stmt, n);
    lua_pushvalue(L, -1);
    lua_setfield(L, -3, "names");
    lua_pushvalue(L, -1);
    lua_pushcclosure(L, l_row_index, 1);
    lua_setfield(L, -3, "__index");
    lua_pushcclosure(L, l_row_pairs, 1);
    lua_setfield(L, -2, "__pairs");
    lua_pushinteger(L, n);
    lua_pushcclosure(L, l_row_len, 1);
    lua_setfield(L, -2, "__len");
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    lua_pushliteral(L, "row");
    lua_setfield(L, -2, "__name");
    lua_pushvalue(L, -1);
    lua_setiuservalue(L, self, 1);
}

/* Does the metatable on the stack have the statement's n names? */
static bool has_names(lua_State *L, const lm_stmt *stmt, int n)
{
    bool same;
    int i;

    if (!lua_istable(L, -1))
        return false;
    lua_getfield(L, -1, "names");
    same = lua_rawlen(L, -1) == (size_t)n;
    for (i = 0; i < n && same; i++) {
        lua_rawgeti(L, -1, i + 1);
        same = strcmp(lua_tostring(L, -1),
                      lm_stmt_column_name(stmt, i)) == 0;
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
    return same;
}

/* Pushes the metatable for rows of the cursor. The same text may have other
 * columns after the schema has changed, so the names are compared once for
 * each execution. */
static void push_metatable(lua_State *L, lm_cursor *cur, int self)
{
    int n;

    lua_getiuservalue(L, self, 1);
    if (cur->named)
        return;
    n = lm_stmt_column_count(cur->stmt);
    if (!has_names(L, cur->stmt, n)) {
        lua_pop(L, 1);
        make_metatable(L, cur, self, n);
    }
    cur->named = true;
}

static const lm_value *read_row(lua_State *L, lm_cursor *cur, int *n)
{
    const lm_value *values = lm_stmt_row(cur->stmt);

    if (values == NULL) {
        lm_err_nomem(lm_db_err(lm_script_of(L)->db));
        lm_raise_db(L);
    }
    *n = lm_stmt_column_count(cur->stmt);
    return values;
}

/* Pushes the current row of the cursor at index `self` as a table. */
static void push_row(lua_State *L, lm_cursor *cur, int self)
{
    const lm_value *values;
    int n, i;

    values = read_row(L, cur, &n);
    luaL_checkstack(L, n + LUA_MINSTACK, "too many columns");
    lua_createtable(L, n, 0);
    lm_value_push_all(L, values, n);
    for (i = n; i >= 1; i--)
        lua_rawseti(L, -i - 1, i);
    push_metatable(L, cur, self);
    lua_setmetatable(L, -2);
}

/* The current row has been read: on to the next one. */
static void advance(lua_State *L, lm_cursor *cur)
{
    cur->rows = lm_cursor_step(L, cur) ? LM_ROWS_READY : LM_ROWS_END;
}

/* Pushes the next row as a table, or nil. */
static bool fetch_row(lua_State *L, lm_cursor *cur, int self)
{
    if (cur->rows != LM_ROWS_READY) {
        lua_pushnil(L);
        return false;
    }
    push_row(L, cur, self);
    advance(L, cur);
    return true;
}

/* The cursor at index 1, of which rows may be fetched. */
static lm_cursor *check_executed(lua_State *L)
{
    lm_cursor *cur = lm_cursor_check(L);

    if (cur->rows == LM_ROWS_NONE)
        lm_raise(L, "there are no rows: nothing was executed with this "
                    "cursor");
    return cur;
}

static int l_cursor_fetchone(lua_State *L)
{
    fetch_row(L, check_executed(L), 1);
    return 1;
}

static int fetch(lua_State *L, lm_cursor *cur, lua_Integer limit)
{
    lua_Integer i;

    lua_settop(L, 1);
    lua_newtable(L);
    for (i = 1; i <= limit && fetch_row(L, cur, 1); i++)
        lua_rawseti(L, 2, i);
    /* Out of memory is said here, where the rows were asked for. */
    lm_script_alive(L);
    lua_settop(L, 2);
    return 1;
}

static int l_cursor_fetchmany(lua_State *L)
{
    lm_cursor *cur = check_executed(L);
    lua_Integer limit = luaL_optinteger(L, 2, 1);

    luaL_argcheck(L, limit >= 0, 2, "a number of rows");
    return fetch(L, cur, limit);
}

static int l_cursor_fetchall(lua_State *L)
{
    return fetch(L, check_executed(L), LUA_MAXINTEGER);
}

/*
 * A loop whose body executes something else with the same cursor would end
 * after its first row, in silence; so that is an error.
 */
static lm_cursor *check_iterator(lua_State *L)
{
    const lm_iterator *it = lua_touserdata(L, ITERATOR);

    if (it->cur->serial != it->serial)
        lm_raise(L, "the cursor executed something else while its rows were "
                    "read: use a second cursor for that");
    lm_cursor_usable(L, it->cur);
    return it->cur;
}

static int l_rows_next(lua_State *L)
{
    fetch_row(L, check_iterator(L), ITERATED);
    return 1;
}

/* A first value of nil would end the loop, so there a NULL is the object
 * NULL; everywhere else it is nil. */
static int l_values_next(lua_State *L)
{
    lm_cursor *cur = check_iterator(L);
    const lm_value *values;
    int n;

    if (cur->rows != LM_ROWS_READY)
        return 0;
    values = read_row(L, cur, &n);
    if (n > LUA_MINSTACK / 2)
        luaL_checkstack(L, n + 1, "too many columns");
    lm_value_push_all(L, values, n);
    if (values[0].type == LM_NULL) {
        lm_value_push_null(L);
        lua_replace(L, -n - 1);
    }
    advance(L, cur);
    return n;
}

static int push_iterator(lua_State *L, lua_CFunction next)
{
    lm_cursor *cur = check_executed(L);
    lm_iterator *it = lua_newuserdatauv(L, sizeof *it, 0);

    it->cur = cur;
    it->serial = cur->serial;
    lua_pushvalue(L, 1);
    lua_pushcclosure(L, next, 2);
    return 1;
}

static int l_cursor_rows(lua_State *L)
{
    return push_iterator(L, l_rows_next);
}

static int l_cursor_values(lua_State *L)
{
    return push_iterator(L, l_values_next);
}

int l_row_methods(lua_State *L)
{
    static const luaL_Reg methods[] = {
        {"fetchone", l_cursor_fetchone},
        {"fetchmany", l_cursor_fetchmany},
        {"fetchall", l_cursor_fetchall},
        {"rows", l_cursor_rows},
        {"values", l_cursor_values},
        {NULL, NULL}
    };

    luaL_setfuncs(L, methods, 0);
    return 0;
}
