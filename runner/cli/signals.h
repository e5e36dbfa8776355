/* SPDX-License-Identifier: MIT */
/*
 * signals.h - SIGINT, SIGTERM and SIGHUP end a run in good order: what runs
 * is rolled back.
 *
 *   lm_signals_ignore   SIGPIPE and SIGXFSZ become error codes of write()
 *   lm_signals_begin    from now on a signal interrupts this handle
 *   lm_signals_end      no longer; the handle may be closed
 *   lm_signals_caught   the signal that came, 0: none
 *   lm_signals_note     a signal came that no handler saw
 *   lm_signals_name     "SIGTERM"; static
 *   lm_signals_die      end as a signal ends a process
 *   lm_signals_hand_over  give all signals back, for exec: 0, or the number
 *                       of one that came before
 */
#ifndef LM_CLI_SIGNALS_H
#define LM_CLI_SIGNALS_H

#include "../lumigrate.h"

void lm_signals_ignore(void);
void lm_signals_begin(lumigrate *lm);
void lm_signals_end(void);
int lm_signals_caught(void);
void lm_signals_note(int number);
const char *lm_signals_name(int number);
void lm_signals_die(int number);
int lm_signals_hand_over(void);

#endif
