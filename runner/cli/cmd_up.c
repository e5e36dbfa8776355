/* SPDX-License-Identifier: MIT */
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "aftermath.h"
#include "app.h"
#include "copies.h"
#include "error_out.h"
#include "exec.h"
#include "json_out.h"
#include "signals.h"
#include "text_out.h"
#include "words.h"

typedef struct lm_up {
    lm_text_out text;
    lm_json_out json;
    lumigrate_target target;
    lm_supervisor supervisor;
    char reason[40];        /* the message for a signal */
    char began[32];         /* when the child was made, in UTC */
} lm_up;

static void note_time(char out[32])
{
    time_t now = time(NULL);
    struct tm utc;

    out[0] = '\0';
    if (gmtime_r(&now, &utc) != NULL)
        strftime(out, 32, "%Y-%m-%dT%H:%M:%S", &utc);
}

/* What was said so far must not be said twice. */
static int split(lm_app *app, lm_up *up)
{
    lm_out_flush(&app->out);
    lm_out_flush(&app->err);
    note_time(up->began);
    return lm_supervise_begin(&up->supervisor);
}

static int on_event(void *user, const lumigrate_event *event)
{
    lm_app *app = user;
    lm_up *up = app->run;

    lm_supervise_note(&up->supervisor, event);
    if (event->type == LUMIGRATE_EVENT_PENDING)
        return split(app, up);
    lm_text_out_event(&up->text, event);
    if (app->settings.format != LM_TEXT)
        lm_json_out_event(&up->json, event);
    return 0;
}

static int read_target(lm_app *app, lumigrate_target *target)
{
    const char *n = app->arg_count > 0 ? app->args[0] : NULL;
    lm_str shown = {0};

    target->to = app->settings.values[LM_OPT_TO].text;
    target->before = app->settings.values[LM_OPT_BEFORE].text;
    target->reapply_changed = app->settings.reapply;
    if ((n != NULL) + (target->to != NULL) + (target->before != NULL) > 1)
        lm_fault_set(&app->fault, LUMIGRATE_USAGE,
                     "a number, --to and --before exclude each other");
    if (n != NULL && !lm_words_number(n, LONG_MAX, &target->count)) {
        lm_words_cut(&shown, n, strlen(n), 60);
        lm_fault_set(&app->fault, LUMIGRATE_USAGE,
                     "\"%s\" is not a number of migrations, 1 or more",
                     lm_str_text(&shown));
        lm_fault_hint(&app->fault, "to name a migration: --to ID");
        lm_str_clear(&shown);
    }
    return app->fault.code;
}

static int skip(lm_app *app, lm_up *up)
{
    lm_app_skip(app);
    up->json.skipped = true;
    if (app->settings.format != LM_TEXT)
        lm_json_out_result(&up->json, NULL);
    return LUMIGRATE_OK;
}

static bool is_pending(const lumigrate_item *item,
                       const lumigrate_target *target)
{
    return (item->status == LUMIGRATE_ITEM_EDITED &&
            target->reapply_changed) ||
           item->status == LUMIGRATE_ITEM_PENDING ||
           item->status == LUMIGRATE_ITEM_OUT_OF_ORDER ||
           item->status == LUMIGRATE_ITEM_FAILED ||
           item->status == LUMIGRATE_ITEM_PARTIAL;
}

/*
 * What is pending besides the one that failed. Asked through a handle of its
 * own: the one that ran still holds the error that is to be reported.
 */
static void list_remaining(lm_app *app, lm_up *up, const char *failed)
{
    lumigrate_config config = app->settings.config;
    lumigrate_report *report = NULL;
    lumigrate *lm;
    long i;

    if (config.lock_timeout == 0 || config.lock_timeout > 1)
        config.lock_timeout = 1;
    if (lumigrate_open(&lm, &config) == LUMIGRATE_OK &&
        lumigrate_status(lm, &report) == LUMIGRATE_OK) {
        for (i = 0; i < report->count; i++) {
            const lumigrate_item *item = &report->items[i];

            if (is_pending(item, &up->target) &&
                (failed == NULL || strcmp(item->id, failed) != 0))
                lm_json_out_remains(&up->json, item->id);
        }
    }
    lumigrate_report_free(report);
    lumigrate_close(lm);
}

/* Something may be left when a run stopped, or was not to go to the end. */
static bool may_remain(const lm_up *up, int rc)
{
    if (rc == LUMIGRATE_OK)
        return up->target.count > 0 || up->target.to != NULL ||
               up->target.before != NULL;
    return rc == LUMIGRATE_FAILED || rc == LUMIGRATE_INTERRUPTED ||
           rc == LUMIGRATE_REFUSED;
}

static const char *interrupted_by(lm_up *up, int number)
{
    snprintf(up->reason, sizeof up->reason, "interrupted by %s",
             lm_signals_name(number));
    return up->reason;
}

