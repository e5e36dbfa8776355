/* SPDX-License-Identifier: MIT */
#include "migrate.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "aftermath.h"
#include "error_out.h"
#include "signals.h"
#include "words.h"

static void note_time(char out[32])
{
    time_t now = time(NULL);
    struct tm utc;

    out[0] = '\0';
    if (gmtime_r(&now, &utc) != NULL)
        strftime(out, 32, "%Y-%m-%dT%H:%M:%S", &utc);
}

/* What was said so far must not be said twice. */
static int split(lm_app *app, lm_migrate *m)
{
    lm_out_flush(&app->out);
    lm_out_flush(&app->err);
    note_time(m->began);
    return lm_supervise_begin(&m->supervisor);
}

static int on_event(void *user, const lumigrate_event *event)
{
    lm_app *app = user;
    lm_migrate *m = app->run;

    lm_supervise_note(&m->supervisor, event);
    if (event->type == LUMIGRATE_EVENT_PENDING) {
        lm_out_flush(&app->out);
        m->refused = m->allow != NULL && !m->allow(app, event->pending);
        return m->refused ? 1 : split(app, m);
    }
    lm_text_out_event(&m->text, event);
    if (app->settings.format != LM_TEXT)
        lm_json_out_event(&m->json, event);
    return 0;
}

int lm_migrate_skip(lm_app *app, lm_migrate *m)
{
    lm_app_skip(app);
    m->json.skipped = true;
    if (app->settings.format != LM_TEXT)
        lm_json_out_result(&m->json, NULL);
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
static void list_remaining(lm_app *app, lm_migrate *m, const char *failed)
{
    lumigrate_config config = app->settings.config;
    lumigrate_report *report = NULL;
    lumigrate *lm;
    long i;

    if (lm_signals_caught() != 0)
        config.lock_timeout = -1;
    else if (config.lock_timeout == 0 || config.lock_timeout > 1)
        config.lock_timeout = 1;
    if (lumigrate_open(&lm, &config) == LUMIGRATE_OK &&
        lumigrate_status(lm, &report) == LUMIGRATE_OK) {
        for (i = 0; i < report->count; i++) {
            const lumigrate_item *item = &report->items[i];

            if (is_pending(item, &m->target) &&
                (failed == NULL || strcmp(item->id, failed) != 0))
                lm_json_out_remains(&m->json, item->id);
        }
    }
    lumigrate_report_free(report);
    lumigrate_close(lm);
}

/* Something may be left when a run stopped, or was not to go to the end. What
 * a way down leaves is known by what was chosen. */
static bool may_remain(const lm_migrate *m, int rc)
{
    if (m->kind != LM_RUN_UP)
        return false;
    if (rc == LUMIGRATE_OK)
        return m->target.count > 0 || m->target.to != NULL ||
               m->target.before != NULL;
    return rc == LUMIGRATE_FAILED || rc == LUMIGRATE_INTERRUPTED ||
           rc == LUMIGRATE_REFUSED;
}

static const char *interrupted_by(lm_migrate *m, int number)
{
    snprintf(m->reason, sizeof m->reason, "interrupted by %s",
             lm_signals_name(number));
    return m->reason;
}

/* The answer to lm_migrate.allow was no: that is nobody's signal. */
static void tell_refused(lumigrate_error *e)
{
    memset(e, 0, sizeof *e);
    e->code = LUMIGRATE_USAGE;
    e->message = "not confirmed";
    e->state = "nothing was changed";
    e->sql_offset = -1;
}

static int report(lm_app *app, lm_migrate *m, lumigrate *lm, int rc)
{
    const lumigrate_error *error = NULL;
    lumigrate_error shown;

    lm_out_flush(&app->out);
    if (rc != LUMIGRATE_OK) {
        shown = *lumigrate_errinfo(lm);
        if (rc == LUMIGRATE_INTERRUPTED && lm_signals_caught() != 0)
            shown.message = interrupted_by(m, lm_signals_caught());
        else if (m->refused)
            tell_refused(&shown);
        error = &shown;
        lm_error_out(&app->err, error);
    }
    lm_out_flush(&app->err);
    if (app->settings.format != LM_TEXT) {
        if (may_remain(m, rc))
            list_remaining(app, m, error != NULL ? error->id : NULL);
        lm_json_out_result(&m->json, error);
    }
    return error != NULL ? error->code : rc;
}

/* The parent: the child says all there is to say, unless it was killed. */
static int wait_for_child(lm_app *app, lm_migrate *m, lumigrate *lm)
{
    lm_aftermath_of of = {.json = &m->json, .lm = lm, .began = m->began,
                          .from_file = m->target.from_file};
    lm_verdict verdict;

    lm_supervise_wait(&m->supervisor, &verdict);
    lm_signals_note(verdict.asked);
    if (verdict.status >= 0) {
        app->child_status = verdict.status;
        return LUMIGRATE_OK;
    }
    if (verdict.asked == 0 && !verdict.timed_out)
        app->child_death = verdict.killed_by;
    of.verdict = &verdict;
    return lm_aftermath(app, &of);
}

static int call(lm_migrate *m, lumigrate *lm)
{
    switch (m->kind) {
    case LM_RUN_DOWN: return lumigrate_down(lm, &m->target);
    case LM_RUN_REDO: return lumigrate_redo(lm, m->id);
    default: return lumigrate_up(lm, &m->target);
    }
}

int lm_migrate_run(lm_app *app, lm_migrate *m)
{
    lumigrate *lm;
    int rc;

    app->run = m;
    m->supervisor.timeout = app->settings.config.timeout;
    rc = lm_app_open(app, on_event, &lm);
    if (rc != LUMIGRATE_OK)
        return rc;
    lm_signals_begin(lm);
    rc = call(m, lm);
    if (m->supervisor.child > 0)
        rc = wait_for_child(app, m, lm);
    else
        rc = report(app, m, lm, rc);
    lm_signals_end();
    lm_supervise_end(&m->supervisor);
    lumigrate_close(lm);
    return rc;
}

void lm_migrate_begin(lm_migrate *m, lm_app *app, lm_run_kind kind)
{
    memset(m, 0, sizeof *m);
    m->kind = kind;
    m->text.app = app;
    m->text.kind = kind;
    m->text.target = &m->target;
    lm_json_out_begin(&m->json, app);
}

void lm_migrate_end(lm_app *app, lm_migrate *m)
{
    lm_text_out_clear(&m->text);
    lm_json_out_clear(&m->json);
    app->run = NULL;
}

/* What failed before there was a run. */
void lm_migrate_fail(lm_app *app, const lumigrate_error *error)
{
    lm_json_out json;

    lm_json_out_begin(&json, app);
    lm_json_out_result(&json, error);
    lm_json_out_clear(&json);
}

void lm_migrate_number(lm_app *app, const char *other, long *n)
{
    const char *word = app->arg_count > 0 ? app->args[0] : NULL;
    lm_str shown = {0};

    if (word == NULL || lm_words_number(word, LONG_MAX, n))
        return;
    lm_words_cut(&shown, word, strlen(word), 60);
    lm_fault_set(&app->fault, LUMIGRATE_USAGE,
                 "\"%s\" is not a number of migrations, 1 or more",
                 lm_str_text(&shown));
    lm_app_misplaced(app, word);
    lm_fault_hint(&app->fault, "%s", other);
    lm_str_clear(&shown);
}
