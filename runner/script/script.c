/* SPDX-License-Identifier: MIT */
/*
 * One state for each script, opened when it runs and closed before the
 * transaction is: nothing of one migration reaches the next, and its cursors
 * are closed by then.
 *
 * All of it happens inside one protected call. Outside of it no function of
 * Lua is called that could allocate: there an error would end the process.
 */
#include "script.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../lex/summary.h"
#include "chunk.h"
#include "conn.h"
#include "cursor.h"
#include "function.h"
#include "guard.h"
#include "output.h"
#include "progress.h"
#include "raise.h"
#include "sandbox.h"
#include "value.h"
#include "wake.h"

static void l_doom_hook(lua_State *L, lua_Debug *ar)
{
    (void)ar;
    lm_raise(L, "%s", lm_script_of(L)->doom_text);
}

/*
 * From now on every instruction of the script raises, so pcall does not help,
 * and so does everything that it could call of ours. lua_sethook may be
 * called at any time, also by the allocator.
 */
void lm_script_doom(lm_script *sc, int code, const char *text)
{
    if (sc->doom != LM_OK)
        return;
    sc->doom = code;
    snprintf(sc->doom_text, sizeof sc->doom_text, "%s", text);
    if (sc->main == NULL)
        return;
    lua_sethook(sc->main, l_doom_hook, LUA_MASKCOUNT, 1);
    lm_script_doom_running(sc);
}

void lm_script_doom_running(lm_script *sc)
{
    if (sc->running != sc->main)
        lua_sethook(sc->running, l_doom_hook, LUA_MASKCOUNT, 1);
}

void lm_script_alive(lua_State *L)
{
    const lm_script *sc = lm_script_of(L);

    if (sc->doom != LM_OK)
        lm_raise(L, "%s", sc->doom_text);
}

static void open_world(lua_State *L, const lm_script *sc)
{
    lm_sandbox_open(L, sc->source->text);
    lm_value_open(L);
    lm_output_open(L);
    lm_guard_open(L);
    lm_progress_open(L);
    lm_cursor_open(L);
    lm_conn_open(L);
}

/* Pushes the script's main function. */
static void load_script(lua_State *L, lm_script *sc)
{
    lua_Debug ar;

    lua_pushfstring(L, "@%s", sc->source->path);
    if (lm_chunk_load(L, sc->source->text, sc->source->len,
                      lua_tostring(L, -1)) != LUA_OK)
        lua_error(L);
    lua_pushvalue(L, -1);
    lua_getinfo(L, ">S", &ar);
    memcpy(sc->shown, ar.short_src, sizeof sc->shown);
}

/* A global as the script set it; no metamethod of _G is asked. */
static int push_global(lua_State *L, const char *name)
{
    lua_pushglobaltable(L);
    lua_pushstring(L, name);
    lua_rawget(L, -2);
    lua_remove(L, -2);
    return lua_type(L, -1);
}

static int refuse_global(lua_State *L, const char *name)
{
    return luaL_error(L, "%s has another value after the script was loaded "
                      "than its text says: it must be assigned once, as a "
                      "literal", name);
}

/* The string global is absent or this text. */
static void check_string(lua_State *L, const char *name, const char *text)
{
    int type = push_global(L, name);

    if (type != LUA_TNIL && (type != LUA_TSTRING || text == NULL ||
                             strcmp(lua_tostring(L, -1), text) != 0))
        refuse_global(L, name);
    lua_pop(L, 1);
}

static void check_transaction(lua_State *L, lm_txn_mode mode)
{
    int type = push_global(L, "TRANSACTION");
    bool same = false;

    if (type == LUA_TNIL)
        same = mode == LM_TXN_ONE;
    else if (type == LUA_TBOOLEAN)
        same = mode == (lua_toboolean(L, -1) ? LM_TXN_ONE : LM_TXN_NONE);
    else if (type == LUA_TSTRING)
        same = mode == LM_TXN_BATCH &&
               strcmp(lua_tostring(L, -1), "batch") == 0;
    if (!same)
        refuse_global(L, "TRANSACTION");
    lua_pop(L, 1);
}

static void check_run(lua_State *L, lm_run_mode mode)
{
    static const char *const names[] = {"once", "on_change", "always"};

    if (mode != LM_RUN_ONCE && push_global(L, "RUN") == LUA_TNIL)
        refuse_global(L, "RUN");
    check_string(L, "RUN", names[mode]);
}

