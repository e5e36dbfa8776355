/* SPDX-License-Identifier: MIT */
/*
 * native.h - a C function of the host's as a migration: it works on the
 * connection itself.
 *
 *   lm_native_call   call it, as a script of this connection, between
 *                    lm_db_script_begin and _end
 *
 * What it prepares is judged as a script's statements are, but savepoints are
 * its own business. Because its statements are not seen one by one, every
 * foreign key and every view and trigger is looked at before it begins, all
 * pragmas of the connection are put back after it, and the rows that it
 * changed are counted as SQLite counts them, those of triggers too.
 *
 * A statement that it leaves behind is finalized, and is an error.
 */
#ifndef LM_DB_NATIVE_H
#define LM_DB_NATIVE_H

#include "db.h"

enum { LM_NATIVE_ERROR = 256 };

/* Not 0: it failed. `error`, of LM_NATIVE_ERROR bytes, may say why. */
typedef int (*lm_native_fn)(struct sqlite3 *connection, void *user,
                            char *error);

int lm_native_call(lm_db *db, lm_native_fn function, void *user);

#endif
