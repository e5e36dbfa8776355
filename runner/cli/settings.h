/* SPDX-License-Identifier: MIT */
/*
 * settings.h - what is in force, and where each value comes from.
 *
 * An option counts before the environment, the environment before .env, and
 * that before the default. A variable NAME may also be given as NAME_FILE,
 * the path of a file that holds the value; both at once is an error. A
 * variable that is set but empty says nothing, and still hides .env's.
 *
 *   lm_settings_shape     how to answer (JSON or text, how much, colour):
 *                         from the options alone, before anything can fail
 *   lm_settings_load      .env and the environment, for the options of every
 *                         command and for these of its own
 *   lm_settings_check     every value for what it should be; fills `config`
 *   lm_settings_variable  a variable as scripts see it: the environment's,
 *                         else .env's; NULL: not there
 *   lm_settings_origin    "--table", "LUMIGRATE_TABLE in .env", "default"
 *   lm_settings_clear     free; may be called twice
 *
 * Ownership: strings in `values` and `config` live as long as the settings,
 * argv and the environment.
 */
#ifndef LM_CLI_SETTINGS_H
#define LM_CLI_SETTINGS_H

#include "dotenv.h"
#include "fault.h"
#include "options.h"
#include "out.h"

typedef enum lm_origin {
    LM_FROM_DEFAULT,
    LM_FROM_OPTION,
    LM_FROM_ENVIRONMENT,
    LM_FROM_DOTENV
} lm_origin;

typedef struct lm_value {
    const char *text; /* NULL: not set */
    lm_origin origin;
    const char *name; /* of the option or the variable */
    char *file;       /* what NAME_FILE held, which `text` is then */
} lm_value;

typedef enum lm_format { LM_TEXT, LM_JSON, LM_JSONL } lm_format;

typedef struct lm_settings {
    bool quiet, verbose, yes, help, version;
    bool sql, force;         /* of "new" */
    bool all, from_file, dry_run;   /* of "down"; all of "baseline",
                                       dry_run of "adopt" too */
    bool reapply;            /* of "up" */
    bool rename;             /* of "adopt" */
    bool exec; /* to become the command after -- */
    lm_answer color; /* LM_UNASKED: as the terminal has it */
    lm_format format;
    const char **sets; /* what --set gave, in order */
    size_t set_count;
    double wait_timeout;     /* of "wait": seconds, 0: for ever */
    lumigrate_config config;
    const char *dotenv_path; /* NULL: there was none */
    const char *unread;      /* why a .env that is there was not read */
    lm_dotenv dotenv;
    lm_value values[LM_OPT_COUNT];
} lm_settings;

int lm_settings_shape(lm_settings *s, lm_fault *fault);
int lm_settings_load(lm_settings *s, const lm_option *own, lm_fault *fault);
int lm_settings_check(lm_settings *s, lm_fault *fault);
const char *lm_settings_variable(const lm_settings *s, const char *name);
void lm_settings_origin(const lm_settings *s, lm_opt id, lm_str *to);
void lm_settings_clear(lm_settings *s);

#endif
