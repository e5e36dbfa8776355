/* SPDX-License-Identifier: MIT */
#include "sandbox.h"

#include <ctype.h>
#include <lualib.h>
#include <string.h>

#include "coroutine.h"
#include "raise.h"

/* A fixed seed: a migration does the same on every machine. */
enum { LM_SEED = 20260128 };

/* Lua looks for __gc when the metatable is set and never again. Finalizers
 * would run at unknown moments, also when the state is closed. */
static int l_setmetatable(lua_State *L)
{
    int type = lua_type(L, 2);

    luaL_checktype(L, 1, LUA_TTABLE);
    luaL_argexpected(L, type == LUA_TNIL || type == LUA_TTABLE, 2,
                     "nil or table");
    if (luaL_getmetafield(L, 1, "__metatable") != LUA_TNIL)
        return lm_raise(L, "cannot change a protected metatable");
    if (type == LUA_TTABLE) {
        lua_pushliteral(L, "__gc");
        if (lua_rawget(L, 2) != LUA_TNIL)
            return lm_raise(L, "__gc is not allowed in a metatable: use a "
                            "<close> variable");
    }
    lua_settop(L, 2);
    lua_setmetatable(L, 1);
    return 1;
}

/* load(chunk, name, mode, env) of text alone, whatever mode says: bytecode
 * is not verified by Lua. The upvalue is Lua's own load, which can tell an
 * env that is nil from none. */
static int l_load(lua_State *L)
{
    if (lua_gettop(L) < 3)
        lua_settop(L, 3);
    lua_pushliteral(L, "t");
    lua_replace(L, 3);
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
    return lua_gettop(L);
}

/* The runner's settings, .env included, and not the process's alone. */
static int l_os_getenv(lua_State *L)
{
    const lm_run *run = lm_script_of(L)->run;
    const char *name = luaL_checkstring(L, 1);

    lua_pushstring(L, run->getenv != NULL
                   ? run->getenv(run->env_user, name) : NULL);
    return 1;
}

static void remove_fields(lua_State *L, const char *const *names)
{
    for (; *names != NULL; names++) {
        lua_pushnil(L);
        lua_setfield(L, -2, *names);
    }
}

/* Pushes the library's table. */
static void open_library(lua_State *L, lua_CFunction open)
{
    lua_pushcfunction(L, open);
    lua_call(L, 0, 1);
}

/* print comes from output.c, require from require.c. */
static void open_base(lua_State *L)
{
    static const char *const removed[] = {
        "collectgarbage", "dofile", "loadfile", "print", "warn", NULL
    };

    open_library(L, luaopen_base);
    remove_fields(L, removed);
    lua_pushcfunction(L, l_setmetatable);
    lua_setfield(L, -2, "setmetatable");
    lua_getfield(L, -1, "load");
    lua_pushcclosure(L, l_load, 1);
    lua_setfield(L, -2, "load");
    lua_pop(L, 1);
}

static void open_os(lua_State *L)
{
    static const char *const kept[] = {
        "time", "date", "clock", "difftime", NULL
    };
    const char *const *name;

    open_library(L, luaopen_os);
    lua_createtable(L, 0, 5);
    for (name = kept; *name != NULL; name++) {
        lua_getfield(L, -2, *name);
        lua_setfield(L, -2, *name);
    }
    lua_pushcfunction(L, l_os_getenv);
    lua_setfield(L, -2, "getenv");
    lua_setglobal(L, "os");
    lua_pop(L, 1);
}

/* The metatable that all strings share must not be in a script's hands. */
static void open_string(lua_State *L)
{
    static const char *const removed[] = {"dump", NULL};

    open_library(L, luaopen_string);
    remove_fields(L, removed);
    lua_setglobal(L, "string");
    lua_pushliteral(L, "");
    lua_getmetatable(L, -1);
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    lua_pop(L, 2);
}

static void open_math(lua_State *L)
{
    open_library(L, luaopen_math);
    lua_getfield(L, -1, "randomseed");
    lua_pushinteger(L, LM_SEED);
    lua_call(L, 1, 0);
    lua_setglobal(L, "math");
}

static void open_table(lua_State *L)
{
    open_library(L, luaopen_table);
    lua_setglobal(L, "table");
}

static void open_utf8(lua_State *L)
{
    open_library(L, luaopen_utf8);
    lua_setglobal(L, "utf8");
}

enum { LM_GLOBALS = 64 };

/* A table that has room from the beginning is not rebuilt as it fills. */
static void presize_globals(lua_State *L)
{
    lua_createtable(L, 0, LM_GLOBALS);
    lua_rawseti(L, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS);
}

static bool is_letter(char c)
{
    return c == '_' || isalnum((unsigned char)c);
}

/* Is it there as a word? "table" is none in table_exists. */
static bool mentions(const char *text, const char *word)
{
    size_t n = strlen(word);
    const char *at;

    for (at = text; (at = strstr(at, word)) != NULL; at += n)
        if ((at == text || !is_letter(at[-1])) && !is_letter(at[n]))
            return true;
    return false;
}

/*
 * Opening libraries is most of what it costs to start a script, and most
 * scripts use one or two. A global can be reached by its name or through the
 * table of globals, which _G and _ENV stand for, or by text that is loaded
 * later. Where none of these words is in the text the library would never be
 * missed.
 */
void lm_sandbox_open(lua_State *L, const char *text)
{
    static const struct {
        const char *name;
        void (*open)(lua_State *L);
    } libraries[] = {
        {"table", open_table},
        {"math", open_math},
        {"os", open_os},
        {"utf8", open_utf8},
        {"coroutine", lm_coroutine_open},
        {"require", lm_require_open}
    };
    bool all = mentions(text, "_G") || mentions(text, "_ENV") ||
               mentions(text, "load") || mentions(text, "require");
    size_t i;

    presize_globals(L);
    open_base(L);
    open_string(L);
    for (i = 0; i < sizeof libraries / sizeof *libraries; i++)
        if (all || mentions(text, libraries[i].name))
            libraries[i].open(L);
}
