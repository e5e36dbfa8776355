/* SPDX-License-Identifier: MIT */
/*
 * bind.h - parameters of a statement.
 *
 *   lm_bind_stack  `count` values from stack index `first` on, by position
 *   lm_bind_table  the values of a table: a list by position, or a map by
 *                  the names of :name @name $name
 *
 * All raise on too few, too many or unknown parameters, and on a value that
 * SQL does not have. A nil inside a list is a NULL, but Lua cannot see one at
 * its end: there NULL must stand. A row of a cursor is a list that knows its
 * length.
 */
#ifndef LM_SCRIPT_BIND_H
#define LM_SCRIPT_BIND_H

#include "script.h"

void lm_bind_stack(lua_State *L, lm_stmt *stmt, int first, int count);
void lm_bind_table(lua_State *L, lm_stmt *stmt, int index);

#endif
