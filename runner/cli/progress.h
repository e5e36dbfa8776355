/* SPDX-License-Identifier: MIT */
/*
 * progress.h - how far a long migration is: a bar with rate and time left on
 * a terminal, a line every few seconds in a log.
 *
 *   lm_progress p = {0};   nothing under way
 *   lm_progress_show       an event of the type PROGRESS
 *   lm_progress_wipe       take the bar away: other text follows
 *   lm_progress_end        wipe it, and forget what was under way
 *   lm_progress_clock      milliseconds of a clock that never goes back
 */
#ifndef LM_CLI_PROGRESS_H
#define LM_CLI_PROGRESS_H

#include "../lumigrate.h"
#include "out.h"

typedef struct lm_progress {
    bool begun;
    bool standing;      /* a bar stands in the terminal's last line */
    double begun_ms;    /* by the clock */
    double told_ms;     /* when something was shown last */
    double first, last; /* `done` then, and now */
} lm_progress;

void lm_progress_show(lm_progress *p, lm_out *out,
                      const lumigrate_event *event);
void lm_progress_wipe(lm_progress *p, lm_out *out);
void lm_progress_end(lm_progress *p, lm_out *out);
double lm_progress_clock(void);

#endif
