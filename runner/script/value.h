/* SPDX-License-Identifier: MIT */
/*
 * value.h - values between Lua and SQL.
 *
 *   lm_value_open        NULL and blob() become globals
 *   lm_value_read        the Lua value at index as an SQL value
 *   lm_value_problem     why lm_value_read could not, as "is …"
 *   lm_value_push        an SQL value as a Lua value
 *   lm_value_push_all    all values of a row
 *   lm_value_push_null   the object NULL
 *
 * Both ways are exact or an error:
 *
 *   nil, NULL          NULL            comes back as nil
 *   true, false        1, 0            comes back as an integer
 *   integer            INTEGER         64 bits
 *   float              REAL            ±inf too; NaN is refused, because
 *                                      SQLite stores it as NULL
 *   string             TEXT            any bytes, as they are
 *   blob(s)            BLOB            comes back as a blob
 *
 * A blob is an object of its own so that what was read as BLOB is stored as
 * BLOB again: tostring(b) gives its bytes, #b their number, b == blob(s)
 * compares, b .. s joins to a string. NULL stands for nil where Lua cannot
 * keep a nil: in lists.
 *
 * Ownership: the bytes of a value that was read belong to the Lua value, and
 * are there as long as that is.
 */
#ifndef LM_SCRIPT_VALUE_H
#define LM_SCRIPT_VALUE_H

#include "script.h"

void lm_value_open(lua_State *L);
bool lm_value_read(lua_State *L, int index, lm_value *out);
/* Pushes text onto the stack to hold it. */
const char *lm_value_problem(lua_State *L, int index);
void lm_value_push(lua_State *L, const lm_value *value);
/* The stack must have room for `count`. */
void lm_value_push_all(lua_State *L, const lm_value *values, int count);
void lm_value_push_null(lua_State *L);

#endif
