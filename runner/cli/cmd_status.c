/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "app.h"
#include "json.h"
#include "table.h"
#include "words.h"

/* The words of lumigrate_item.status and lumigrate_report.state. */
static const struct {
    const char *json, *text;
    lm_mark mark;
} statuses[] = {
    [0] = {"unknown", "unknown", LM_MARK_LOOK},
    [LUMIGRATE_ITEM_APPLIED] = {"applied", "applied", LM_MARK_DONE},
    [LUMIGRATE_ITEM_PENDING] = {"pending", "pending", LM_MARK_WAITS},
    [LUMIGRATE_ITEM_EDITED] = {"edited", "edited", LM_MARK_LOOK},
    [LUMIGRATE_ITEM_MISSING] = {"missing", "missing", LM_MARK_LOOK},
    [LUMIGRATE_ITEM_OUT_OF_ORDER] = {"out_of_order", "out of order",
                                     LM_MARK_LOOK},
    [LUMIGRATE_ITEM_FAILED] = {"failed", "failed", LM_MARK_FAILED},
    [LUMIGRATE_ITEM_PARTIAL] = {"partial", "partial", LM_MARK_LOOK},
};

enum { DIFFERENCE_WIDTH = 160 };

enum { STATUSES = sizeof statuses / sizeof statuses[0] };

static int known(int status)
{
    return status > 0 && status < STATUSES ? status : 0;
}

static const char *state_name(int state)
{
    switch (state) {
    case LUMIGRATE_STATE_CURRENT: return "current";
    case LUMIGRATE_STATE_PENDING: return "pending";
    case LUMIGRATE_STATE_AHEAD: return "ahead";
    default: return "mismatch";
    }
}

/* ---- JSON ---- */

static void put_json(lm_json *o, const lumigrate_item *item)
{
    lm_json_object(o, NULL);
    lm_json_text(o, "id", item->id);
    lm_json_text(o, "file", item->file);
    lm_json_text(o, "kind", item->kind);
    lm_json_text(o, "description", item->description);
    lm_json_text(o, "status", statuses[known(item->status)].json);
    lm_json_text(o, "applied_at", item->applied_at);
    lm_json_ms(o, "duration_ms", item->duration_ms);
    lm_json_text(o, "effect", item->effect);
    lm_json_text(o, "checksum", item->checksum);
    lm_json_close(o);
}

static void put_known(lm_json *o, const lumigrate_report *r)
{
    long i;

    lm_json_bool(o, "exists", r->exists);
    lm_json_text(o, "state", state_name(r->state));
    lm_json_count(o, "applied", r->applied);
    lm_json_count(o, "pending", r->pending);
    lm_json_text(o, "current", r->current);
    lm_json_list(o, "migrations");
    for (i = 0; i < r->count; i++)
        put_json(o, &r->items[i]);
    lm_json_close(o);
    lm_json_texts(o, "warnings", r->warnings, r->warning_count);
}

/* The same shape where nothing is known. */
static void put_unknown(lm_json *o)
{
    lm_json_null(o, "exists");
    lm_json_null(o, "state");
    lm_json_null(o, "applied");
    lm_json_null(o, "pending");
    lm_json_null(o, "current");
    lm_json_texts(o, "migrations", NULL, 0);
    lm_json_texts(o, "warnings", NULL, 0);
}

static void write_json(lm_app *app, const lumigrate_report *r,
                       const lumigrate_error *error)
{
    lm_json o;

    lm_json_new(&o);
    lm_json_database(app, &o, r != NULL ? r->database : NULL);
    if (r != NULL)
        put_known(&o, r);
    else
        put_unknown(&o);
    lm_json_end(app, &o, error);
}

static void fail(lm_app *app, const lumigrate_error *error)
{
    write_json(app, NULL, error);
}

/* ---- text ---- */

static void put_item(lm_app *app, lm_table *t, const lumigrate_item *item)
{
    lm_str when = {0}, took = {0};

    if (item->applied_at != NULL)
        lm_words_time(&when, item->applied_at);
    /* 0 is what a record has that no run of ours wrote. */
    if (item->duration_ms > 0 && item->applied_at != NULL)
        lm_words_duration(&took, item->duration_ms);
    lm_table_row(t, statuses[known(item->status)].mark);
    lm_table_cell(t, item->id);
    lm_table_cell(t, statuses[known(item->status)].text);
    lm_table_cell(t, lm_str_text(&when));
    lm_table_cell(t, lm_str_text(&took));
    lm_table_cell(t, item->effect);
    if (app->settings.verbose) {
        lm_table_cell(t, item->kind);
        lm_table_cell(t, item->file);
        lm_table_cell(t, item->description);
    }
    lm_str_clear(&when);
    lm_str_clear(&took);
}

