/* SPDX-License-Identifier: MIT */
/*
 * coroutine.h - the coroutine library, our own.
 *
 * The same functions as Lua's (Reference Manual 6.2), for two reasons:
 *   - what wakes a script from outside must know which coroutine runs;
 *   - in Lua before 5.4.5 coroutines that close or resume each other, one
 *     inside the other, run out of the C stack and crash. Here their depth is
 *     counted and limited.
 *
 *   lm_coroutine_open   set the global coroutine
 */
#ifndef LM_SCRIPT_COROUTINE_H
#define LM_SCRIPT_COROUTINE_H

#include <lua.h>

void lm_coroutine_open(lua_State *L);

#endif
