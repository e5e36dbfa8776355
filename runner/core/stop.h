/* SPDX-License-Identifier: MIT */
/*
 * stop.h - whether what runs now should end: somebody asked, or its time is
 * up. Looked at by whoever may run for long; set from any thread or a signal
 * handler by lm_stop_request alone.
 */
#ifndef LM_CORE_STOP_H
#define LM_CORE_STOP_H

#include <stdatomic.h>
#include <stdbool.h>

#include "../base/err.h"
#include "../engine/engine.h"

/* So long, in ms, who was asked to end may wait for a lock to say so in the
 * history. */
enum { LM_STOP_WAIT = 30 };

typedef struct lm_stop {
    atomic_bool requested;  /* by any thread, or a signal handler */
    bool muted;         /* cleaning up: nothing stops that */
    double timeout;     /* ms a migration may take; 0: no limit */
    double deadline;    /* on lm_clock_ms; 0: none now */
    lm_waker waker;     /* of the script that runs */
} lm_stop;

void lm_stop_request(lm_stop *stop);
/* The time of one migration begins, and ends. */
void lm_stop_begin(lm_stop *stop);
void lm_stop_end(lm_stop *stop);
/* LM_OK, LM_EINTERRUPT or LM_EFAILED with its sentence; `user` is the
 * lm_stop. */
int lm_stop_ask(void *user, lm_err *err);

#endif
