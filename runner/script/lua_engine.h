/* SPDX-License-Identifier: MIT */
/*
 * lua_engine.h - migrations that are Lua scripts.
 *
 *   lm_lua_engine        claims *.lua
 *   lm_lua_context_new   its context: a scratch state for compiling, opened
 *                        when the first script is compiled; NULL: no memory
 *   lm_lua_context_free  accepts NULL
 *   lm_lua_version       "Lua 5.4.4"
 */
#ifndef LM_SCRIPT_LUA_ENGINE_H
#define LM_SCRIPT_LUA_ENGINE_H

#include "../engine/engine.h"

extern const lm_engine lm_lua_engine;

void *lm_lua_context_new(void);
void lm_lua_context_free(void *context);
const char *lm_lua_version(void);

#endif
