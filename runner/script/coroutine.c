/* SPDX-License-Identifier: MIT */
#include "coroutine.h"

#include "raise.h"
#include "wake.h"

/* Coroutines inside one another. Each takes some 300 bytes of C stack for a
 * resume and more for a close. */
enum { LM_DEPTH_MAX = 150 };

static lua_State *check_coroutine(lua_State *L)
{
    lua_State *co = lua_tothread(L, 1);

    luaL_argexpected(L, co != NULL, 1, "coroutine");
    return co;
}

static const char *status_of(lua_State *L, lua_State *co)
{
    lua_Debug ar;

    if (co == L)
        return "running";
    switch (lua_status(co)) {
    case LUA_YIELD:
        return "suspended";
    case LUA_OK:
        if (lua_getstack(co, 0, &ar))
            return "normal";
        return lua_gettop(co) == 0 ? "dead" : "suspended";
    default:
        return "dead";
    }
}

/* May another one run? */
static void admit(lua_State *L)
{
    const lm_script *sc = lm_script_of(L);

    lm_script_alive(L);
    if (sc->depth >= LM_DEPTH_MAX)
        lm_raise(L, "too many coroutines inside one another");
}

/* Let co run with the `count` values on top of L. The number of values that
 * it left on L, or -1 and the error object on top. Does not raise between
 * noting which coroutine runs and taking that back. */
static int resume(lua_State *L, lua_State *co, int count)
{
    lm_script *sc = lm_script_of(L);
    lua_State *before = sc->running;
    int status, results;

    if (!lua_checkstack(co, count)) {
        lua_pushliteral(L, "too many arguments to resume");
        return -1;
    }
    if (status_of(L, co)[0] != 's') {
        lua_pushfstring(L, "cannot resume %s coroutine", status_of(L, co));
        return -1;
    }
    lua_xmove(L, co, count);
    sc->running = co;
    sc->depth++;
    lm_wake_pass_on(sc);
    status = lua_resume(co, L, count, &results);
    sc->running = before;
    sc->depth--;
    lm_wake_hand_back(sc);
    if (status != LUA_OK && status != LUA_YIELD) {
        lua_xmove(co, L, 1);
        return -1;
    }
    if (!lua_checkstack(L, results + 1)) {
        lua_pop(co, results);
        lua_pushliteral(L, "too many results to resume");
        return -1;
    }
    lua_xmove(co, L, results);
    return results;
}

static int l_create(lua_State *L)
{
    lua_State *co;

    luaL_checktype(L, 1, LUA_TFUNCTION);
    co = lua_newthread(L);
    lua_pushvalue(L, 1);
    lua_xmove(L, co, 1);
    return 1;
}

static int l_resume(lua_State *L)
{
    lua_State *co = check_coroutine(L);
    int n;

    admit(L);
    n = resume(L, co, lua_gettop(L) - 1);
    lua_pushboolean(L, n >= 0);
    lua_insert(L, n >= 0 ? -(n + 1) : -2);
    return n >= 0 ? n + 1 : 2;
}

/* Closing runs __close of its variables, with a C stack of their own. */
static int close_protected(lua_State *L, lua_State *co)
{
    lm_script *sc = lm_script_of(L);
    lua_State *before = sc->running;
    int status;

    sc->running = co;
    sc->depth++;
    lm_wake_pass_on(sc);
    status = lua_resetthread(co);
    sc->running = before;
    sc->depth--;
    lm_wake_hand_back(sc);
    return status;
}

/* An error inside goes to whoever called, with the place put before it. */
static int l_wrapped(lua_State *L)
{
    lua_State *co = lua_tothread(L, lua_upvalueindex(1));
    int n, status;

    admit(L);
    n = resume(L, co, lua_gettop(L));
    if (n >= 0)
        return n;
    status = lua_status(co);
    if (status != LUA_OK && status != LUA_YIELD) {
        admit(L);
        if (close_protected(L, co) != LUA_OK)
            lua_xmove(co, L, 1);
    }
    if (lua_type(L, -1) == LUA_TSTRING) {
        luaL_where(L, 1);
        lua_insert(L, -2);
        lua_concat(L, 2);
    }
    return lua_error(L);
}

static int l_wrap(lua_State *L)
{
    l_create(L);
    lua_pushcclosure(L, l_wrapped, 1);
    return 1;
}

static int l_close(lua_State *L)
{
    lua_State *co = check_coroutine(L);
    const char *status = status_of(L, co);

    if (status[0] != 's' && status[0] != 'd')
        return lm_raise(L, "cannot close a %s coroutine", status);
    admit(L);
    if (close_protected(L, co) == LUA_OK) {
        lua_pushboolean(L, 1);
        return 1;
    }
    lua_pushboolean(L, 0);
    lua_xmove(co, L, 1);
    return 2;
}

static int l_yield(lua_State *L)
{
    return lua_yield(L, lua_gettop(L));
}

static int l_status(lua_State *L)
{
    lua_pushstring(L, status_of(L, check_coroutine(L)));
    return 1;
}

static int l_isyieldable(lua_State *L)
{
    lua_State *co = lua_isnone(L, 1) ? L : check_coroutine(L);

    lua_pushboolean(L, lua_isyieldable(co));
    return 1;
}

static int l_running(lua_State *L)
{
    lua_pushboolean(L, lua_pushthread(L));
    return 2;
}

void lm_coroutine_open(lua_State *L)
{
    static const luaL_Reg functions[] = {
        {"create", l_create},
        {"resume", l_resume},
        {"wrap", l_wrap},
        {"close", l_close},
        {"yield", l_yield},
        {"status", l_status},
        {"isyieldable", l_isyieldable},
        {"running", l_running},
        {NULL, NULL}
    };

    luaL_newlib(L, functions);
    lua_setglobal(L, "coroutine");
}
