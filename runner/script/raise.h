/* SPDX-License-Identifier: MIT */
/*
 * raise.h - errors: raising them, and what becomes of them.
 *
 *   lm_raise            raise a sentence, with the script's line before it
 *   lm_raise_db         raise what lm_db_err holds
 *   lm_push_where       "path:line: " of the script's own line, or ""
 *   lm_push_error_text  any error object as a string
 *   l_message_handler   the handler of the one call that runs a script
 *   lm_report           the outcome of that call, into lm_db_err
 *
 * A script sees errors as Lua has them: strings, "path:line: what". What
 * db/ knows beyond the sentence (the statement, the byte at fault, SQLite's
 * code) is kept aside in sc->stash, and belongs to the error that ended the
 * script when that is the same sentence. So a script may catch errors, or
 * raise them again, and nothing is lost and nothing sticks.
 *
 * The raising functions take the error out of lm_db_err: "the first one
 * wins" there, and one that a script survives must not win.
 */
#ifndef LM_SCRIPT_RAISE_H
#define LM_SCRIPT_RAISE_H

#include "script.h"

/* Formats of lua_pushfstring. Never returns. */
int lm_raise(lua_State *L, const char *format, ...);
int lm_raise_db(lua_State *L);
void lm_push_where(lua_State *L);
void lm_push_error_text(lua_State *L, int index);
int l_message_handler(lua_State *L);
int lm_report(lm_script *sc, int status);

#endif
