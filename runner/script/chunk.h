/* SPDX-License-Identifier: MIT */
/*
 * chunk.h - the text of a script as a Lua function.
 *
 *   lm_chunk_load     as luaL_loadbufferx: pushes the function or a message
 *                     and returns Lua's status. Text only, never bytecode; a
 *                     BOM and a first line that begins with # are passed
 *                     over. Never raises
 *   lm_chunk_problem  what is wrong with a text before Lua sees it, or NULL
 */
#ifndef LM_SCRIPT_CHUNK_H
#define LM_SCRIPT_CHUNK_H

#include <lua.h>
#include <stddef.h>

int lm_chunk_load(lua_State *L, const char *text, size_t len,
                  const char *chunk_name);
const char *lm_chunk_problem(const char *text, size_t len);

#endif
