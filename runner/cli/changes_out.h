/* SPDX-License-Identifier: MIT */
/*
 * changes_out.h - what commands that work on the ledger alone say: while
 * they run, and of what they did.
 *
 *   lm_changes_out_event   for lm_app_open: what was made, warnings, waiting
 *   lm_changes_out_end     the list, in words or as JSON; `error` is NULL
 *                          when all went well, `changes` otherwise
 */
#ifndef LM_CLI_CHANGES_OUT_H
#define LM_CLI_CHANGES_OUT_H

#include "app.h"

int lm_changes_out_event(void *user, const lumigrate_event *event);
void lm_changes_out_end(lm_app *app, const lumigrate_changes *changes,
                        const lumigrate_error *error);

#endif
