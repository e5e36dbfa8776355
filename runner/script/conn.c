/* SPDX-License-Identifier: MIT */
#include "conn.h"

#include "../db/txn.h"
#include "alter.h"
#include "catalog.h"
#include "cursor.h"
#include "function.h"
#include "kind.h"
#include "raise.h"

static int l_conn_cursor(lua_State *L)
{
    lm_kind_check(L, 1, LM_KIND_CONN);
    lm_script_alive(L);
    lm_cursor_push(L);
    return 1;
}

/* Exchange the conn at index 1 for a new cursor. */
static lm_cursor *push_cursor_as_self(lua_State *L)
{
    lm_cursor *cur;

    lm_kind_check(L, 1, LM_KIND_CONN);
    cur = lm_cursor_push(L);
    lua_replace(L, 1);
    return cur;
}

/* A statement without rows is given back at once: whoever calls this a
 * million times leaves no million cursors that hold one. */
static int l_conn_execute(lua_State *L)
{
    lm_cursor *cur = push_cursor_as_self(L);

    l_cursor_execute(L);
    if (cur->rows == LM_ROWS_END && lm_stmt_column_count(cur->stmt) == 0)
        lm_cursor_forget(lm_script_of(L), cur);
    return 1;
}

static int l_conn_executemany(lua_State *L)
{
    push_cursor_as_self(L);
    return l_cursor_executemany(L);
}

static int l_conn_executescript(lua_State *L)
{
    push_cursor_as_self(L);
    return l_cursor_executescript(L);
}

/*
 * conn:savepoint(fn) -> what fn returns. An error inside undoes what fn did
 * and is raised again, as it is. fn cannot yield out of it: that is an error
 * like any other.
 */
static int l_conn_savepoint(lua_State *L)
{
    lm_db *db = lm_script_of(L)->db;

    lm_kind_check(L, 1, LM_KIND_CONN);
    luaL_checktype(L, 2, LUA_TFUNCTION);
    lua_settop(L, 2);
    lm_script_alive(L);
    if (lm_txn_savepoint(db) != LM_OK)
        return lm_raise_db(L);
    if (lua_pcall(L, 0, LUA_MULTRET, 0) != LUA_OK) {
        if (lm_txn_undo(db) != LM_OK)
            return lm_raise_db(L);
        return lua_error(L);
    }
    if (lm_txn_release(db) != LM_OK)
        return lm_raise_db(L);
    return lua_gettop(L) - 1;
}

/* commit, rollback, begin and close, as other bindings have them. */
static int l_conn_refuse(lua_State *L)
{
    return lm_raise(L, "conn:%s() is not there: the runner opens and ends "
                    "the transaction (conn:savepoint() nests inside it)",
                    lua_tostring(L, lua_upvalueindex(1)));
}

/* (table) */
static int l_late_methods(lua_State *L)
{
    static const char *const names[] = {
        "begin", "commit", "rollback", "close", NULL
    };
    const char *const *name;

    for (name = names; *name != NULL; name++) {
        lua_pushstring(L, *name);
        lua_pushcclosure(L, l_conn_refuse, 1);
        lua_setfield(L, 1, *name);
    }
    return l_catalog_methods(L);
}

void lm_conn_push(lua_State *L)
{
    lua_newuserdatauv(L, 0, 0);
    lm_kind_set(L, LM_KIND_CONN);
}

void lm_conn_open(lua_State *L)
{
    static const luaL_Reg methods[] = {
        {"cursor", l_conn_cursor},
        {"execute", l_conn_execute},
        {"executemany", l_conn_executemany},
        {"executescript", l_conn_executescript},
        {"savepoint", l_conn_savepoint},
        {"create_function", l_conn_create_function},
        {"alter", l_conn_alter},
        {NULL, NULL}
    };
    static const luaL_Reg meta[] = {{NULL, NULL}};

    luaL_newlib(L, methods);
    lm_kind_late(L, l_late_methods);
    lm_kind_make(L, LM_KIND_CONN, meta);
}
