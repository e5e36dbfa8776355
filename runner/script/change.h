/* SPDX-License-Identifier: MIT */
/*
 * change.h - the operations that a script puts together for conn:alter.
 *
 *   lm_change_push    a new, empty list of operations: the t of function(t)
 *   lm_change_close   no more can be added: the function is over
 *   lm_change_ops     all of them as an array
 *
 * Ownership: operations and their strings are Lua's and anchored in the
 * object; the array belongs to the stack.
 */
#ifndef LM_SCRIPT_CHANGE_H
#define LM_SCRIPT_CHANGE_H

#include "../db/alter.h"
#include "script.h"

void lm_change_push(lua_State *L);
void lm_change_close(lua_State *L, int index);
/* Pushes the block that holds the array. */
const lm_op *lm_change_ops(lua_State *L, int index, size_t *count);

#endif
