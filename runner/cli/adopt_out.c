/* SPDX-License-Identifier: MIT */
#include "adopt_out.h"

#include <string.h>

#include "changes_out.h"
#include "confirm.h"
#include "table.h"
#include "words.h"

/* The words of lumigrate_adopted.status; the second for a dry run. */
static const struct {
    const char *json, *text, *planned;
    lm_mark mark;
} statuses[] = {
    [0] = {"unknown", "unknown", "unknown", LM_MARK_LOOK},
    [LUMIGRATE_ADOPT_APPLIED] = {"applied", "recorded", "to be recorded",
                                 LM_MARK_DONE},
    [LUMIGRATE_ADOPT_KNOWN] = {"known", "recorded before", "recorded before",
                               LM_MARK_DONE},
    [LUMIGRATE_ADOPT_PENDING] = {"pending", "pending", "pending",
                                 LM_MARK_WAITS},
    [LUMIGRATE_ADOPT_SATISFIED] = {"satisfied", "satisfied", "satisfied",
                                   LM_MARK_DONE},
    [LUMIGRATE_ADOPT_NEEDED] = {"needed", "needed", "needed", LM_MARK_WAITS},
    [LUMIGRATE_ADOPT_CONFLICT] = {"conflict", "in conflict", "in conflict",
                                  LM_MARK_LOOK},
};

enum { STATUSES = sizeof statuses / sizeof statuses[0] };

static int known(int status)
{
    return status > 0 && status < STATUSES ? status : 0;
}

void lm_adopt_out_begin(lm_adopt_out *o, lm_app *app)
{
    memset(o, 0, sizeof *o);
    o->app = app;
    o->dry_run = app->settings.dry_run;
    o->asked = app->settings.yes;
    lm_json_list(&o->warnings, NULL);
}

void lm_adopt_out_clear(lm_adopt_out *o)
{
    lm_json_clear(&o->warnings);
}

int lm_adopt_out_event(void *user, const lumigrate_event *event)
{
    lm_app *app = user;
    lm_adopt_out *o = app->run;

    /* It was said at the first time. */
    if (o->listed)
        return 0;
    if (event->type == LUMIGRATE_EVENT_WARNING)
        lm_json_text(&o->warnings, NULL, event->text);
    return lm_changes_out_event(user, event);
}

/* ---- JSON ---- */

static void put_json(lm_json *o, const lumigrate_adopted *item)
{
    lm_json_object(o, NULL);
    lm_json_text(o, "id", item->id);
    lm_json_text(o, "file", item->file);
    lm_json_text(o, "status", statuses[known(item->status)].json);
    lm_json_text(o, "applied_at", item->applied_at);
    lm_json_ms(o, "duration_ms", item->duration_ms);
    lm_json_text(o, "reason", item->reason);
    lm_json_close(o);
}

static void write_json(lm_adopt_out *out, const lumigrate_adoption *a,
                       const lumigrate_error *error)
{
    lm_json o;
    long i;

    lm_json_new(&o);
    lm_json_bool(&o, "ok", error == NULL);
    lm_json_bool(&o, "dry_run", out->dry_run);
    lm_json_text(&o, "tool", a != NULL ? a->tool : NULL);
    lm_json_text(&o, "table", a != NULL ? a->table : NULL);
    lm_json_text(&o, "renamed_to", a != NULL ? a->renamed_to : NULL);
    lm_json_count(&o, "recorded", a != NULL ? a->recorded : 0);
    lm_json_list(&o, "migrations");
    for (i = 0; a != NULL && i < a->count; i++)
        put_json(&o, &a->migrations[i]);
    lm_json_close(&o);
    lm_json_put(&o, "warnings", &out->warnings);
    lm_json_end(out->app, &o, error);
}

/* ---- text ---- */

static void put_item(lm_adopt_out *o, lm_table *t,
                     const lumigrate_adopted *item)
{
    int status = known(item->status);
    lm_str when = {0};

    if (item->applied_at != NULL)
        lm_words_time(&when, item->applied_at);
    lm_table_row(t, statuses[status].mark);
    lm_table_cell(t, item->id);
    lm_table_cell(t, o->dry_run ? statuses[status].planned
                                : statuses[status].text);
    lm_table_cell(t, lm_str_text(&when));
    lm_table_cell(t, item->reason);
    lm_str_clear(&when);
}

