/* SPDX-License-Identifier: MIT */
/*
 * changes.h - what a command did to the ledger, migration by migration.
 *
 *   lm_changes_add    note what happened to an ID; `what` is static
 *   lm_changes_clear  free it; may be called twice
 *
 * And how such a command writes: one transaction around all of it, the
 * ledger made in the same one where it is not there.
 *
 *   lm_edit_open      open the database and read the ledger; *found is false
 *                     when there is none and it is not to be made
 *   lm_edit_begin     take the lock and look again: what was read before may
 *                     have changed
 *   lm_edit_make      make the ledger, in the transaction that is open
 *   lm_edit_end       commit, or roll back when rc is not LM_OK; returns rc,
 *                     or why the commit failed
 *
 * Ownership: changes own their strings.
 */
#ifndef LM_CORE_CHANGES_H
#define LM_CORE_CHANGES_H

#include "session.h"

typedef struct lm_change {
    const char *id;
    const char *what;
} lm_change;

typedef struct lm_changes {
    lm_change *list;
    size_t count, size;
    size_t written;         /* so many of them changed the ledger */
    lm_arena strings;
} lm_changes;

int lm_changes_add(lm_changes *changes, const char *id, const char *what,
                   lm_err *err);
void lm_changes_clear(lm_changes *changes);

int lm_edit_open(lm_session *s, bool make, bool *found);
int lm_edit_begin(lm_session *s);
int lm_edit_make(lm_session *s);
int lm_edit_end(lm_session *s, int rc);

#endif