/* 3 applied, 2 pending, 1 edited */
static void put_summary(lm_str *to, const lumigrate_report *r)
{
    long counts[STATUSES] = {0};
    long i;
    int status;

    for (i = 0; i < r->count; i++)
        counts[known(r->items[i].status)]++;
    lm_words_count(to, r->applied);
    lm_str_puts(to, " applied, ");
    lm_words_count(to, r->pending);
    lm_str_puts(to, " pending");
    for (status = LUMIGRATE_ITEM_EDITED; status < STATUSES; status++) {
        if (counts[status] == 0)
            continue;
        lm_str_puts(to, ", ");
        lm_words_count(to, counts[status]);
        lm_str_printf(to, " %s", statuses[status].text);
    }
    lm_str_putc(to, '\n');
}

/* A line of a difference, cut where it is too long to be read. */
static void put_difference(lm_app *app, const char *text)
{
    lm_out *out = &app->out;
    size_t n;

    for (; *text != '\0'; text += n + (text[n] == '\n')) {
        lm_str shown = {0};

        n = strcspn(text, "\n");
        lm_words_cut(&shown, text, n, DIFFERENCE_WIDTH);
        lm_str_pad(&out->text, 4);
        if (*text == '-' || *text == '+')
            lm_out_paint(out, *text == '-' ? LM_RED : LM_GREEN,
                         lm_str_text(&shown));
        else
            lm_str_puts(&out->text, lm_str_text(&shown));
        lm_str_putc(&out->text, '\n');
        lm_str_clear(&shown);
    }
}

static bool has_changed(const lumigrate_item *item)
{
    return item->applied_at != NULL &&
           (item->status == LUMIGRATE_ITEM_EDITED ||
            item->status == LUMIGRATE_ITEM_PENDING);
}

/* What was edited, and how. */
static int put_differences(lm_app *app, lumigrate *lm,
                           const lumigrate_report *r)
{
    lm_str *to = &app->out.text;
    int rc = LUMIGRATE_OK;
    char *text;
    long i;

    for (i = 0; i < r->count && rc == LUMIGRATE_OK; i++) {
        if (!has_changed(&r->items[i]))
            continue;
        rc = lumigrate_difference(lm, r->items[i].id, &text);
        if (rc != LUMIGRATE_OK)
            break;
        lm_str_puts(to, "  ");
        lm_words_text(to, r->items[i].id);
        lm_str_puts(to, text == NULL ? ": what was applied is not known\n"
                    : *text == '\0' ? ": only ends of lines differ\n"
                    : ": what was applied (-) and the file (+)\n");
        if (text != NULL)
            put_difference(app, text);
        free(text);
    }
    return rc;
}

static void put_report(lm_app *app, const lumigrate_report *r)
{
    lm_table table = {.columns = 8};
    lm_str *to = &app->out.text;
    long i;

    lm_words_text(to, r->database);
    lm_str_puts(to, r->exists ? "\n"
                              : " does not exist yet: nothing is applied\n");
    for (i = 0; i < r->count; i++)
        put_item(app, &table, &r->items[i]);
    lm_table_print(&table, &app->out, 2);
    put_summary(to, r);
    lm_table_clear(&table);
}

static int show(lm_app *app, lumigrate *lm, const lumigrate_report *r)
{
    int rc = LUMIGRATE_OK;

    put_report(app, r);
    if (app->settings.verbose)
        rc = put_differences(app, lm, r);
    if (rc != LUMIGRATE_OK)
        lm_app_fail(app, lumigrate_errinfo(lm));
    return rc;
}

static int run(lm_app *app)
{
    lumigrate_report *r = NULL;
    lumigrate *lm;
    long i;
    int rc = lm_app_open(app, NULL, &lm);

    if (rc != LUMIGRATE_OK)
        return rc;
    rc = lumigrate_status(lm, &r);
    if (rc != LUMIGRATE_OK)
        lm_app_fail(app, lumigrate_errinfo(lm));
    for (i = 0; rc == LUMIGRATE_OK && i < r->warning_count; i++)
        lm_app_warn(app, NULL, r->warnings[i]);
    if (rc == LUMIGRATE_OK && app->settings.format != LM_TEXT)
        write_json(app, r, NULL);
    else if (rc == LUMIGRATE_OK && !app->settings.quiet)
        rc = show(app, lm, r);
    lumigrate_report_free(r);
    lumigrate_close(lm);
    return rc;
}

const lm_command lm_cmd_status = {
    .name = "status",
    .arguments = "",
    .aliases = {"list", "info"},
    .help = "a line for each migration: applied, pending, edited, …",
    .more = "Creates and changes nothing. -v adds kind, file, description,\n"
            "and how what was edited differs from what was applied.",
    .example = "lumigrate status --database data/app.db --json",
    .run = run,
    .fail = fail,
};
