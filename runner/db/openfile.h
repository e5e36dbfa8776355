/* SPDX-License-Identifier: MIT */
/*
 * openfile.h - the database's file, and what a connection may do to it by
 * being there.
 *
 *   lm_db_open_file   look at the file, decide how it can be opened, open it:
 *                     db->handle
 *   lm_db_leave_wal   right before a connection is closed that only read
 *
 * Ownership: the handle is the connection's, after a failure too.
 */
#ifndef LM_DB_OPENFILE_H
#define LM_DB_OPENFILE_H

#include "db.h"

int lm_db_open_file(lm_db *db, const lm_db_options *options);
void lm_db_leave_wal(lm_db *db);

#endif
