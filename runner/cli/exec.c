/* SPDX-License-Identifier: MIT */
#include "exec.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "error_out.h"
#include "signals.h"
#include "words.h"

/* As shells have it. */
enum { CANNOT_RUN = 126, NOT_FOUND = 127 };

int lm_exec_check(lm_app *app)
{
    bool given = app->program != NULL && *app->program != NULL;
    lm_str shown = {0};

    if (app->settings.exec && !given) {
        lm_fault_set(&app->fault, LUMIGRATE_USAGE,
                     "--exec needs a command after --");
        lm_fault_hint(&app->fault, "lumigrate %s --exec -- CMD [ARGUMENT …]",
                      app->command->name);
    } else if (!app->settings.exec && given) {
        lm_words_cut(&shown, *app->program, strlen(*app->program), 60);
        lm_fault_set(&app->fault, LUMIGRATE_USAGE,
                     "\"%s\" follows --, and there is no --exec",
                     lm_str_text(&shown));
        lm_fault_hint(&app->fault, "to become that command: lumigrate %s "
                      "--exec -- CMD [ARGUMENT …]", app->command->name);
        lm_str_clear(&shown);
    }
    return app->fault.code;
}

/* What a name without a slash means is looked up in PATH. */
static void explain(lumigrate_error *error, int number, bool searched)
{
    if (number == ENOENT && searched)
        error->hint = "it is in no folder of PATH";
    else if (number == ENOENT)
        error->hint = "the file, or the interpreter or loader that it names, "
                      "is not there";
    else if (number == EACCES)
        error->hint = "it must be a file that this user may execute";
    else if (number == ENOEXEC)
        error->hint = "it is no program for this machine";
}

static const char *state_of(const lm_app *app)
{
    if (app->command != &lm_cmd_up)
        return app->skipped ? "the database was not looked at"
                            : "the database is ready";
    return app->skipped ? "nothing was migrated"
                        : "what was to be migrated is migrated";
}

static void tell(lm_app *app, lumigrate_error *error, const char *why)
{
    const char *name = *app->program;
    lm_str shown = {0}, text = {0};

    lm_words_cut(&shown, name, strlen(name), 200);
    lm_str_printf(&text, "cannot run \"%s\": %s", lm_str_text(&shown), why);
    error->message = lm_str_text(&text);
    error->state = state_of(app);
    lm_error_out(&app->err, error);
    lm_out_flush(&app->err);
    lm_str_clear(&text);
    lm_str_clear(&shown);
}

static int fail(lm_app *app, int number)
{
    lumigrate_error error;

    memset(&error, 0, sizeof error);
    error.code = LUMIGRATE_FAILED;
    error.sql_offset = -1;
    explain(&error, number, strchr(*app->program, '/') == NULL);
    tell(app, &error, strerror(number));
    return number == ENOENT || number == ENOTDIR ? NOT_FOUND : CANNOT_RUN;
}

/* Whoever wants us to end does not want the program to begin. */
static int stop(lm_app *app, int number)
{
    lumigrate_error error;
    lm_str why = {0};

    memset(&error, 0, sizeof error);
    error.code = LUMIGRATE_INTERRUPTED;
    error.sql_offset = -1;
    error.hint = "it was not started";
    lm_str_printf(&why, "interrupted by %s", lm_signals_name(number));
    tell(app, &error, lm_str_text(&why));
    lm_str_clear(&why);
    return 128 + number;
}

int lm_exec(lm_app *app)
{
    int number = lm_signals_hand_over();

    if (number != 0)
        return stop(app, number);
    execvp(*app->program, app->program);
    return fail(app, errno);
}
