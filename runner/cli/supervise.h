/* SPDX-License-Identifier: MIT */
/*
 * supervise.h - migrations run in a child process that its parent watches.
 *
 * A script can get stuck where nothing in its own process reaches it: inside
 * one C function of Lua (a pattern that takes exponential time, a sort whose
 * comparator lies), in a message handler, in a finalizer. Only another
 * process can end that. The parent waits, hands signals on, and ends a child
 * that neither answers a signal nor keeps its time while a script runs; then
 * it rolls back what is left and records the failure. A child that commits or
 * rolls back is never ended: that takes the time that it takes.
 *
 *   lm_supervise_begin   fork, when there is something to do; the child goes
 *                        on (0), the parent stops here (1)
 *   lm_supervise_note    in the child: what happens, for the parent to see
 *   lm_supervise_wait    in the parent: wait for the child's end
 *   lm_supervise_end     free; may be called twice
 *
 * With nothing to do there is no child. Where no process can be made the
 * migrations run in this one, unwatched.
 */
#ifndef LM_CLI_SUPERVISE_H
#define LM_CLI_SUPERVISE_H

#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>

#include "../lumigrate.h"

typedef struct lm_supervisor {
    double timeout;          /* seconds a migration may take; 0: no limit */
    struct lm_board *board;  /* shared by parent and child */
    pid_t child;             /* in the parent; 0: none */
    bool watched;            /* this is the child */
    sigset_t mask;           /* as it was before */
} lm_supervisor;

/* How the child ended. */
typedef struct lm_verdict {
    int status;              /* its exit status; -1: it was killed */
    int killed_by;           /* the signal that killed it */
    bool timed_out;          /* we ended it: its time was up */
    int asked;               /* we ended it: it did not answer this signal */
    long applied, reverted;  /* migrations that it had applied, reverted */
    bool down;               /* the last one was on its way down */
    bool outside;            /* the last one ran outside a transaction */
    char id[256];            /* the last one that it began, "" for none */
    char backup[1024];       /* the backup that it made first, "" for none */
} lm_verdict;

int lm_supervise_begin(lm_supervisor *s);
void lm_supervise_note(lm_supervisor *s, const lumigrate_event *event);
void lm_supervise_wait(lm_supervisor *s, lm_verdict *out);
void lm_supervise_end(lm_supervisor *s);

#endif
