/* SPDX-License-Identifier: MIT */
/* One statement with many rows of parameters, and a text of many statements.
 * Neither leaves rows to be fetched. */
#include "bind.h"
#include "cursor.h"
#include "raise.h"

/* Run the statement with what is bound, dropping what it returns. */
static int64_t run_bound(lua_State *L, lm_cursor *cur)
{
    while (lm_cursor_step(L, cur))
        continue;
    return cur->rowcount;
}

/* After a function of the script, which may do anything, with this cursor
 * too. */
static void check_unused(lua_State *L, const lm_cursor *cur, unsigned serial)
{
    lm_script_alive(L);
    if (cur->serial != serial || cur->closed)
        lm_raise(L, "the cursor was used by the function that gives it "
                    "rows: use another one there");
}

/* The table at index is the next row. */
static void bind_row(lua_State *L, const lm_cursor *cur, int index)
{
    unsigned serial = cur->serial;
    lua_Integer length = lm_bind_length(L, index);

    check_unused(L, cur, serial);
    lm_bind_table(L, cur->stmt, index, length);
}

static int64_t run_list(lua_State *L, lm_cursor *cur, int64_t rows)
{
    lua_Integer i;

    for (i = 1; lua_rawgeti(L, 3, i) != LUA_TNIL; i++) {
        if (!lua_istable(L, -1))
            lm_raise(L, "row %I is a %s: each row is a list or a map",
                     (LUAI_UACINT)i, luaL_typename(L, -1));
        bind_row(L, cur, 4);
        rows += run_bound(L, cur);
        lua_settop(L, 3);
    }
    return rows;
}

static int64_t run_iterator(lua_State *L, lm_cursor *cur, int64_t rows)
{
    unsigned serial = cur->serial;

    for (;;) {
        lua_pushvalue(L, 3);
        lua_call(L, 0, LUA_MULTRET);
        check_unused(L, cur, serial);
        if (lua_isnoneornil(L, 4))
            return rows;
        if (lua_gettop(L) == 4 && lua_istable(L, 4))
            bind_row(L, cur, 4);
        else
            lm_bind_stack(L, cur->stmt, 4, lua_gettop(L) - 3);
        rows += run_bound(L, cur);
        lua_settop(L, 3);
    }
}

/* (sql, list of rows) or (sql, function that returns a row each time: as one
 * table or as its values; a first nil ends it). */
int l_cursor_executemany(lua_State *L)
{
    lm_cursor *cur = lm_cursor_check(L);
    int type = lua_type(L, 3);
    const char *sql;
    size_t len;

    luaL_checktype(L, 2, LUA_TSTRING);
    luaL_argexpected(L, type == LUA_TTABLE || type == LUA_TFUNCTION, 3,
                     "list or function");
    lua_settop(L, 3);
    sql = lua_tolstring(L, 2, &len);
    lm_cursor_prepare(L, cur, sql, len);
    if (!cur->writes)
        return lm_raise(L, "executemany is for INSERT, UPDATE and DELETE");
    cur->rowcount = type == LUA_TTABLE ? run_list(L, cur, 0)
                                       : run_iterator(L, cur, 0);
    cur->rows = LM_ROWS_END;
    lua_settop(L, 1);
    return 1;
}

/* A script of many statements has nothing to bind. */
static void refuse_params(lua_State *L, const lm_cursor *cur)
{
    int n = lm_stmt_param_count(cur->stmt);

    if (n > 0)
        lm_raise(L, "the statement takes %d value%s, 0 were given", n,
                 n == 1 ? "" : "s");
}

/* (sql): every statement of the text; rows are dropped. */
int l_cursor_executescript(lua_State *L)
{
    lm_script *sc = lm_script_of(L);
    lm_cursor *cur = lm_cursor_check(L);
    const char *sql;
    lua_State *before;
    size_t len, used;
    int rc;

    luaL_checktype(L, 2, LUA_TSTRING);
    lua_settop(L, 2);
    sql = lua_tolstring(L, 2, &len);
    cur->serial++;
    for (; len > 0; sql += used, len -= used) {
        lm_cursor_forget(sc, cur);
        before = lm_script_enter(L);
        rc = lm_db_prepare_first(sc->db, LM_SCRIPT, sql, len, &used,
                                 &cur->stmt);
        sc->running = before;
        if (rc != LM_OK)
            lm_raise_db(L);
        if (cur->stmt == NULL)
            break;
        lm_cursor_hold(sc, cur);
        refuse_params(L, cur);
        cur->writes = cur->inserts = false;
        run_bound(L, cur);
    }
    lm_cursor_forget(sc, cur);
    cur->rows = LM_ROWS_END;
    cur->rowcount = -1;
    lua_settop(L, 1);
    return 1;
}
