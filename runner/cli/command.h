/* SPDX-License-Identifier: MIT */
/*
 * command.h - the commands there are. One file each (cmd_*.c), which holds
 * its row of the table: names, arguments, options, help and what to run.
 *
 *   lm_commands        all of them, in the order of the help; NULL ends
 *   lm_command_find    by name or alias, NULL: no such command
 *   lm_command_usage   what to give it, for "usage: lumigrate [options] "
 *   lm_command_unknown the fault for a name that is none, with the nearest
 */
#ifndef LM_CLI_COMMAND_H
#define LM_CLI_COMMAND_H

#include "../lumigrate.h"
#include "fault.h"
#include "options.h"

struct lm_app;

enum { LM_ALIASES = 6 };

typedef struct lm_command {
    const char *name;
    const char *arguments; /* as the help shows them, "" if none */
    const char *needs;     /* options that it is nothing without, or that stand
                              for an argument; NULL: none */
    const char *aliases[LM_ALIASES]; /* NULL behind the last, if fewer */
    const char *help; /* one line */
    const char *more; /* what --help says besides; NULL: nothing */
    const char *example;
    const lm_option *options; /* its own; NULL: none */
    int most_arguments;
    bool no_settings; /* needs neither environment nor .env */
    /* An exit class of lumigrate.h. A failure that is app->fault is reported
     * by the caller, any other has been reported when it returns. */
    int (*run)(struct lm_app *app);
    /* The JSON of a failure, in the shape that success has; NULL: only the
     * error. */
    void (*fail)(struct lm_app *app, const lumigrate_error *error);
} lm_command;

extern const lm_command lm_cmd_up;
extern const lm_command lm_cmd_down;
extern const lm_command lm_cmd_redo;
extern const lm_command lm_cmd_status;
extern const lm_command lm_cmd_check;
extern const lm_command lm_cmd_wait;
extern const lm_command lm_cmd_current;
extern const lm_command lm_cmd_history;
extern const lm_command lm_cmd_new;
extern const lm_command lm_cmd_templates;
extern const lm_command lm_cmd_bundle;
extern const lm_command lm_cmd_dump;
extern const lm_command lm_cmd_load;
extern const lm_command lm_cmd_diff;
extern const lm_command lm_cmd_backup;
extern const lm_command lm_cmd_restore;
extern const lm_command lm_cmd_baseline;
extern const lm_command lm_cmd_repair;
extern const lm_command lm_cmd_adopt;
extern const lm_command lm_cmd_env;
extern const lm_command lm_cmd_doctor;
extern const lm_command lm_cmd_completion;
extern const lm_command lm_cmd_version;
extern const lm_command lm_cmd_help;

const lm_command *const *lm_commands(void);
const lm_command *lm_command_find(const char *name);
void lm_command_usage(lm_str *to, const lm_command *command);
int lm_command_unknown(lm_fault *fault, const char *name);

#endif
