/* SPDX-License-Identifier: MIT */
/*
 * variable.h - what a template's variables may hold, and how their values
 * stand in SQL and in Lua.
 *
 *   identifier    one name, however odd
 *   identifiers   names, split by commas
 *   type          what stands behind a column's name: INTEGER, TEXT NOT NULL
 *   columns       what stands between a table's parentheses
 *   text          any line
 *   flag          yes or no
 *
 *   lm_var_kind_find   the kind of this name, or -1
 *   lm_var_kind_name   its name
 *   lm_var_problem     why a text is no value of this kind; false: it is one
 *   lm_var_yes         is this flag set?
 *   lm_var_plain       append a value as people write it
 *   lm_var_sql         append it as SQL, names quoted where SQLite needs it;
 *                      `indent` goes before each further line
 *   lm_var_lua         append it as a value of Lua
 *   lm_var_lua_text    append text for the inside of a Lua string in these
 *                      quotes
 *
 * Values have no control characters: so they never end a comment's line.
 */
#ifndef LM_CLI_VARIABLE_H
#define LM_CLI_VARIABLE_H

#include "str.h"

typedef enum lm_var_kind {
    LM_VAR_IDENTIFIER,
    LM_VAR_IDENTIFIERS,
    LM_VAR_TYPE,
    LM_VAR_COLUMNS,
    LM_VAR_TEXT,
    LM_VAR_FLAG
} lm_var_kind;

int lm_var_kind_find(const char *name, size_t len);
const char *lm_var_kind_name(lm_var_kind kind);
bool lm_var_problem(lm_var_kind kind, const char *text, lm_str *why);
bool lm_var_yes(const char *text);
void lm_var_plain(lm_str *to, lm_var_kind kind, const char *text,
                  const char *between);
void lm_var_sql(lm_str *to, lm_var_kind kind, const char *text,
                size_t indent);
void lm_var_lua(lm_str *to, lm_var_kind kind, const char *text);
void lm_var_lua_text(lm_str *to, const char *text, size_t len, char quote);

#endif
