/* SPDX-License-Identifier: MIT */
#include "ready_out.h"

#include <string.h>

#include "error_out.h"
#include "exec.h"
#include "json.h"
#include "signals.h"
#include "words.h"

static bool is_pending(const lumigrate_item *item)
{
    return item->status == LUMIGRATE_ITEM_PENDING ||
           item->status == LUMIGRATE_ITEM_OUT_OF_ORDER ||
           item->status == LUMIGRATE_ITEM_FAILED ||
           item->status == LUMIGRATE_ITEM_PARTIAL;
}

/* ---- JSON ---- */

static const char *status_name(int status)
{
    switch (status) {
    case LUMIGRATE_ITEM_APPLIED: return "applied";
    case LUMIGRATE_ITEM_PENDING: return "pending";
    case LUMIGRATE_ITEM_EDITED: return "edited";
    case LUMIGRATE_ITEM_MISSING: return "missing";
    case LUMIGRATE_ITEM_OUT_OF_ORDER: return "out_of_order";
    case LUMIGRATE_ITEM_FAILED: return "failed";
    case LUMIGRATE_ITEM_PARTIAL: return "partial";
    default: return "unknown";
    }
}

static void put_json(lm_json *o, const lumigrate_item *item)
{
    lm_json_object(o, NULL);
    lm_json_text(o, "id", item->id);
    lm_json_text(o, "file", item->file);
    lm_json_text(o, "description", item->description);
    lm_json_text(o, "status", status_name(item->status));
    lm_json_text(o, "applied_at", item->applied_at);
    lm_json_close(o);
}

static void put_known(lm_json *o, const lumigrate_report *r)
{
    long i;

    lm_json_text(o, "current_version", r->current);
    lm_json_text(o, "latest_version", r->latest);
    lm_json_count(o, "pending_count", r->pending);
    lm_json_count(o, "applied_count", r->applied);
    lm_json_bool(o, "schema_valid", r->schema_valid);
    lm_json_list(o, "migrations");
    for (i = 0; i < r->count; i++)
        put_json(o, &r->items[i]);
    lm_json_close(o);
    lm_json_texts(o, "warnings", r->warnings, r->warning_count);
    lm_json_texts(o, "problems", r->problems, r->problem_count);
}

/* The same shape where nothing is known. */
static void put_unknown(lm_json *o)
{
    lm_json_null(o, "current_version");
    lm_json_null(o, "latest_version");
    lm_json_null(o, "pending_count");
    lm_json_null(o, "applied_count");
    lm_json_null(o, "schema_valid");
    lm_json_texts(o, "migrations", NULL, 0);
    lm_json_texts(o, "warnings", NULL, 0);
    lm_json_texts(o, "problems", NULL, 0);
}

/* `error` is NULL where there is none: that something is pending is not. */
static void write_json(lm_app *app, const lumigrate_report *r,
                       const lumigrate_error *error)
{
    lm_json o;

    lm_json_new(&o);
    lm_json_text(&o, "status", r != NULL       ? r->status
                               : error != NULL ? "error"
                                               : NULL);
    if (r != NULL)
        put_known(&o, r);
    else
        put_unknown(&o);
    lm_json_database(app, &o, r != NULL ? r->database : NULL);
    if (app->skipped)
        lm_json_bool(&o, "skipped", true);
    lm_json_end(app, &o, error);
}

void lm_ready_fail(lm_app *app, const lumigrate_error *error)
{
    write_json(app, NULL, error);
}

/* ---- text ---- */

