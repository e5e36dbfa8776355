/* SPDX-License-Identifier: MIT */
/*
 * changes_out.h - what commands that work on the ledger alone say: while
 * they run, and of what they did.
 *
 *   lm_changes_out_event   for lm_app_open: what was made, warnings, waiting
 *   lm_changes_run         open, call `change` with `how` and `id`, say what
 *                          it did, in words or as JSON
 *   lm_changes_fail        a command's `fail`
 */
#ifndef LM_CLI_CHANGES_OUT_H
#define LM_CLI_CHANGES_OUT_H

#include "app.h"

int lm_changes_out_event(void *user, const lumigrate_event *event);

typedef int (*lm_change_fn)(lumigrate *lm, int how, const char *id,
                            lumigrate_changes **changes);

int lm_changes_run(lm_app *app, lm_change_fn change, int how, const char *id);
void lm_changes_fail(lm_app *app, const lumigrate_error *error);

#endif