static void report(lm_app *app, lm_up *up, lumigrate *lm, int rc)
{
    const lumigrate_error *error = NULL;
    lumigrate_error shown;

    lm_out_flush(&app->out);
    if (rc != LUMIGRATE_OK) {
        shown = *lumigrate_errinfo(lm);
        if (rc == LUMIGRATE_INTERRUPTED && lm_signals_caught() != 0)
            shown.message = interrupted_by(up, lm_signals_caught());
        error = &shown;
        lm_error_out(&app->err, error);
    }
    lm_out_flush(&app->err);
    if (app->settings.format == LM_TEXT)
        return;
    if (may_remain(up, rc))
        list_remaining(app, up, error != NULL ? error->id : NULL);
    lm_json_out_result(&up->json, error);
}

/* The parent: the child says all there is to say, unless it was killed. */
static int wait_for_child(lm_app *app, lm_up *up, lumigrate *lm)
{
    lm_verdict verdict;

    lm_supervise_wait(&up->supervisor, &verdict);
    lm_signals_note(verdict.asked);
    if (verdict.status >= 0) {
        app->child_status = verdict.status;
        return LUMIGRATE_OK;
    }
    if (verdict.asked == 0 && !verdict.timed_out)
        app->child_death = verdict.killed_by;
    return lm_aftermath(app, &up->json, lm, &verdict, up->began);
}

static int migrate(lm_app *app, lm_up *up)
{
    lumigrate *lm;
    int rc;

    app->run = up;
    up->supervisor.timeout = app->settings.config.timeout;
    rc = lm_app_open(app, on_event, &lm);
    if (rc != LUMIGRATE_OK)
        return rc;
    lm_signals_begin(lm);
    rc = lumigrate_up(lm, &up->target);
    if (up->supervisor.child > 0)
        rc = wait_for_child(app, up, lm);
    else
        report(app, up, lm, rc);
    lm_signals_end();
    lm_supervise_end(&up->supervisor);
    lumigrate_close(lm);
    return rc;
}

static int run(lm_app *app)
{
    lm_up up;
    int rc;

    memset(&up, 0, sizeof up);
    up.text.app = app;
    lm_json_out_begin(&up.json, app);
    up.text.target = &up.target;
    rc = lm_exec_check(app);
    if (rc == LUMIGRATE_OK)
        rc = read_target(app, &up.target);
    if (rc == LUMIGRATE_OK)
        rc = lm_copies_settings(app);
    if (rc == LUMIGRATE_OK)
        rc = lm_app_is_skipped(app) ? skip(app, &up) : migrate(app, &up);
    /* The child has done its part; the process that was started goes on. */
    app->become = rc == LUMIGRATE_OK && app->settings.exec &&
                  !up.supervisor.watched && app->child_status <= 0;
    lm_text_out_clear(&up.text);
    lm_json_out_clear(&up.json);
    app->run = NULL;
    return rc;
}

/* What failed before there was a run. */
static void fail(lm_app *app, const lumigrate_error *error)
{
    lm_json_out json;

    lm_json_out_begin(&json, app);
    lm_json_out_result(&json, error);
    lm_json_out_clear(&json);
}

static const lm_option options[] = {
    {.id = LM_OPT_TO,
     .kind = LM_KIND_TEXT,
     .names = {"to"},
     .value = "ID",
     .help = "up to this migration, included"},
    {.id = LM_OPT_BEFORE,
     .kind = LM_KIND_TEXT,
     .names = {"before"},
     .value = "ID",
     .help = "up to this migration, not included"},
    {.id = LM_OPT_REAPPLY,
     .kind = LM_KIND_FLAG,
     .names = {"reapply-changed"},
     .help = "run again what was edited since it was applied"},
    {.id = LM_OPT_NO_CREATE,
     .kind = LM_KIND_FLAG,
     .names = {"no-create"},
     .help = "a database that is not there is an error, never made"},
    {.id = LM_OPT_BACKUP,
     .kind = LM_KIND_OPTIONAL,
     .names = {"backup"},
     .value = "DIR",
     .help = "copy the database first, when there is something to do"},
    {.id = LM_OPT_KEEP,
     .kind = LM_KIND_TEXT,
     .names = {"keep"},
     .value = "N",
     .help = "of these backups remove the oldest, but for so many"},
    {.id = LM_OPT_EXEC,
     .kind = LM_KIND_FLAG,
     .names = {"exec"},
     .value = "-- CMD …",
     .help = "then become this command, in the same process"},
    {.id = LM_OPT_COUNT},
};

const lm_command lm_cmd_up = {
    .name = "up",
    .arguments = "[N]",
    .aliases = {"migrate", "apply", "upgrade", "run", "latest", "deploy"},
    .help = "apply what is pending",
    .more = "With N, at most so many. Any number of processes may do this at\n"
            "once: each migration is applied exactly once. LUMIGRATE_SKIP=1\n"
            "in the environment: nothing is done.\n"
            "With --exec, when that went well (or was skipped), the process\n"
            "becomes CMD with its arguments; otherwise CMD never starts.\n"
            "What lumigrate says goes to standard error then.",
    .example = "lumigrate up --database data/app.db",
    .options = options,
    .most_arguments = 1,
    .run = run,
    .fail = fail,
};