static void put_summary(lm_app *app, const lumigrate_report *r)
{
    lm_out *out = lm_app_people(app);
    lm_str *to = &out->text;
    long i;

    lm_out_mark(out, r->pending > 0 ? LM_MARK_WAITS : LM_MARK_DONE);
    lm_str_printf(to, " %s: ", r->status);
    if (!r->exists) {
        lm_words_text(to, r->database);
        lm_str_puts(to, " does not exist yet, ");
    }
    lm_words_count(to, r->applied);
    lm_str_puts(to, " applied, ");
    lm_words_count(to, r->pending);
    lm_str_puts(to, " pending\n");
    for (i = 0; i < r->count; i++) {
        if (!is_pending(&r->items[i]))
            continue;
        lm_str_puts(to, "  ");
        lm_out_mark(out, LM_MARK_WAITS);
        lm_str_putc(to, ' ');
        lm_words_text(to, r->items[i].id);
        lm_str_putc(to, '\n');
    }
}

/* The first problem is the error itself, and a warning may be. */
static void put_problems(lm_app *app, const lumigrate_report *r,
                         const char *error)
{
    long i;

    for (i = 0; i < r->warning_count; i++)
        if (error == NULL || strcmp(error, r->warnings[i]) != 0)
            lm_app_warn(app, NULL, r->warnings[i]);
    for (i = 1; i < r->problem_count; i++)
        lm_app_warn(app, NULL, r->problems[i]);
}

static void put_error(lm_app *app, const lumigrate_error *error)
{
    lm_out_flush(&app->out);
    lm_error_out(&app->err, error);
    lm_out_flush(&app->err);
}

/* ---- both ---- */

/* That it is pending is an answer; everything else but "ready" is an error. */
static void answer(lm_app *app, lumigrate *lm, const lumigrate_report *r,
                   int rc)
{
    lumigrate_error error = *lumigrate_errinfo(lm);
    bool failed = rc != LUMIGRATE_OK && rc != LUMIGRATE_PENDING;
    lm_str reason = {0};

    if (rc == LUMIGRATE_INTERRUPTED && lm_signals_caught() != 0) {
        lm_str_printf(&reason, "interrupted by %s",
                      lm_signals_name(lm_signals_caught()));
        error.message = lm_str_text(&reason);
        error.hint = "nothing was changed";
    }
    if (r != NULL)
        put_problems(app, r, failed ? error.message : NULL);
    if (failed)
        put_error(app, &error);
    if (app->settings.format != LM_TEXT)
        write_json(app, r, failed ? &error : NULL);
    else if (r != NULL && !failed && !app->settings.quiet)
        put_summary(app, r);
    lm_str_clear(&reason);
}

/* What is waited for, for those who watch the log. */
static int on_event(void *user, const lumigrate_event *event)
{
    lm_app *app = user;
    lm_out *out = lm_app_people(app);

    if (event->type != LUMIGRATE_EVENT_WAITING || app->settings.quiet)
        return 0;
    lm_out_mark(out, LM_MARK_WAITS);
    lm_str_puts(&out->text, " waiting: ");
    lm_words_text(&out->text, event->text != NULL
                      ? event->text
                      : "another process holds the lock");
    lm_str_putc(&out->text, '\n');
    lm_out_flush(out);
    return 0;
}

static int look(lm_app *app, lm_ready_ask ask)
{
    lumigrate_report *r = NULL;
    lumigrate *lm;
    int rc = lm_app_open(app, on_event, &lm);

    if (rc != LUMIGRATE_OK)
        return rc;
    lm_signals_begin(lm);
    rc = ask(app, lm, &r);
    answer(app, lm, r, rc);
    lm_signals_end();
    lumigrate_report_free(r);
    lumigrate_close(lm);
    return rc;
}

/* To look changes nothing, so that LUMIGRATE_SKIP is about the command that
 * would wait for the answer. */
int lm_ready_run(lm_app *app, lm_ready_ask ask)
{
    bool exec = app->settings.exec;
    int rc = lm_exec_check(app);

    if (rc != LUMIGRATE_OK)
        return rc;
    if (lm_app_is_skipped(app) && (exec || app->command == &lm_cmd_wait)) {
        lm_app_skip(app);
        if (app->settings.format != LM_TEXT)
            write_json(app, NULL, NULL);
    } else {
        rc = look(app, ask);
    }
    app->become = rc == LUMIGRATE_OK && exec;
    return rc;
}
