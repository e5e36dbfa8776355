/* SPDX-License-Identifier: MIT */
/*
 * progress.h - progress(total [, label]): how far a long piece of work is.
 *
 *   lm_progress_open    progress becomes a global
 *   lm_progress_finish  report how far the last one came, if that is news
 *
 * progress returns a function: called with a number it adds that many to
 * what is done, without one it adds 1. `total` may be nil: not known. An
 * event is sent every two seconds at most, and for the last time when all is
 * done or the script is.
 */
#ifndef LM_SCRIPT_PROGRESS_H
#define LM_SCRIPT_PROGRESS_H

#include "script.h"

void lm_progress_open(lua_State *L);
void lm_progress_finish(lua_State *L);

#endif
