/* SPDX-License-Identifier: MIT */
/*
 * copies.h - what the commands about copies share.
 *
 *   lm_copies_keep    what --keep says; 0: nothing
 *   lm_copies_settings   --backup and --keep of a run, for the configuration
 *   lm_copies_bytes   12 MiB
 *
 * What is wrong is app->fault.
 */
#ifndef LM_CLI_COPIES_H
#define LM_CLI_COPIES_H

#include "app.h"

int lm_copies_keep(lm_app *app, long *keep);
int lm_copies_settings(lm_app *app);
void lm_copies_bytes(lm_str *to, long long bytes);

#endif
