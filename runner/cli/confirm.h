/* SPDX-License-Identifier: MIT */
/*
 * confirm.h - yes or no, asked where somebody is there to answer.
 *
 *   lm_confirm_can   is there a terminal to ask on?
 *   lm_confirm       ask on standard error; anything but y or yes is no, and
 *                    so is the end of the input or a signal
 */
#ifndef LM_CLI_CONFIRM_H
#define LM_CLI_CONFIRM_H

#include "app.h"

bool lm_confirm_can(void);
bool lm_confirm(lm_app *app, const char *question);

#endif
