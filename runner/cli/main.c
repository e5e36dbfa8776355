/* SPDX-License-Identifier: MIT */
/*
 * The front door: words become a request to the library, what happens
 * becomes words or JSON, and how it ended becomes the exit status.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "app.h"
#include "cmd_help.h"
#include "error_out.h"
#include "exec.h"
#include "parse.h"
#include "signals.h"
#include "words.h"

static int check_arguments(lm_app *app)
{
    const lm_command *c = app->command;
    lm_str shown = {0};

    if (c == NULL) {
        lm_fault_set(&app->fault, LUMIGRATE_USAGE, "no command is given");
        lm_fault_hint(&app->fault, "\"lumigrate up\" applies what is "
                                   "pending, \"lumigrate help\" lists the "
                                   "commands");
    } else if (app->arg_count > c->most_arguments) {
        const char *extra = app->args[c->most_arguments];

        lm_words_cut(&shown, extra, strlen(extra), 60);
        lm_fault_set(&app->fault, LUMIGRATE_USAGE,
                     "\"%s\" is one argument too many for \"%s\"",
                     lm_str_text(&shown), c->name);
        lm_app_misplaced(app, extra);
        shown.len = 0;
        lm_command_usage(&shown, c);
        lm_fault_hint(&app->fault, "%s", lm_str_text(&shown));
        lm_str_clear(&shown);
    }
    return app->fault.code;
}

static void warn_unread(lm_app *app)
{
    lm_str text = {0};

    lm_str_printf(&text, "cannot read .env: %s; going on without it",
                  app->settings.unread);
    lm_app_warn(app, NULL, lm_str_text(&text));
    lm_str_clear(&text);
}

static int run_command(lm_app *app)
{
    int rc = check_arguments(app);

    if (rc == LUMIGRATE_OK && !app->command->no_settings) {
        rc = lm_settings_load(&app->settings, app->command->options,
                              &app->fault);
        if (rc == LUMIGRATE_OK)
            rc = lm_settings_check(&app->settings, &app->fault);
        if (app->settings.unread != NULL)
            warn_unread(app);
    }
    return rc == LUMIGRATE_OK ? app->command->run(app) : rc;
}

static int run(lm_app *app, int argc, char **argv)
{
    lm_settings *s = &app->settings;
    int rc = lm_parse(app, argc, argv);
    int shape = lm_settings_shape(s, &app->fault);

    app->out.color = app->err.color = s->color;
    if (rc == LUMIGRATE_OK)
        rc = shape;
    if (rc == LUMIGRATE_OK && s->help) {
        lm_help_show(app, app->command);
        return LUMIGRATE_OK;
    }
    if (rc == LUMIGRATE_OK && s->version)
        app->command = &lm_cmd_version;
    if (rc == LUMIGRATE_OK)
        rc = run_command(app);
    if (app->fault.code != LUMIGRATE_OK)
        lm_app_fault(app);
    return rc;
}

/* Needs no memory. There is nobody left to tell if this fails. */
static void say_nomem(int fd)
{
    static const char text[] = "lumigrate: error: out of memory\n";
    ssize_t n = write(fd, text, sizeof text - 1);

    (void)n;
}

/* Nobody read, and somebody wanted us to end. */
static int tell_unread(lm_app *app)
{
    lm_str text = {0};
    lumigrate_error error;

    memset(&error, 0, sizeof error);
    error.code = LUMIGRATE_INTERRUPTED;
    error.sql_offset = -1;
    error.hint = "what was done is done; lumigrate status shows it";
    lm_str_printf(&text, "interrupted by %s: standard output was not read",
                  lm_signals_name(lm_signals_caught()));
    error.message = lm_str_text(&text);
    lm_error_out(&app->err, &error);
    lm_str_clear(&text);
    return LUMIGRATE_INTERRUPTED;
}

/*
 * Output that could not be written is an error of its own, but never hides
 * another. A reader that went away wanted no more: nothing is wrong then.
 */
static int finish(lm_app *app, int rc)
{
    lm_str text = {0};
    lumigrate_error error;

    lm_out_flush(&app->out);
    if (app->out.error == EINTR && rc == LUMIGRATE_OK)
        rc = tell_unread(app);
    else if (app->out.error != 0 && app->out.error != EPIPE &&
             app->out.error != EINTR) {
        memset(&error, 0, sizeof error);
        error.sql_offset = -1;
        lm_str_printf(&text, "standard output: %s", strerror(app->out.error));
        error.message = lm_str_text(&text);
        lm_error_out(&app->err, &error);
        lm_str_clear(&text);
        if (rc == LUMIGRATE_OK)
            rc = LUMIGRATE_FAILED;
    }
    lm_out_flush(&app->err);
    if (app->err.error == ENOMEM)
        say_nomem(app->err.fd);
    return rc;
}

static int exit_status(int rc)
{
    if (rc == LUMIGRATE_INTERRUPTED && lm_signals_caught() != 0)
        return 128 + lm_signals_caught();
    return rc >= LUMIGRATE_OK && rc <= LUMIGRATE_REFUSED ? rc
                                                         : LUMIGRATE_FAILED;
}

int main(int argc, char **argv)
{
    lm_app app;
    int rc;

    memset(&app, 0, sizeof app);
    app.child_status = -1;
    app.out.fd = STDOUT_FILENO;
    app.err.fd = STDERR_FILENO;
    lm_signals_ignore();
    rc = run(&app, argc, argv);
    rc = finish(&app, rc);
    if (rc == LUMIGRATE_OK && app.become)
        app.child_status = lm_exec(&app);
    lm_app_clear(&app);
    /* Whoever waits for us should see how it really ended: a container that
     * ran out of memory is told by SIGKILL. */
    if (app.child_death != 0)
        lm_signals_die(app.child_death);
    return app.child_status >= 0 ? app.child_status : exit_status(rc);
}
