/* SPDX-License-Identifier: MIT */
/*
 * function.h - Lua functions that SQL can call.
 *
 *   l_conn_create_function  conn:create_function(name, fn [, options])
 *   lm_function_cut         the script is over: its functions answer with an
 *                           error from now on
 *
 * A function is called in a protected call of its own, on the coroutine that
 * runs the statement. Its error becomes the statement's; no longjmp crosses
 * SQLite.
 *
 * Ownership: SQLite owns an lm_function and ends it with its destructor, when
 * the name is made anew or when db/ forgets the script. The latter is after
 * the Lua state is closed, so the two are cut apart first.
 */
#ifndef LM_SCRIPT_FUNCTION_H
#define LM_SCRIPT_FUNCTION_H

#include "script.h"

int l_conn_create_function(lua_State *L);
void lm_function_cut(lm_script *sc);

#endif
