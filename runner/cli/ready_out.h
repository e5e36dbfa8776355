/* SPDX-License-Identifier: MIT */
/*
 * ready_out.h - what `check` and `wait` have in common: they ask, say how it
 * is, in words or as JSON, and where it is ready may become a command.
 *
 *   LM_READY_OPTIONS   the row of --exec
 *   lm_ready_run       ask with this function and answer; an exit class
 *   lm_ready_fail      the JSON of a failure without a report
 */
#ifndef LM_CLI_READY_OUT_H
#define LM_CLI_READY_OUT_H

#include "app.h"

#define LM_READY_OPTIONS \
    {.id = LM_OPT_EXEC, \
     .kind = LM_KIND_FLAG, \
     .names = {"exec"}, \
     .value = "-- CMD …", \
     .help = "when it is ready, become this command"}

typedef int (*lm_ready_ask)(lm_app *app, lumigrate *lm,
                            lumigrate_report **out);

int lm_ready_run(lm_app *app, lm_ready_ask ask);
void lm_ready_fail(lm_app *app, const lumigrate_error *error);

#endif
