/* SPDX-License-Identifier: MIT */
#include "app.h"
#include "json.h"
#include "words.h"

static void write_json(lm_app *app, const char *current,
                       const lumigrate_error *error)
{
    lm_json o;

    lm_json_new(&o);
    lm_json_text(&o, "current", current);
    lm_json_end(app, &o, error);
}

static void fail(lm_app *app, const lumigrate_error *error)
{
    write_json(app, NULL, error);
}

static void put_current(lm_app *app, const char *current)
{
    if (current != NULL) {
        lm_words_text(&app->out.text, current);
        lm_str_putc(&app->out.text, '\n');
    } else if (!app->settings.quiet) {
        lm_str_puts(&app->err.text, "no migration is applied\n");
    }
}

static int run(lm_app *app)
{
    lumigrate_report *report = NULL;
    lumigrate *lm;
    int rc = lm_app_open(app, NULL, &lm);

    if (rc != LUMIGRATE_OK)
        return rc;
    rc = lumigrate_status(lm, &report);
    if (rc != LUMIGRATE_OK)
        lm_app_fail(app, lumigrate_errinfo(lm));
    else if (app->settings.format != LM_TEXT)
        write_json(app, report->current, NULL);
    else
        put_current(app, report->current);
    lumigrate_report_free(report);
    lumigrate_close(lm);
    return rc;
}

const lm_command lm_cmd_current = {
    .name = "current",
    .arguments = "",
    .aliases = {"dbversion"},
    .help = "the migration that was applied last",
    .more = "Prints its ID, and nothing when none is applied.",
    .example = "lumigrate current --database data/app.db",
    .run = run,
    .fail = fail,
};
