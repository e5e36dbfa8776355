/* SPDX-License-Identifier: MIT */
/*
 * cmd_help.h - help, which the command of that name and --help both give.
 *
 *   lm_help_show   append the help of a command to app->out; NULL: of all
 */
#ifndef LM_CLI_CMD_HELP_H
#define LM_CLI_CMD_HELP_H

#include "app.h"

void lm_help_show(lm_app *app, const lm_command *command);

#endif
