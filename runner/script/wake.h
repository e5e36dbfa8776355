/* SPDX-License-Identifier: MIT */
/*
 * wake.h - reaching a script that runs: its time is up, or somebody asked.
 *
 * While a script behaves there is no hook: one costs a tenth of a plain loop
 * and more, whatever its count (measured). Where a signal handler of this
 * thread wakes the script, a hook is set at that moment (lua_sethook may be
 * called by a signal handler: Reference Manual 4.7) on the coroutine that
 * runs. Where other threads may ask, or nobody wakes it at its deadline
 * (run->must_ask), a hook is there from the beginning and asks now and then.
 *
 *   lm_wake_begin     from now on the script can be reached
 *   lm_wake_end       no longer
 *   lm_wake_ask       dooms the script if it is to stop: what SQL has heard
 *                     before the hook, pcall is not to catch
 *   lm_wake_pass_on   sc->running is a coroutine that was resumed now
 *   lm_wake_hand_back sc->running is the one again that had resumed it
 */
#ifndef LM_SCRIPT_WAKE_H
#define LM_SCRIPT_WAKE_H

#include "script.h"

void lm_wake_begin(lm_script *sc);
void lm_wake_end(lm_script *sc);
void lm_wake_ask(lm_script *sc);
void lm_wake_pass_on(lm_script *sc);
void lm_wake_hand_back(lm_script *sc);

#endif
