/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "app.h"
#include "json.h"
#include "table.h"
#include "words.h"

enum { ERROR_WIDTH = 80 };

static void put_json(lm_json *o, const lumigrate_attempt *a)
{
    lm_json_object(o, NULL);
    lm_json_count(o, "seq", a->seq);
    lm_json_text(o, "id", a->id);
    lm_json_text(o, "action", a->action);
    lm_json_text(o, "outcome", a->outcome);
    lm_json_text(o, "error", a->error);
    lm_json_text(o, "checksum", a->checksum);
    lm_json_text(o, "started_at", a->started_at);
    lm_json_ms(o, "duration_ms", a->duration_ms);
    lm_json_text(o, "runner", a->runner);
    lm_json_text(o, "sqlite", a->sqlite);
    lm_json_text(o, "host", a->host);
    lm_json_text(o, "user", a->user);
    lm_json_text(o, "run_id", a->run_id);
    lm_json_count(o, "repeats", a->repeats);
    lm_json_text(o, "last_at", a->last_at);
    lm_json_close(o);
}

static void write_json(lm_app *app, const lumigrate_log *log,
                       const lumigrate_error *error)
{
    lm_json o;
    long i;

    lm_json_new(&o);
    lm_json_list(&o, "attempts");
    for (i = 0; log != NULL && i < log->count; i++)
        put_json(&o, &log->attempts[i]);
    lm_json_close(&o);
    lm_json_end(app, &o, error);
}

/* One text; of a failure, where nothing is known, as well. */
static void write_text(lm_app *app, const char *text, unsigned long len,
                       const lumigrate_error *error)
{
    lm_json o;

    lm_json_new(&o);
    lm_json_text(&o, "id", app->settings.values[LM_OPT_SHOW].text);
    lm_json_bytes(&o, "text", text, len);
    lm_json_end(app, &o, error);
}

static void fail(lm_app *app, const lumigrate_error *error)
{
    if (app->settings.values[LM_OPT_SHOW].text != NULL)
        write_text(app, NULL, 0, error);
    else
        write_json(app, NULL, error);
}

/* The first line of an error, and how often it came. */
static void put_error(lm_str *to, const lumigrate_attempt *a)
{
    size_t n;

    if (a->error == NULL)
        return;
    n = strcspn(a->error, "\r\n");
    lm_words_cut(to, a->error, n, ERROR_WIDTH);
    if (a->repeats > 0) {
        lm_str_puts(to, " (and again ");
        lm_words_count(to, a->repeats);
        lm_str_puts(to, a->repeats == 1 ? " time)" : " times)");
    }
}

static void put_attempt(lm_table *t, const lumigrate_attempt *a)
{
    lm_str when = {0}, took = {0}, error = {0};

    if (a->started_at != NULL)
        lm_words_time(&when, a->started_at);
    if (a->duration_ms >= 0)
        lm_words_duration(&took, a->duration_ms);
    put_error(&error, a);
    lm_table_row(t, LM_MARK_NONE);
    lm_table_cell(t, lm_str_text(&when));
    lm_table_cell(t, a->id);
    lm_table_cell(t, a->action);
    lm_table_cell(t, a->outcome);
    lm_table_cell(t, lm_str_text(&took));
    lm_table_cell(t, lm_str_text(&error));
    lm_str_clear(&when);
    lm_str_clear(&took);
    lm_str_clear(&error);
}

static void put_log(lm_app *app, const lumigrate_log *log)
{
    lm_table table = {.columns = 6};
    long i;

    if (log->count == 0 && !app->settings.quiet)
        lm_str_puts(&app->err.text, "no migration was ever attempted\n");
    for (i = 0; i < log->count; i++)
        put_attempt(&table, &log->attempts[i]);
    lm_table_print(&table, &app->out, 0);
    lm_table_clear(&table);
}

static int show(lm_app *app, const char *id)
{
    unsigned long len;
    char *text;
    lumigrate *lm;
    int rc = lm_app_open(app, NULL, &lm);

    if (rc != LUMIGRATE_OK)
        return rc;
    rc = lumigrate_text(lm, id, &text, &len);
    if (rc != LUMIGRATE_OK)
        lm_app_fail(app, lumigrate_errinfo(lm));
    else if (app->settings.format != LM_TEXT)
        write_text(app, text, len, NULL);
    else
        lm_str_add(&app->out.text, text, len); /* to the byte */
    free(text);
    lumigrate_close(lm);
    return rc;
}

static int list(lm_app *app)
{
    lumigrate_log *log = NULL;
    lumigrate *lm;
    int rc = lm_app_open(app, NULL, &lm);

    if (rc != LUMIGRATE_OK)
        return rc;
    rc = lumigrate_history(lm, &log);
    if (rc != LUMIGRATE_OK)
        lm_app_fail(app, lumigrate_errinfo(lm));
    else if (app->settings.format != LM_TEXT)
        write_json(app, log, NULL);
    else
        put_log(app, log);
    lumigrate_log_free(log);
    lumigrate_close(lm);
    return rc;
}

static int run(lm_app *app)
{
    const char *id = app->settings.values[LM_OPT_SHOW].text;

    return id != NULL ? show(app, id) : list(app);
}

static const lm_option options[] = {
    {.id = LM_OPT_SHOW,
     .kind = LM_KIND_TEXT,
     .names = {"show"},
     .value = "ID",
     .help = "the text of this migration as it ran"},
    {.id = LM_OPT_COUNT},
};

const lm_command lm_cmd_history = {
    .name = "history",
    .arguments = "",
    .needs = "[--show ID]",
    .aliases = {"log"},
    .help = "every attempt that was ever made, newest last",
    .more = "Times are UTC.",
    .example = "lumigrate history --database data/app.db",
    .options = options,
    .run = run,
    .fail = fail,
};
