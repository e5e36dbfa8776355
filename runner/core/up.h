/* SPDX-License-Identifier: MIT */
/*
 * up.h - the whole way up: folder, ledger, schedule, then one after another.
 *
 *   lm_up   apply what is pending, as far as the target says
 *
 * Nothing is written, and no database made, before everything that is
 * pending has been read, identified and compiled.
 */
#ifndef LM_CORE_UP_H
#define LM_CORE_UP_H

#include "session.h"

/* As the history names it; lumigrate.c holds it against the public header. */
#define LM_RUNNER_VERSION "0.1.0"

typedef struct lm_target {
    size_t count;           /* at most so many; 0: no limit */
    const char *to;         /* up to this ID, or NULL */
    const char *before;     /* up to it, without it, or NULL */
} lm_target;

typedef struct lm_outcome {
    size_t applied;         /* and committed, by this call */
    bool begun;             /* something was written, or may have been */
    bool outside;           /* what failed ran outside a transaction */
} lm_outcome;

int lm_up(lm_session *s, const lm_target *target, lm_outcome *outcome);

#endif
