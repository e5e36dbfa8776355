/* SPDX-License-Identifier: MIT */
/*
 * guardtext.h - a guard's call as the reader of a report sees it:
 * column_exists("users", "email").
 *
 *   lm_guard_text  write the call with the arguments on the stack, those up
 *                  to the first nil, into out; returns its length. A long
 *                  one is cut short with "...". Allocates nothing, so it
 *                  cannot raise
 */
#ifndef LM_SCRIPT_GUARDTEXT_H
#define LM_SCRIPT_GUARDTEXT_H

#include <lua.h>
#include <stddef.h>

enum { LM_GUARD_TEXT = 256 };

size_t lm_guard_text(lua_State *L, const char *guard,
                     char out[LM_GUARD_TEXT]);

#endif
