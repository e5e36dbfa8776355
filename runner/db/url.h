/* SPDX-License-Identifier: MIT */
/*
 * url.h - what people write for a database, as a path.
 *
 *   lm_db_path   sqlite:path, sqlite:///absolute/path, sqlite3:..., file:
 *                URIs and plain paths; refuses what would keep nothing
 *                (":memory:", "") or not be safe (mode=memory, immutable,
 *                nolock, vfs), and engines that are not supported
 *
 * Ownership: *path belongs to the caller.
 */
#ifndef LM_DB_URL_H
#define LM_DB_URL_H

#include "../base/err.h"

int lm_db_path(const char *name, lm_err *err, char **path);

#endif
