/* SPDX-License-Identifier: MIT */
/*
 * up.h - the whole way up: folder, ledger, schedule, then one after another.
 *
 *   lm_up        apply what is pending, as far as the target says
 *
 *   lm_recover   after the process that ran a migration was killed: roll back
 *                what it left, and record the failure, unless it had committed
 *
 * Nothing is written, and no database made, before everything that is
 * pending has been read, identified and compiled.
 */
#ifndef LM_CORE_UP_H
#define LM_CORE_UP_H

#include "session.h"

typedef struct lm_target {
    size_t count;           /* at most so many; 0: no limit */
    const char *to;         /* up to this ID, or NULL */
    const char *before;     /* up to it, without it, or NULL */
    bool reapply;           /* what was edited runs again */
} lm_target;

typedef struct lm_outcome {
    size_t applied;         /* and committed, by this call; also again */
    bool begun;             /* something was written, or may have been */
    bool outside;           /* what failed ran outside a transaction */
} lm_outcome;

/* What is known of a migration whose process is gone. */
typedef struct lm_loss {
    const char *id, *reason;
    bool interrupted;       /* somebody asked for it */
} lm_loss;

int lm_recover(lm_session *s, const lm_loss *loss, bool *applied);
int lm_up(lm_session *s, const lm_target *target, lm_outcome *outcome);

#endif
