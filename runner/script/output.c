/* SPDX-License-Identifier: MIT */
#include "output.h"

#include "raise.h"

void lm_output_emit(lua_State *L, lm_event *event)
{
    lm_script *sc = lm_script_of(L);
    const lm_sink *sink = sc->run->sink;
    lua_State *before;

    if (!lm_output_on(sc))
        return;
    event->source = sc->source;
    if (sink->emit(sink->user, event) == 0)
        return;
    before = lm_script_enter(L);
    lm_script_doom(sc, LM_EINTERRUPT, "stopped by the program");
    sc->running = before;
    lm_script_alive(L);
}

/* The arguments as print shows them, joined by tabs. */
static const char *push_line(lua_State *L, size_t *len)
{
    int n = lua_gettop(L), i;
    luaL_Buffer b;

    luaL_buffinit(L, &b);
    for (i = 1; i <= n; i++) {
        if (i > 1)
            luaL_addchar(&b, '\t');
        luaL_tolstring(L, i, NULL);
        luaL_addvalue(&b);
    }
    luaL_pushresult(&b);
    return lua_tolstring(L, -1, len);
}

static int say(lua_State *L, lm_event_type type, const char *level)
{
    lm_event event = {.type = type};

    lm_script_alive(L);
    event.level = level;
    event.text = push_line(L, &event.len);
    lm_output_emit(L, &event);
    return 0;
}

static int l_print(lua_State *L)
{
    return say(L, LM_EVENT_PRINT, NULL);
}

static int l_log_info(lua_State *L)
{
    return say(L, LM_EVENT_LOG, "info");
}

static int l_log_warn(lua_State *L)
{
    return say(L, LM_EVENT_LOG, "warn");
}

void lm_output_open(lua_State *L)
{
    static const luaL_Reg log[] = {
        {"info", l_log_info},
        {"warn", l_log_warn},
        {NULL, NULL}
    };

    lua_register(L, "print", l_print);
    luaL_newlib(L, log);
    lua_setglobal(L, "log");
}
