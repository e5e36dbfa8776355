/* SPDX-License-Identifier: MIT */
/*
 * copy.h - a database copied while others may use it, through SQLite's
 * backup API (sqlite.org/backup.html).
 *
 *   lm_copy_size      bytes that a copy of a database takes
 *   lm_copy_between   everything of `from` into `to`, as one transaction of
 *                     `to`: all of it is there in the end, or `to` is as it
 *                     was, also when the process is killed in the middle
 *   lm_copy_open      a private copy: in a temporary file that goes with the
 *                     connection, for trying things out
 *   lm_copy_file      a copy in a file that is not there yet; nothing is left
 *                     of it when that fails
 *   lm_copy_verify    quick_check: is what was copied whole?
 *
 * A copy is made in steps. In WAL mode one read transaction holds what is
 * copied still, and nobody waits for it. Otherwise the lock is let go between
 * two steps, and another program's commit in between makes the copy begin
 * again; when that happens for the third time the lock is kept to the end and
 * writers wait. A lock is waited for as long as the connection says
 * (LM_EBUSY), and its watch may stop the copy between two steps.
 *
 * Before a new file or a private copy is begun, the room on the disk and the
 * limit on the size of files are looked at (LM_EDATA).
 *
 * Ownership: *out belongs to the caller (lm_db_close). Whatever fails, the
 * cause is in lm_db_err(from), for lm_copy_verify in lm_db_err(db).
 */
#ifndef LM_DB_COPY_H
#define LM_DB_COPY_H

#include "db.h"

int lm_copy_size(lm_db *db, uint64_t *bytes);

/* `to` must have no transaction open and nobody else may write to it. */
int lm_copy_between(lm_db *from, lm_db *to);

/* `options` as for lm_db_open; path and mode are not looked at. */
int lm_copy_open(lm_db *from, const lm_db_options *options, lm_db **out);

/* The file gets these permissions, but for the umask's. */
int lm_copy_file(lm_db *from, const char *path, unsigned mode);

int lm_copy_verify(lm_db *db);

#endif