static long count(const lumigrate_adoption *a, int status)
{
    long i, n = 0;

    for (i = 0; i < a->count; i++)
        n += a->migrations[i].status == status;
    return n;
}

static void put_source(lm_adopt_out *o, const lumigrate_adoption *a)
{
    lm_str *to = &o->app->out.text;

    if (a->tool == NULL) {
        lm_str_puts(to, count(a, LUMIGRATE_ADOPT_KNOWN) == a->count
                            ? "No other tool's record is in this database, "
                              "and nothing is pending\n"
                            : "No other tool's record is in this database: "
                              "tried what is pending on a copy\n");
        return;
    }
    lm_str_puts(to, "The record of ");
    lm_words_text(to, a->tool_name);
    lm_str_puts(to, ": table ");
    lm_words_text(to, a->table);
    if (a->renamed_to != NULL) {
        lm_str_puts(to, o->dry_run ? ", to be renamed to "
                                   : ", renamed to ");
        lm_words_text(to, a->renamed_to);
    }
    lm_str_putc(to, '\n');
}

static void put_recorded(lm_adopt_out *o, const lumigrate_adoption *a)
{
    lm_str *to = &o->app->out.text;

    lm_out_mark(&o->app->out, LM_MARK_DONE);
    if (a->recorded == 0) {
        lm_str_puts(to, o->dry_run ? " Nothing to record"
                                   : " Nothing was recorded");
    } else {
        lm_str_putc(to, ' ');
        lm_words_count(to, a->recorded);
        lm_str_printf(to, " migration%s %s", a->recorded == 1 ? "" : "s",
                      o->dry_run ? "to record" : "recorded as applied");
    }
    lm_str_puts(to, o->dry_run ? " (dry run: nothing was changed)\n" : "\n");
}

/* What to do next, where that is not plain. */
static void put_advice(lm_adopt_out *o, const lumigrate_adoption *a)
{
    long satisfied = count(a, LUMIGRATE_ADOPT_SATISFIED);
    lm_str *to = &o->app->out.text;

    if (a->tool != NULL)
        return;
    if (satisfied > 0 && !o->asked) {
        lm_out_mark(&o->app->out, LM_MARK_NEXT);
        lm_str_puts(to, " \"lumigrate adopt -y\" records what is "
                        "satisfied\n");
    }
    if (count(a, LUMIGRATE_ADOPT_CONFLICT) > 0) {
        lm_out_mark(&o->app->out, LM_MARK_LOOK);
        lm_str_puts(to, " what is in conflict needs a person: change the "
                        "file or the database, or\n  \"lumigrate baseline "
                        "--only ID\" where you know that it is there\n");
    }
}

static void put_list(lm_adopt_out *o, const lumigrate_adoption *a)
{
    lm_table table = {.columns = 4};
    long i;

    put_source(o, a);
    for (i = 0; i < a->count; i++)
        put_item(o, &table, &a->migrations[i]);
    lm_table_print(&table, &o->app->out, 2);
    lm_table_clear(&table);
    o->listed = true;
}

bool lm_adopt_out_ask(lm_adopt_out *o, const lumigrate_adoption *a)
{
    long n = count(a, LUMIGRATE_ADOPT_SATISFIED);
    lm_str question = {0};

    if (n == 0 || o->asked || o->dry_run || o->app->settings.quiet ||
        o->app->settings.format != LM_TEXT || !lm_confirm_can())
        return false;
    put_list(o, a);
    lm_out_flush(&o->app->out);
    lm_str_puts(&question, "Record the ");
    lm_words_count(&question, n);
    lm_str_printf(&question, " satisfied migration%s as applied to ",
                  n == 1 ? "" : "s");
    lm_words_database(&question, o->app->settings.config.database);
    lm_str_putc(&question, '?');
    o->asked = lm_confirm(o->app, lm_str_text(&question));
    lm_str_clear(&question);
    return o->asked;
}

void lm_adopt_out_end(lm_adopt_out *o, const lumigrate_adoption *a,
                      const lumigrate_error *error)
{
    if (o->app->settings.format != LM_TEXT) {
        write_json(o, a, error);
    } else if (a != NULL && !o->app->settings.quiet) {
        if (!o->listed)
            put_list(o, a);
        put_recorded(o, a);
        put_advice(o, a);
    }
}
