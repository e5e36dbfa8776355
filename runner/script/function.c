/* SPDX-License-Identifier: MIT */
#include "function.h"

#include <stdlib.h>
#include <string.h>

#include "cursor.h"
#include "kind.h"
#include "raise.h"
#include "value.h"

typedef struct lm_function {
    lm_script *sc;          /* NULL: the script is over */
    int ref;                /* of the Lua function, in the registry */
    struct lm_function *next, **at;     /* in sc->functions */
} lm_function_state;

/* One call, for as long as it lasts. */
typedef struct frame {
    const lm_function_state *function;
    lm_call *call;
    int argc;
} frame;

static int l_invoke(lua_State *L)
{
    const frame *f = lua_touserdata(L, 1);
    lm_value v;
    int i;

    if (f->argc > LUA_MINSTACK / 2)
        luaL_checkstack(L, f->argc, "too many arguments");
    lua_rawgeti(L, LUA_REGISTRYINDEX, f->function->ref);
    for (i = 0; i < f->argc; i++) {
        lm_call_arg(f->call, i, &v);
        lm_value_push(L, &v);
    }
    lua_call(L, f->argc, 1);
    if (!lm_value_read(L, -1, &v))
        return luaL_error(L, "the result of the function %s",
                          lm_value_problem(L, -1));
    lm_call_result(f->call, &v);
    return 0;
}

static int l_error_text(lua_State *L)
{
    lm_push_error_text(L, 1);
    return 1;
}

static void report_error(lua_State *L, lm_call *call)
{
    const char *text = "the function failed, and so did its error";
    size_t len = strlen(text);

    if (lua_type(L, -1) == LUA_TSTRING)
        text = lua_tolstring(L, -1, &len);
    lm_call_error(call, text, len);
}

static void call_function(void *user, lm_call *call, int argc)
{
    static const char over[] = "a function of a script that is over was "
                               "called";
    const lm_function_state *function = user;
    frame f = {function, call, argc};
    lua_State *L;

    if (function->sc == NULL) {
        lm_call_error(call, over, sizeof over - 1);
        return;
    }
    L = function->sc->running;
    if (!lua_checkstack(L, LUA_MINSTACK)) {
        lm_call_error(call, "stack overflow", strlen("stack overflow"));
        return;
    }
    lua_pushcfunction(L, l_error_text);
    lua_pushcfunction(L, l_invoke);
    lua_pushlightuserdata(L, &f);
    if (lua_pcall(L, 1, 0, -3) != LUA_OK) {
        report_error(L, call);
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
}

static void destroy_function(void *user)
{
    lm_function_state *function = user;

    if (function->sc != NULL) {
        luaL_unref(function->sc->main, LUA_REGISTRYINDEX, function->ref);
        *function->at = function->next;
        if (function->next != NULL)
            function->next->at = function->at;
    }
    free(function);
}

static lm_function_state *new_function(lm_script *sc, int ref)
{
    lm_function_state *function = malloc(sizeof *function);

    if (function == NULL)
        return NULL;
    function->sc = sc;
    function->ref = ref;
    function->next = sc->functions;
    function->at = &sc->functions;
    if (function->next != NULL)
        function->next->at = &function->next;
    sc->functions = function;
    return function;
}

static bool is_deterministic(lua_State *L, int index)
{
    bool deterministic = false;

    if (lua_isnoneornil(L, index))
        return false;
    luaL_checktype(L, index, LUA_TTABLE);
    lua_pushnil(L);
    while (lua_next(L, index)) {
        if (lua_type(L, -2) != LUA_TSTRING ||
            strcmp(lua_tostring(L, -2), "deterministic") != 0)
            lm_raise(L, "create_function: unknown option \"%s\"",
                     luaL_tolstring(L, -2, NULL));
        deterministic = lua_toboolean(L, -1);
        lua_pop(L, 1);
    }
    return deterministic;
}

/* The reference is taken first, because that may raise; from there on
 * nothing does until SQLite owns the function. */
static int register_function(lua_State *L, const char *name,
                             bool deterministic)
{
    lm_script *sc = lm_script_of(L);
    lm_function_state *function;
    int ref;

    lua_pushvalue(L, 3);
    ref = luaL_ref(L, LUA_REGISTRYINDEX);
    function = new_function(sc, ref);
    if (function == NULL) {
        luaL_unref(L, LUA_REGISTRYINDEX, ref);
        return lm_err_nomem(lm_db_err(sc->db));
    }
    return lm_db_create_function(sc->db, name, deterministic, call_function,
                                 function, destroy_function);
}

int l_conn_create_function(lua_State *L)
{
    const char *name;
    bool deterministic;
    size_t len;
    int rc;

    lm_kind_check(L, 1, LM_KIND_CONN);
    luaL_checktype(L, 2, LUA_TSTRING);
    name = lua_tolstring(L, 2, &len);
    luaL_argcheck(L, strlen(name) == len, 2, "a name without NUL bytes");
    luaL_checktype(L, 3, LUA_TFUNCTION);
    deterministic = is_deterministic(L, 4);
    lm_script_alive(L);
    rc = register_function(L, name, deterministic);
    if (rc != LM_OK && lm_cursor_sweep(L))
        rc = register_function(L, name, deterministic);
    return rc == LM_OK ? 0 : lm_raise_db(L);
}

void lm_function_cut(lm_script *sc)
{
    lm_function_state *function;

    for (function = sc->functions; function != NULL;
         function = function->next)
        function->sc = NULL;
}
