/* SPDX-License-Identifier: MIT */
/*
 * sandbox.h - what of Lua's own libraries a script gets.
 *
 *   lm_sandbox_open  base, string, table, math, utf8, coroutine, os, without
 *                    what reaches files, processes, bytecode or finalizers
 *   lm_require_open  require, for lib/ under the migrations folder
 *
 * Of base and string what is not wanted is taken out, of os what is wanted is
 * listed: the others hold nothing that reaches beyond the state. A library
 * that the script's text cannot reach is not opened at all (`text`).
 */
#ifndef LM_SCRIPT_SANDBOX_H
#define LM_SCRIPT_SANDBOX_H

#include "script.h"

void lm_sandbox_open(lua_State *L, const char *text);
void lm_require_open(lua_State *L);

#endif
