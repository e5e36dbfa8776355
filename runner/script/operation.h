/* SPDX-License-Identifier: MIT */
/*
 * operation.h - what the methods of t (operation.c) need of the object they
 * are called on (change.c), which is at index 1.
 *
 *   lm_change_add       one more operation, empty
 *   lm_change_keep      the string at index, for as long as the operation
 *   lm_change_text      the same of an argument, which must be a string
 *   lm_change_anchor    keep the value on the top of the stack, and pop it
 *   lm_change_options   is there a table of these options?
 *   lm_change_keys      has a table only these keys?
 *   lm_change_field     a string of a table of options, or NULL
 *   lm_change_names     a list of names
 *   lm_change_columns   the list of columns at index 2, perhaps with a name
 *   lm_operations       the methods
 *
 * All of them raise what is wrong, with the script's line.
 */
#ifndef LM_SCRIPT_OPERATION_H
#define LM_SCRIPT_OPERATION_H

#include "change.h"

lm_op *lm_change_add(lua_State *L, lm_op_kind kind, const char *shown);
const char *lm_change_keep(lua_State *L, int index, const char *what);
const char *lm_change_text(lua_State *L, int arg);
/* Into the list of anchors (1) or of operations (2). */
void lm_change_anchor(lua_State *L, int list);
bool lm_change_options(lua_State *L, int arg, const char *const *known);
void lm_change_keys(lua_State *L, int arg, const char *const *known,
                    bool list);
const char *lm_change_field(lua_State *L, int arg, const char *name);
const char **lm_change_names(lua_State *L, int arg, size_t *count);
/* `named`: it may have a name besides; `or_name`: a name instead. */
void lm_change_columns(lua_State *L, lm_op *op, bool named, bool or_name);

extern const luaL_Reg lm_operations[];

#endif
