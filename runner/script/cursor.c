/* SPDX-License-Identifier: MIT */
#include "cursor.h"

#include <string.h>

#include "../lex/sqlsplit.h"
#include "bind.h"
#include "kind.h"
#include "raise.h"

/* So many statements may be held by cursors that wait for the collector
 * before it is called. */
enum { LM_CURSOR_BOUND = 64 };

void lm_cursor_refuse(lua_State *L, const lm_cursor *cur)
{
    lm_script_alive(L);
    if (cur->closed)
        lm_raise(L, "the cursor is closed");
    lm_raise(L, "the cursor is running the statement that called this "
                "function: use another one");
}

lm_cursor *lm_cursor_check(lua_State *L)
{
    lm_cursor *cur = lm_kind_check(L, 1, LM_KIND_CURSOR);

    lm_cursor_usable(L, cur);
    return cur;
}

void lm_cursor_forget(lm_script *sc, lm_cursor *cur)
{
    if (cur->stmt == NULL)
        return;
    lm_stmt_release(cur->stmt);
    cur->stmt = NULL;
    cur->rows = LM_ROWS_END;
    cur->named = false;
    sc->open_cursors--;
    *cur->link = cur->next;
    if (cur->next != NULL)
        cur->next->link = cur->link;
}

/* It holds a statement from now on. */
void lm_cursor_hold(lm_script *sc, lm_cursor *cur)
{
    sc->open_cursors++;
    cur->next = sc->cursors;
    cur->link = &sc->cursors;
    if (cur->next != NULL)
        cur->next->link = &cur->next;
    sc->cursors = cur;
}

/*
 * SQLite's memory is nothing that Lua's collector knows of: a loop over
 * conn:execute(…):fetchone() would leave a statement open in each turn. So
 * when many are held, what nobody refers to any more is collected.
 */
static void make_room(lua_State *L, lm_script *sc)
{
    if (sc->open_cursors < sc->cursor_bound)
        return;
    lua_gc(L, LUA_GCCOLLECT);
    sc->cursor_bound = LM_CURSOR_BOUND + 2 * sc->open_cursors;
}

static bool is_locked(const lm_err *err)
{
    const char *name = lm_db_code_name(err->sqlite_code);

    return name != NULL && (lm_starts(name, "SQLITE_LOCKED") ||
                            lm_starts(name, "SQLITE_BUSY"));
}

bool lm_cursor_sweep(lua_State *L)
{
    lm_script *sc = lm_script_of(L);
    lm_err *err = lm_db_err(sc->db);
    int before = sc->open_cursors;

    if (!is_locked(err))
        return false;
    lua_gc(L, LUA_GCCOLLECT);
    if (sc->open_cursors == before)
        return false;
    lm_err_clear(err);
    return true;
}

lm_cursor *lm_cursor_push(lua_State *L)
{
    lm_cursor *cur;

    make_room(L, lm_script_of(L));
    cur = lua_newuserdatauv(L, sizeof *cur, 1);
    memset(cur, 0, sizeof *cur);
    cur->rowcount = -1;
    lm_kind_set(L, LM_KIND_CURSOR);
    return cur;
}

/* Functions of the script that SQL calls cannot raise through here, so what
 * is set is put back on every path. */
static int step_once(lua_State *L, lm_cursor *cur, bool *row)
{
    lua_State *before = lm_script_enter(L);
    int rc;

    cur->busy = true;
    rc = lm_stmt_step(cur->stmt, row);
    cur->busy = false;
    lm_script_of(L)->running = before;
    return rc;
}

/* What the statement did, now that it is over. */
static void count_changes(lm_cursor *cur, lm_db *db)
{
    cur->rowcount = lm_db_changes(db);
    if (cur->inserts && cur->rowcount > 0) {
        cur->lastrowid = lm_db_last_rowid(db);
        cur->has_lastrowid = true;
    }
}

bool lm_cursor_step(lua_State *L, lm_cursor *cur)
{
    bool row;
    int rc = step_once(L, cur, &row);

    if (rc != LM_OK && cur->rows == LM_ROWS_NONE && lm_cursor_sweep(L))
        rc = step_once(L, cur, &row);
    if (rc != LM_OK) {
        cur->rows = LM_ROWS_END;
        lm_raise_db(L);
    }
    if (!row && cur->writes)
        count_changes(cur, lm_script_of(L)->db);
    return row;
}

/* SQLite tells the changes of the last statement that had any, whatever came
 * after it; so whether this is one has to be read from its text. */
static void classify(lm_cursor *cur, const char *sql, size_t len)
{
    bool with = lm_sql_word_is(sql, len, 0, "WITH");

    cur->inserts = with || lm_sql_word_is(sql, len, 0, "INSERT") ||
                   lm_sql_word_is(sql, len, 0, "REPLACE");
    cur->writes = cur->inserts || lm_sql_word_is(sql, len, 0, "UPDATE") ||
                  lm_sql_word_is(sql, len, 0, "DELETE");
    if (lm_stmt_readonly(cur->stmt))
        cur->inserts = cur->writes = false;
}

