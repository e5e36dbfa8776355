/* SPDX-License-Identifier: MIT */
#include "bind.h"

#include <string.h>

#include "raise.h"
#include "value.h"

/* The value at `index` becomes parameter `at`. */
static inline void bind_one(lua_State *L, lm_stmt *stmt, int at, int index)
{
    lm_value v;
    const char *name;

    if (lm_value_read(L, index, &v)) {
        if (lm_stmt_bind(stmt, at, &v) != LM_OK)
            lm_raise_db(L);
        return;
    }
    name = lm_stmt_param_name(stmt, at);
    if (name != NULL)
        lm_raise(L, "parameter \"%s\" %s", name, lm_value_problem(L, index));
    lm_raise(L, "parameter %d %s", at, lm_value_problem(L, index));
}

static void refuse_count(lua_State *L, int expected, lua_Integer given,
                         const char *hint)
{
    lm_raise(L, "the statement takes %d value%s, %I %s given%s", expected,
             expected == 1 ? "" : "s", (LUAI_UACINT)given,
             given == 1 ? "was" : "were", hint);
}

void lm_bind_stack(lua_State *L, lm_stmt *stmt, int first, int count)
{
    int expected = lm_stmt_param_count(stmt), i;

    if (count != expected)
        refuse_count(L, expected, count, "");
    for (i = 0; i < count; i++)
        bind_one(L, stmt, i + 1, first + i);
}

/* Lists are given to statements with a great many parameters as well, so
 * each name is looked up in the table, not each key in the statement. */
static void bind_map(lua_State *L, lm_stmt *stmt, int index, int expected)
{
    const char *name;
    int i;

    for (i = 1; i <= expected; i++) {
        name = lm_stmt_param_name(stmt, i);
        if (name == NULL)
            lm_raise(L, "parameter %d has no name: give the values as a "
                     "list", i);
        lua_pushstring(L, name);
        if (lua_rawget(L, index) == LUA_TNIL)
            lm_raise(L, "no value for parameter \"%s\" (NULL stands for a "
                     "null)", name);
        bind_one(L, stmt, i, -1);
        lua_pop(L, 1);
    }
}

static bool has_param(const lm_stmt *stmt, int count, const char *name)
{
    const char *param;
    int i;

    for (i = 1; i <= count; i++) {
        param = lm_stmt_param_name(stmt, i);
        if (param != NULL && strcmp(param, name) == 0)
            return true;
    }
    return false;
}

static void check_map_keys(lua_State *L, lm_stmt *stmt, int index,
                           int expected)
{
    lua_pushnil(L);
    while (lua_next(L, index)) {
        lua_pop(L, 1);
        if (lua_type(L, -1) != LUA_TSTRING)
            lm_raise(L, "the parameters are a list and a map at once");
        if (!has_param(stmt, expected, lua_tostring(L, -1)))
            lm_raise(L, "unknown parameter \"%s\"", lua_tostring(L, -1));
    }
}

/* Nothing but 1 .. count. Lua goes through the array part of a table first,
 * so what follows the last element is all that has to be looked at, unless
 * there is none (it is nil) or the table was not built as a list. */
static void check_list_keys(lua_State *L, int index, lua_Integer count)
{
    lua_Integer key;

    if (lua_rawgeti(L, index, count) != LUA_TNIL && count > 0)
        lua_pushinteger(L, count);
    else
        lua_pushnil(L);
    while (lua_next(L, index)) {
        lua_pop(L, 1);
        key = lua_isinteger(L, -1) ? lua_tointeger(L, -1) : 0;
        if (key < 1 || key > count)
            lm_raise(L, "unknown parameter \"%s\"",
                     luaL_tolstring(L, -1, NULL));
    }
    lua_pop(L, 1);
}

static void bind_list(lua_State *L, lm_stmt *stmt, int index,
                      lua_Integer count)
{
    int expected = lm_stmt_param_count(stmt), i;

    if (count < expected)
        refuse_count(L, expected, count, " (at the end of a list NULL must "
                     "stand for a null)");
    if (count > expected)
        refuse_count(L, expected, count, "");
    check_list_keys(L, index, count);
    for (i = 1; i <= expected; i++) {
        lua_rawgeti(L, index, i);
        bind_one(L, stmt, i, -1);
        lua_pop(L, 1);
    }
}

/* A table without a first element and with a key that is a string. */
static bool is_map(lua_State *L, int index)
{
    bool found;

    if (lua_rawlen(L, index) > 0)
        return false;
    lua_pushnil(L);
    if (!lua_next(L, index))
        return false;
    found = lua_type(L, -2) == LUA_TSTRING;
    lua_pop(L, 2);
    return found;
}

lua_Integer lm_bind_length(lua_State *L, int index)
{
    lua_Integer length;

    index = lua_absindex(L, index);
    if (is_map(L, index))
        return LM_BIND_MAP;
    if (!lua_getmetatable(L, index))
        return (lua_Integer)lua_rawlen(L, index);
    lua_pop(L, 1);
    length = luaL_len(L, index);
    return length < 0 ? 0 : length;
}

void lm_bind_table(lua_State *L, lm_stmt *stmt, int index,
                   lua_Integer length)
{
    int expected = lm_stmt_param_count(stmt);

    index = lua_absindex(L, index);
    if (length != LM_BIND_MAP) {
        bind_list(L, stmt, index, length);
        return;
    }
    check_map_keys(L, stmt, index, expected);
    bind_map(L, stmt, index, expected);
}
