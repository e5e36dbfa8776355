/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "app.h"
#include "json.h"
#include "signals.h"
#include "utf.h"
#include "words.h"

static const char *change_name(int change)
{
    switch (change) {
    case LUMIGRATE_ONLY_A: return "missing";
    case LUMIGRATE_ONLY_B: return "extra";
    default: return "different";
    }
}

/* ---- JSON ---- */

static void put_json(lm_json *o, const lumigrate_contrast *d)
{
    lm_json_object(o, NULL);
    lm_json_text(o, "kind", d->kind);
    lm_json_text(o, "name", d->name);
    lm_json_text(o, "change", change_name(d->change));
    lm_json_text(o, "a", d->a_sql);
    lm_json_text(o, "b", d->b_sql);
    lm_json_texts(o, "details", d->details, d->detail_count);
    lm_json_close(o);
}

static void write_json(lm_app *app, const lumigrate_comparison *c,
                       const lumigrate_error *error)
{
    lm_json o;
    long i;

    lm_json_new(&o);
    if (c != NULL)
        lm_json_bool(&o, "same", c->count == 0);
    else
        lm_json_null(&o, "same");
    lm_json_text(&o, "a", app->arg_count > 0 ? app->args[0] : NULL);
    lm_json_text(&o, "b", app->arg_count > 1 ? app->args[1] : NULL);
    lm_json_list(&o, "differences");
    for (i = 0; c != NULL && i < c->count; i++)
        put_json(&o, &c->differences[i]);
    lm_json_close(&o);
    lm_json_end(app, &o, error);
}

static void fail(lm_app *app, const lumigrate_error *error)
{
    write_json(app, NULL, error);
}

/* ---- text ---- */

static void put_side(lm_app *app, const char *letter, const char *sql)
{
    lm_str *to = &app->out.text;

    lm_str_printf(to, "    %s:\n", letter);
    lm_utf_lines(to, 6, sql, strlen(sql));
}

static void put_difference(lm_app *app, const lumigrate_contrast *d)
{
    lm_str *to = &app->out.text;
    long i;

    lm_out_mark(&app->out, d->change == LUMIGRATE_DIFFERENT ? LM_MARK_LOOK
                                                            : LM_MARK_FAILED);
    lm_str_printf(to, " %s ", d->kind);
    lm_words_text(to, d->name);
    if (d->change == LUMIGRATE_DIFFERENT) {
        lm_str_puts(to, " is different\n");
        for (i = 0; i < d->detail_count; i++) {
            lm_str_puts(to, "    ");
            lm_words_text(to, d->details[i]);
            lm_str_putc(to, '\n');
        }
    } else {
        lm_str_puts(to, " is only in ");
        lm_words_text(to, app->args[d->change == LUMIGRATE_ONLY_A ? 0 : 1]);
        lm_str_putc(to, '\n');
    }
    if (d->a_sql != NULL)
        put_side(app, "A", d->a_sql);
    if (d->b_sql != NULL)
        put_side(app, "B", d->b_sql);
}

static void put_comparison(lm_app *app, const lumigrate_comparison *c)
{
    lm_str *to = &app->out.text;
    long i;

    if (c->count == 0) {
        lm_out_mark(&app->out, LM_MARK_DONE);
        lm_str_puts(to, " the same schema\n");
        return;
    }
    lm_str_puts(to, "A: ");
    lm_words_text(to, app->args[0]);
    lm_str_puts(to, "\nB: ");
    lm_words_text(to, app->args[1]);
    lm_str_putc(to, '\n');
    for (i = 0; i < c->count; i++)
        put_difference(app, &c->differences[i]);
    lm_words_many(to, c->count, "difference");
    lm_str_putc(to, '\n');
}

static int compare(lm_app *app, lumigrate *lm)
{
    lumigrate_comparison *c;
    int rc = lumigrate_diff(lm, app->args[0], app->args[1], &c);

    if (rc != LUMIGRATE_OK)
        return lm_app_fail(app, lumigrate_errinfo(lm));
    if (app->settings.format != LM_TEXT)
        write_json(app, c, NULL);
    else if (!app->settings.quiet)
        put_comparison(app, c);
    rc = c->count > 0 ? LUMIGRATE_FAILED : LUMIGRATE_OK;
    lumigrate_comparison_free(c);
    return rc;
}

static int run(lm_app *app)
{
    lumigrate *lm;
    int rc = LUMIGRATE_OK;

    if (app->arg_count < 2) {
        rc = lm_fault_set(&app->fault, LUMIGRATE_USAGE,
                          "two things to compare are needed");
        lm_fault_hint(&app->fault, "lumigrate diff A B: databases, dumps or "
                                   "folders of migrations");
        return rc;
    }
    /* The handle's own database is not touched; both are named here. */
    app->settings.config.database = app->args[0];
    rc = lm_app_open(app, NULL, &lm);
    if (rc != LUMIGRATE_OK)
        return rc;
    lm_signals_begin(lm);
    rc = compare(app, lm);
    lm_signals_end();
    lumigrate_close(lm);
    return rc;
}

const lm_command lm_cmd_diff = {
    .name = "diff",
    .arguments = "A B",
    .aliases = {NULL},
    .help = "in what two schemas differ; exit status 1 when they do",
    .more = "Each is a database, a file that \"dump\" wrote, or a folder of\n"
            "migrations, which is run on an empty private database.\n"
            "Comments, blanks, quotes and the case of words do not count.",
    .example = "lumigrate diff migrations data/app.db",
    .most_arguments = 2,
    .run = run,
    .fail = fail,
};
