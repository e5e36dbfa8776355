/* SPDX-License-Identifier: MIT */
/*
 * alter.h - conn:alter(table, [options,] function(t) … end).
 *
 *   l_conn_alter   returns {changed, strategy, rows, seconds, steps}, and
 *                  dependents with dry_run
 *
 * A refusal is raised as a table: code = "alter_refused", table, op, reason,
 * dependents, rows, sqlite_code, message. It prints as one sentence.
 */
#ifndef LM_SCRIPT_ALTER_H
#define LM_SCRIPT_ALTER_H

#include "script.h"

int l_conn_alter(lua_State *L);

#endif
