/* SPDX-License-Identifier: MIT */
/*
 * script.h - one running script: its Lua state and what it may reach.
 *
 *   lm_script_of     the script that a Lua state belongs to
 *   lm_script_enter  note that this coroutine runs now; returns the one
 *                    before, which must be put back on every path
 *   lm_script_doom   end the script, whatever it catches
 *   lm_script_doom_running
 *                    the same for the coroutine that runs now, which another
 *                    one was inside of when it was doomed
 *   lm_script_alive  raise when it is doomed
 *   lm_script_run    load the script, check it, call upgrade or downgrade
 *
 * Ownership: an lm_script lives on the stack of lm_script_run, longer than
 * its Lua state. What SQL still knows of it afterwards (its functions) is
 * cut off before it goes. Pointers to db, run and source are borrowed.
 */
#ifndef LM_SCRIPT_SCRIPT_H
#define LM_SCRIPT_SCRIPT_H

#include <lauxlib.h>
#include <signal.h>
#include <lua.h>

#include "../engine/engine.h"
#include "heap.h"

typedef enum lm_kind {
    LM_KIND_CONN,
    LM_KIND_CURSOR,
    LM_KIND_BLOB,
    LM_KIND_NULL,
    LM_KIND_CHANGE,
    LM_KINDS
} lm_kind;

typedef struct lm_script {
    lua_State *main;
    lua_State *volatile running;    /* the coroutine that runs now */
    volatile sig_atomic_t woken;    /* somebody wants it to ask */
    int depth;              /* coroutines inside one another */
    lm_db *db;
    const lm_run *run;
    const lm_source *source;
    struct lm_function *functions;  /* that SQL may still call */
    struct lm_cursor *cursors;  /* that hold a statement, */
    int open_cursors;       /* how many these are, */
    int cursor_bound;       /* and how many of them call for a collection */
    const void *kinds[LM_KINDS];    /* metatables, see kind.h */
    int doom;               /* LM_OK, or why it must end */
    int line;
    char *message;          /* what ended it, as the message handler */
    size_t message_len;     /* found it; NULL: nothing */
    char *traceback;

    lm_err stash;           /* details of the error of db/ raised last */
    char doom_text[80];
    char shown[LUA_IDSIZE]; /* the script's name in Lua's messages */
    lm_heap heap;
} lm_script;

/* Kept in the space that Lua leaves in front of every state and copies from
 * the main one into each coroutine: no look-up, nothing to spoil. */
static inline lm_script *lm_script_of(lua_State *L)
{
    return *(lm_script **)lua_getextraspace(L);
}

static inline lua_State *lm_script_enter(lua_State *L)
{
    lm_script *sc = lm_script_of(L);
    lua_State *before = sc->running;

    sc->running = L;
    return before;
}

void lm_script_doom(lm_script *sc, int code, const char *text);
void lm_script_doom_running(lm_script *sc);
void lm_script_alive(lua_State *L);
int lm_script_run(const lm_source *source, const lm_run *run);

#endif
