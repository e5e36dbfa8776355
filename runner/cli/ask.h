/* SPDX-License-Identifier: MIT */
/*
 * ask.h - values that nobody gave: asked for where somebody is there to
 * answer, otherwise an error that names them all.
 *
 *   lm_ask_missing   every variable of the template has a value afterwards
 */
#ifndef LM_CLI_ASK_H
#define LM_CLI_ASK_H

#include "app.h"
#include "template.h"

int lm_ask_missing(lm_app *app, lm_template *t);

#endif
