/* SPDX-License-Identifier: MIT */
/*
 * app.h - one run of the program: what was asked, and where answers go.
 *
 * Answers go to standard output. With --json or --jsonl that holds JSON
 * alone, with --exec it is the command's, and what is meant for people goes
 * to standard error.
 *
 *   lm_app_people    where words for people go
 *   lm_app_warn      `lumigrate: warning: …` on standard error
 *   lm_app_open      a handle for the settings; `on_event` (NULL: nobody
 *                    listens) gets the lm_app as its `user`
 *   lm_app_fail      report an error in words and, where asked for, as
 *                    JSON; returns its code
 *   lm_app_fault     the same for app->fault
 *   lm_app_misplaced a hint for a word that may belong to an option before
 *                    it; the fault's first hint is the one that counts
 *   lm_app_is_skipped  does LUMIGRATE_SKIP ask for nothing to be done?
 *   lm_app_skip      say so, to people
 *   lm_app_clear     free; may be called twice
 */
#ifndef LM_CLI_APP_H
#define LM_CLI_APP_H

#include "command.h"
#include "fault.h"
#include "out.h"
#include "settings.h"

typedef struct lm_app {
    const lm_command *command; /* NULL: none was named */
    char **args;               /* its arguments */
    char **program;            /* what followed --, where a command takes
                                  that; NULL: there was no -- */
    void *run; /* the command's own */
    int arg_count;
    int child_status;          /* exit status of a child that did it all, or
                                  -1 */
    int child_death;           /* the signal that killed it, unless it was
                                  ours; 0: none */
    bool become;               /* all is done: become the program */
    bool skipped;              /* LUMIGRATE_SKIP */
    lm_out out, err;
    lm_fault fault;
    lm_settings settings;
} lm_app;

lm_out *lm_app_people(lm_app *app);
void lm_app_warn(lm_app *app, const char *id, const char *text);
int lm_app_open(lm_app *app, lumigrate_event_fn on_event, lumigrate **out);
int lm_app_fail(lm_app *app, const lumigrate_error *error);
int lm_app_fault(lm_app *app);
void lm_app_misplaced(lm_app *app, const char *word);
bool lm_app_is_skipped(const lm_app *app);
void lm_app_skip(lm_app *app);
void lm_app_clear(lm_app *app);

#endif