/* What the text says was read as one trimmed line; so is this. */
static void check_description(lua_State *L, const char *expected)
{
    int type = push_global(L, "DESCRIPTION");
    const char *text;
    char *line;
    size_t len;
    bool same = type == LUA_TNIL;

    if (type == LUA_TSTRING) {
        text = lua_tolstring(L, -1, &len);
        line = lm_summary_line(text, len);
        same = line != NULL && strcmp(line, expected) == 0;
        free(line);
    }
    if (!same)
        refuse_global(L, "DESCRIPTION");
    lua_pop(L, 1);
}

/* Leaves it on the stack. */
static void check_function(lua_State *L, const char *name)
{
    int type = push_global(L, name);

    if (type == LUA_TNIL)
        luaL_error(L, "the script has no function %s", name);
    if (type != LUA_TFUNCTION)
        luaL_error(L, "%s is a %s, not a function", name,
                   luaL_typename(L, -1));
}

static void check_globals(lua_State *L, const lm_source *source)
{
    int type;

    if (push_global(L, "MIGRATION_ID") == LUA_TNIL)
        refuse_global(L, "MIGRATION_ID");
    check_string(L, "MIGRATION_ID", source->id);
    check_transaction(L, source->txn);
    check_run(L, source->run);
    check_description(L, source->description);
    type = push_global(L, "FOREIGN_KEYS");
    if ((type != LUA_TNIL && type != LUA_TBOOLEAN) ||
        lua_toboolean(L, -1) != source->foreign_keys)
        refuse_global(L, "FOREIGN_KEYS");
    check_function(L, "upgrade");
    lua_settop(L, 0);
}

/*
 * The collector is generational: most of what a loop over rows makes is
 * garbage at once. It is set so while the heap is empty, where that costs
 * nothing, and does not run until the script has made some garbage of its
 * own: a small migration ends before.
 */
static void prepare_collector(lua_State *L)
{
    lua_gc(L, LUA_GCGEN, 0, 0);
    lua_gc(L, LUA_GCSTOP);
}

enum { LM_FIRST_GARBAGE = 64 };  /* KiB */

/* A step of negative size is a credit. */
static void start_collector(lua_State *L)
{
    lua_gc(L, LUA_GCRESTART);
    lua_gc(L, LUA_GCSTEP, -LM_FIRST_GARBAGE);
}

static int l_run(lua_State *L)
{
    lm_script *sc = lm_script_of(L);

    prepare_collector(L);
    open_world(L, sc);
    load_script(L, sc);
    start_collector(L);
    lua_call(L, 0, 0);
    check_globals(L, sc->source);
    check_function(L, sc->run->way == LM_DOWN ? "downgrade" : "upgrade");
    lm_conn_push(L);
    lua_pushcfunction(L, l_column_exists);
    lua_pushcfunction(L, l_table_exists);
    lua_call(L, 3, 0);
    lm_progress_finish(L);
    return 0;
}

/* These calls cannot allocate, so they cannot raise. */
static int call_protected(lm_script *sc)
{
    lua_State *L = sc->main;

    lua_pushcfunction(L, l_message_handler);
    lua_pushcfunction(L, l_run);
    return lua_pcall(L, 0, 0, 1);
}

int lm_script_run(const lm_source *source, const lm_run *run)
{
    lm_script sc = {0};
    int rc;

    sc.db = run->db;
    sc.run = run;
    sc.source = source;
    lm_heap_open(&sc.heap, run->memory_limit);
    sc.main = lua_newstate(lm_heap_alloc, &sc);
    if (sc.main == NULL) {
        lm_heap_close(&sc.heap);
        return lm_err_nomem(lm_db_err(run->db));
    }
    sc.running = sc.main;
    *(lm_script **)lua_getextraspace(sc.main) = &sc;
    lm_wake_begin(&sc);
    rc = call_protected(&sc);
    lm_wake_end(&sc);
    rc = lm_report(&sc, rc);
    /* To close the state would free its objects one by one, which costs as
     * much as opening it. All of them are in the heap and go with it; what
     * cursors hold does not. */
    while (sc.cursors != NULL)
        lm_cursor_forget(&sc, sc.cursors);
    lm_heap_close(&sc.heap);
    lm_function_cut(&sc);
    lm_err_clear(&sc.stash);
    free(sc.message);
    free(sc.traceback);
    return rc;
}
