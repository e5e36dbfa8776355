/* SPDX-License-Identifier: MIT */
/*
 * down.h - the whole way back: what is applied is taken back, newest first.
 *
 *   lm_down   revert as far as the target says
 *   lm_redo   revert one, and apply its file as it is now
 *
 * What is reverted is chosen once, at the start. Under the lock the ledger is
 * looked at again: what another process has reverted in the meantime is
 * passed over, and nothing else is taken in its place; where one was applied
 * on top in the meantime, the run stops. So of any number of processes that
 * began together each migration is reverted by one, and once.
 *
 * Nothing is written before all texts have been found, have a way down, and
 * are compiled. A database that is not there has nothing to revert.
 */
#ifndef LM_CORE_DOWN_H
#define LM_CORE_DOWN_H

#include "up.h"

typedef struct lm_way_back {
    size_t count;           /* the newest so many; 0: one */
    const char *to;         /* all that were applied after this ID, or NULL */
    bool all;
    bool from_file;         /* by the files as they are now */
    bool dry_run;           /* only tell what would be reverted */
} lm_way_back;

int lm_down(lm_session *s, const lm_way_back *target, lm_outcome *outcome);
/* `id` NULL: the one that was applied last. */
int lm_redo(lm_session *s, const char *id, lm_outcome *outcome);

#endif