void lm_cursor_prepare(lua_State *L, lm_cursor *cur, const char *sql,
                       size_t len)
{
    lm_script *sc = lm_script_of(L);
    lua_State *before;
    int rc;

    cur->serial++;
    cur->rowcount = -1;
    if (cur->stmt != NULL && lm_stmt_is(cur->stmt, sql, len)) {
        lm_stmt_reset(cur->stmt);
        cur->rows = LM_ROWS_NONE;
        return;
    }
    lm_cursor_forget(sc, cur);
    cur->rows = LM_ROWS_NONE;
    before = lm_script_enter(L);
    rc = lm_db_prepare(sc->db, LM_SCRIPT, sql, len, &cur->stmt);
    sc->running = before;
    if (rc != LM_OK)
        lm_raise_db(L);
    lm_cursor_hold(sc, cur);
    classify(cur, sql, len);
}

/* The script's line that is being run, for whoever finds rows left. */
static int calling_line(lua_State *L)
{
    lua_Debug ar;
    int level;

    for (level = 1; lua_getstack(L, level, &ar); level++) {
        lua_getinfo(L, "l", &ar);
        if (ar.currentline > 0)
            return ar.currentline;
    }
    return 0;
}

/* (sql), (sql, table) or (sql, value, …) */
int l_cursor_execute(lua_State *L)
{
    lm_cursor *cur = lm_cursor_check(L);
    int given = lua_gettop(L) - 2;
    bool table = given == 1 && lua_type(L, 3) == LUA_TTABLE;
    lua_Integer length = 0;
    const char *sql;
    size_t len;

    luaL_checktype(L, 2, LUA_TSTRING);
    sql = lua_tolstring(L, 2, &len);
    if (table) {
        length = lm_bind_length(L, 3);
        lm_cursor_usable(L, cur);
    }
    lm_cursor_prepare(L, cur, sql, len);
    if (table)
        lm_bind_table(L, cur->stmt, 3, length);
    else
        lm_bind_stack(L, cur->stmt, 3, given);
    cur->rows = lm_cursor_step(L, cur) ? LM_ROWS_READY : LM_ROWS_END;
    if (cur->rows == LM_ROWS_READY)
        cur->line = calling_line(L);
    cur->named = false;
    lua_settop(L, 1);
    return 1;
}

/* __gc, __close and close(). */
static int l_cursor_close(lua_State *L)
{
    lm_cursor *cur = lm_kind_check(L, 1, LM_KIND_CURSOR);

    if (cur->busy)
        return lm_raise(L, "the cursor is running the statement that called "
                           "this function");
    lm_cursor_forget(lm_script_of(L), cur);
    cur->closed = true;
    return 0;
}

static int push_description(lua_State *L, const lm_cursor *cur)
{
    int n = cur->stmt != NULL ? lm_stmt_column_count(cur->stmt) : 0, i;

    if (n == 0)
        return 0;
    lua_createtable(L, n, 0);
    for (i = 0; i < n; i++) {
        lua_pushstring(L, lm_stmt_column_name(cur->stmt, i));
        lua_rawseti(L, -2, i + 1);
    }
    return 1;
}

/* Methods are the upvalue; rowcount, lastrowid and description (a list of
 * column names, nil when there are none) are read from the cursor. */
static int l_cursor_index(lua_State *L)
{
    const lm_cursor *cur = lm_kind_check(L, 1, LM_KIND_CURSOR);
    const char *key;

    lua_pushvalue(L, 2);
    if (lua_gettable(L, lua_upvalueindex(1)) != LUA_TNIL)
        return 1;
    if (lua_type(L, 2) != LUA_TSTRING)
        return 0;
    key = lua_tostring(L, 2);
    if (strcmp(key, "description") == 0)
        return push_description(L, cur);
    if (strcmp(key, "rowcount") == 0) {
        lua_pushinteger(L, cur->rowcount);
        return 1;
    }
    if (strcmp(key, "lastrowid") == 0 && cur->has_lastrowid) {
        lua_pushinteger(L, cur->lastrowid);
        return 1;
    }
    return 0;
}

void lm_cursor_open(lua_State *L)
{
    static const luaL_Reg methods[] = {
        {"execute", l_cursor_execute},
        {"executemany", l_cursor_executemany},
        {"executescript", l_cursor_executescript},
        {"close", l_cursor_close},
        {NULL, NULL}
    };
    static const luaL_Reg meta[] = {
        {"__gc", l_cursor_close},
        {"__close", l_cursor_close},
        {NULL, NULL}
    };

    lm_script_of(L)->cursor_bound = LM_CURSOR_BOUND;
    luaL_newlib(L, methods);
    lm_kind_late(L, l_row_methods);
    lua_pushcclosure(L, l_cursor_index, 1);
    lm_kind_make(L, LM_KIND_CURSOR, meta);
}
