/* SPDX-License-Identifier: MIT */
/*
 * literal.h - names and values as SQL text.
 *
 *   l_conn_quote_ident    conn:quote_ident("a \"b\"") -> "a ""b"""
 *   l_conn_quote_literal  conn:quote_literal("it's") -> 'it''s'
 *
 * What SQL cannot say is an error: a name with a NUL byte, NaN.
 */
#ifndef LM_SCRIPT_LITERAL_H
#define LM_SCRIPT_LITERAL_H

#include "script.h"

int l_conn_quote_ident(lua_State *L);
int l_conn_quote_literal(lua_State *L);

#endif
