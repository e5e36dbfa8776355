/* SPDX-License-Identifier: MIT */
/*
 * conn.h - the connection as a script has it.
 *
 *   lm_conn_open  make the kind
 *   lm_conn_push  the conn that upgrade gets
 *
 * The object holds nothing: the connection and its transaction are the
 * runner's, and there until the state is closed.
 */
#ifndef LM_SCRIPT_CONN_H
#define LM_SCRIPT_CONN_H

#include "script.h"

void lm_conn_open(lua_State *L);
void lm_conn_push(lua_State *L);

#endif
