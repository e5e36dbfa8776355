/* SPDX-License-Identifier: MIT */
/*
 * restore.h - the way back: a backup in the place of the database.
 *
 *   lm_restore   all of the backup, or the database is as it was
 *
 * The backup is verified first. Unless `force` says so it must be of this
 * database: not with another application_id; where both have a ledger, one
 * migration must have been applied to both at the same moment; otherwise they
 * must share the name of a table.
 *
 * Nobody else may have the database in use (LM_EBUSY names who). It is
 * overwritten as one transaction, so that a process that is killed leaves it
 * as it was. One that is damaged is put aside with its journal, under a name
 * that ends in ".damaged", and the backup takes its place.
 */
#ifndef LM_CORE_RESTORE_H
#define LM_CORE_RESTORE_H

#include "session.h"

/* *aside (the caller's) is where a damaged one went; NULL: there was none. */
int lm_restore(lm_session *s, const char *backup, bool force, char **aside);

#endif
