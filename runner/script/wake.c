/* SPDX-License-Identifier: MIT */
#include "wake.h"

#include "raise.h"

/* Instructions between two questions, where the script asks by itself. */
enum { LM_ASK_EVERY = 10000 };

static void l_ask_hook(lua_State *L, lua_Debug *ar);

static void set_hooks(lm_script *sc, int count)
{
    lua_State *running = sc->running;

    lua_sethook(sc->main, l_ask_hook, LUA_MASKCOUNT, count);
    if (running != sc->main)
        lua_sethook(running, l_ask_hook, LUA_MASKCOUNT, count);
}

/* Whoever woke the script may have been heard already, by SQL or at the end
 * of a call: then there is nothing to say any more. */
static void l_ask_hook(lua_State *L, lua_Debug *ar)
{
    lm_script *sc = lm_script_of(L);

    (void)ar;
    lm_script_alive(L);
    lm_wake_ask(sc);
    lm_script_alive(L);
    if (!sc->run->must_ask) {
        sc->woken = 0;
        lua_sethook(L, NULL, 0, 0);
    }
}

void lm_wake_ask(lm_script *sc)
{
    const lm_run *run = sc->run;
    lm_err err = {0};
    int rc = run->stop == NULL ? LM_OK : run->stop(run->stop_user, &err);

    if (rc != LM_OK)
        lm_script_doom(sc, rc, lm_err_text(&err));
    lm_err_clear(&err);
}

/* By a signal handler of this thread, at any moment. */
static void wake(void *user)
{
    lm_script *sc = user;

    sc->woken = 1;
    set_hooks(sc, 1);
}

void lm_wake_begin(lm_script *sc)
{
    lm_waker *waker = sc->run->waker;

    if (sc->run->stop == NULL)
        return;
    if (sc->run->must_ask)
        set_hooks(sc, LM_ASK_EVERY);
    else if (waker != NULL) {
        waker->user = sc;
        waker->wake = wake;
    }
}

void lm_wake_end(lm_script *sc)
{
    lm_waker *waker = sc->run->waker;

    if (waker != NULL)
        waker->wake = NULL;
}

/* One that is made later has its creator's hook; one that was made before
 * has none. A signal that comes between the two lines finds it running. */
void lm_wake_pass_on(lm_script *sc)
{
    if (sc->run->must_ask)
        lua_sethook(sc->running, l_ask_hook, LUA_MASKCOUNT, LM_ASK_EVERY);
    else if (sc->woken)
        lua_sethook(sc->running, l_ask_hook, LUA_MASKCOUNT, 1);
}

/* The one that runs again did not hear what was said to another inside it,
 * and the count of its own hook must go on. */
void lm_wake_hand_back(lm_script *sc)
{
    if (sc->doom != LM_OK)
        lm_script_doom_running(sc);
    else if (sc->woken && !sc->run->must_ask)
        lua_sethook(sc->running, l_ask_hook, LUA_MASKCOUNT, 1);
}
