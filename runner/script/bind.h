/* SPDX-License-Identifier: MIT */
/*
 * bind.h - parameters of a statement.
 *
 *   lm_bind_stack  `count` values from stack index `first` on, by position
 *   lm_bind_length how long the list at an index is; LM_BIND_MAP for a map
 *   lm_bind_table  the values of a table: a list by position, or a map by
 *                  the names of :name @name $name
 *
 * All raise on too few, too many or unknown parameters, and on a value that
 * SQL does not have. A nil inside a list is a NULL, but Lua cannot see one at
 * its end: there NULL must stand. A row of a cursor is a list that knows its
 * length.
 *
 * To ask for a length may run a function of the script (__len), which may do
 * anything, with the cursor too. So it is asked for before there is a
 * statement, or the cursor is looked at again; binding calls nothing.
 */
#ifndef LM_SCRIPT_BIND_H
#define LM_SCRIPT_BIND_H

#include "script.h"

void lm_bind_stack(lua_State *L, lm_stmt *stmt, int first, int count);
enum { LM_BIND_MAP = -1 };

lua_Integer lm_bind_length(lua_State *L, int index);
void lm_bind_table(lua_State *L, lm_stmt *stmt, int index,
                   lua_Integer length);

#endif
