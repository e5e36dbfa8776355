/* SPDX-License-Identifier: MIT */
/*
 * output.h - what a script says, as events.
 *
 *   lm_output_open  print, log.info and log.warn become globals
 *   lm_output_emit  send an event; when the listener wants the run to end,
 *                   the script is doomed and this raises
 *   lm_output_on    is anybody listening?
 */
#ifndef LM_SCRIPT_OUTPUT_H
#define LM_SCRIPT_OUTPUT_H

#include "script.h"

void lm_output_open(lua_State *L);
void lm_output_emit(lua_State *L, lm_event *event);

static inline bool lm_output_on(const lm_script *sc)
{
    return sc->run->sink != NULL && sc->run->sink->emit != NULL;
}

#endif
