/* SPDX-License-Identifier: MIT */
#include "progress.h"

#include "../base/clock.h"
#include "output.h"
#include "raise.h"

/* The progress made last stands in the registry under this address. */
static const char latest_key = 'p';

static const double interval = 2000;

typedef struct progress {
    double done, total;     /* total < 0: not known */
    double told;            /* what the last event said, */
    double told_at;         /* and when; ms */
    const char *label;      /* held by the user value */
} progress;

static void tell(lua_State *L, progress *p, double now)
{
    lm_event event = {.type = LM_EVENT_PROGRESS};

    p->told = p->done;
    p->told_at = now;
    event.text = p->label;
    event.done = p->done;
    event.total = p->total;
    lm_output_emit(L, &event);
}

static int l_progress_step(lua_State *L)
{
    progress *p = lua_touserdata(L, lua_upvalueindex(1));
    double by = luaL_optnumber(L, 1, 1), now;

    if (!(by >= 0))
        return luaL_argerror(L, 1, "progress goes forward");
    lm_script_alive(L);
    p->done += by;
    now = lm_clock_ms();
    if (now - p->told_at >= interval ||
        (p->total >= 0 && p->done >= p->total && p->told < p->total))
        tell(L, p, now);
    return 0;
}

static int l_progress(lua_State *L)
{
    double total = luaL_optnumber(L, 1, -1);
    const char *label = luaL_optstring(L, 2, "");
    progress *p;

    luaL_argcheck(L, lua_isnoneornil(L, 1) || total >= 0, 1,
                  "the total is 0 or more, or nil when it is not known");
    lm_progress_finish(L);
    lua_settop(L, 2);
    p = lua_newuserdatauv(L, sizeof *p, 1);
    p->done = 0;
    p->total = total;
    p->told = 0;
    p->told_at = lm_clock_ms();
    p->label = label;
    lua_pushvalue(L, 2);
    lua_setiuservalue(L, -2, 1);
    lua_pushvalue(L, -1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &latest_key);
    lua_pushcclosure(L, l_progress_step, 1);
    return 1;
}

void lm_progress_finish(lua_State *L)
{
    progress *p;

    lua_rawgetp(L, LUA_REGISTRYINDEX, &latest_key);
    p = lua_touserdata(L, -1);
    if (p != NULL && p->done > p->told)
        tell(L, p, lm_clock_ms());
    lua_pop(L, 1);
}

void lm_progress_open(lua_State *L)
{
    lua_register(L, "progress", l_progress);
}
