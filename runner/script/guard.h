/* SPDX-License-Identifier: MIT */
/*
 * guard.h - functions that ask the database what is there.
 *
 *   lm_guard_open  table_exists, column_exists, view_exists, index_exists,
 *                  trigger_exists, foreign_key_exists and row_exists become
 *                  globals
 *   l_table_exists, l_column_exists
 *                  are also handed to upgrade
 *
 * What is absent answers false; an argument of the wrong type is an error.
 * Every question is an event, with its answer.
 */
#ifndef LM_SCRIPT_GUARD_H
#define LM_SCRIPT_GUARD_H

#include "script.h"

void lm_guard_open(lua_State *L);
int l_table_exists(lua_State *L);
int l_column_exists(lua_State *L);

#endif
