/* SPDX-License-Identifier: MIT */
/*
 * trouble.h - why the file system says no, in words that help.
 *
 * SQLite says "unable to open database file" for a mounted file, a foreign
 * owner and a read-only volume alike. Here the file and its folder are looked
 * at to tell which it is.
 *
 *   lm_trouble_explain   put the reason and the remedy into err, if the file
 *                        system shows one; otherwise err is left as it is
 *   lm_trouble_access    the same without anything having failed: what keeps
 *                        this database from being written?
 *   lm_trouble_folder    what keeps this folder, for a database, from being
 *                        made?
 *   lm_trouble_temp      the folder for SQLite's temporary files, or NULL
 *                        when there is none that can be written
 *
 * Ownership: what lm_trouble_temp returns belongs to the process or its
 * environment, or is static.
 */
#ifndef LM_DB_TROUBLE_H
#define LM_DB_TROUBLE_H

#include <stdbool.h>

#include "../base/err.h"

/* `code` is SQLite's extended result code; `path` the database's file.
 * LM_OK: nothing was found out; else the class, with err set. */
int lm_trouble_explain(lm_err *err, int code, const char *path);
int lm_trouble_access(lm_err *err, const char *path, bool wal);
int lm_trouble_folder(lm_err *err, const char *folder);
const char *lm_trouble_temp(void);

#endif
