/* SPDX-License-Identifier: MIT */
/*
 * exec.h - becoming another program: `--exec -- CMD ARGUMENT …`.
 *
 *   lm_exec_check   are --exec and what follows -- there together?
 *   lm_exec         become app->program; returns only when that cannot be,
 *                   with the exit status, which has been explained then
 *
 * The program gets our process, arguments, environment, working folder and
 * standard files, and nothing else of ours: every other file is closed, no
 * signal is blocked, and those that we handle or ignore are as for a new
 * program (SIGHUP stays ignored where nohup asked for that).
 *
 * A signal that has come by then counts: the program is not started.
 */
#ifndef LM_CLI_EXEC_H
#define LM_CLI_EXEC_H

#include "app.h"

int lm_exec_check(lm_app *app);
int lm_exec(lm_app *app);

#endif
