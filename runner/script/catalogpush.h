/* SPDX-License-Identifier: MIT */
/*
 * catalogpush.h - what db/catalog.h tells, as Lua tables.
 *
 *   lm_push_table, _column, _key, _index, _foreign, _check, _unique,
 *   _trigger, _view, _dependent
 *                   push a new table; its fields are those of
 *                   share/lumigrate.lua, absent ones nil, booleans never so
 *
 * They may raise, for want of memory; what they read belongs to the
 * connection and stays.
 */
#ifndef LM_SCRIPT_CATALOGPUSH_H
#define LM_SCRIPT_CATALOGPUSH_H

#include "../db/catalog.h"
#include "script.h"

void lm_push_table(lua_State *L, const lm_table_info *t);
void lm_push_column(lua_State *L, const lm_column_info *c, size_t at);
void lm_push_key(lua_State *L, const lm_table_info *t);
void lm_push_index(lua_State *L, const lm_index_info *index);
void lm_push_foreign(lua_State *L, const lm_foreign_info *f,
                     bool with_table);
void lm_push_check(lua_State *L, const lm_check_info *c);
void lm_push_unique(lua_State *L, const lm_unique_info *u);
void lm_push_trigger(lua_State *L, const lm_trigger_info *g);
void lm_push_view(lua_State *L, const lm_view_info *v);
void lm_push_dependent(lua_State *L, const lm_dependent *d);

#endif
