/* SPDX-License-Identifier: MIT */
/*
 * copies.h - what the commands about copies share.
 *
 *   LM_COPIES_OPTIONS    the rows of --backup and --keep for a run
 *   lm_copies_settings   what they say, for the configuration
 *
 * What is wrong is app->fault.
 */
#ifndef LM_CLI_COPIES_H
#define LM_CLI_COPIES_H

#include "app.h"

#define LM_COPIES_OPTIONS \
    {.id = LM_OPT_BACKUP, \
     .kind = LM_KIND_OPTIONAL, \
     .names = {"backup"}, \
     .value = "DIR", \
     .help = "copy the database first, when there is something to do"}, \
    {.id = LM_OPT_KEEP, \
     .kind = LM_KIND_TEXT, \
     .names = {"keep"}, \
     .value = "N", \
     .help = "of these backups remove the oldest, but for so many"}

int lm_copies_settings(lm_app *app);

#endif
