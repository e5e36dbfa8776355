/* SPDX-License-Identifier: MIT */
/*
 * backup.h - verified copies of the database, and what is kept of them.
 *
 *   lm_backup_make    a copy in a file; with a folder, the oldest ones beyond
 *                     `keep` go once the new one is there
 *   lm_backup_begin   before a run that changes the database, where the
 *                     session wants a backup first: from here on no other
 *                     process does the same to this database, so that what
 *                     one of them found is not pruned by another
 *   lm_backup_first   make it, and tell; what fails stops the run
 *   lm_backup_end     others may; may be called twice, and without begin
 *
 * In a folder a backup is called DATABASE.TIME.backup, as
 * app.db.20260128T093000.123Z.backup. While it is written it has another
 * name, so that what is called so is whole.
 *
 * Ownership: *made belongs to the caller.
 */
#ifndef LM_CORE_BACKUP_H
#define LM_CORE_BACKUP_H

#include "session.h"

typedef struct lm_backup {
    const char *to;     /* a file; a folder, if it is there or ends in a
                           slash; NULL or "": the database's own folder */
    size_t keep;        /* so many stay in the folder; 0: all */
    bool folder;        /* `to` is a folder in any case */
    bool replace;       /* a file of this name may be replaced */
} lm_backup;

/* The session's database is open. */
int lm_backup_make(lm_session *s, const lm_backup *how, char **made);

/* Nothing happens when the session wants none (session->backup). */
int lm_backup_begin(lm_session *s);
int lm_backup_first(lm_session *s);
void lm_backup_end(lm_session *s);

#endif
