/* SPDX-License-Identifier: MIT */
#include "app.h"
#include "json.h"
#include "signals.h"
#include "words.h"

static void write_json(lm_app *app, const char *restored, const char *aside,
                       const lumigrate_error *error)
{
    lm_json o;

    lm_json_new(&o);
    lm_json_bool(&o, "ok", error == NULL);
    lm_json_text(&o, "restored", restored);
    lm_json_text(&o, "aside", aside);
    lm_json_end(app, &o, error);
}

static void fail(lm_app *app, const lumigrate_error *error)
{
    write_json(app, NULL, NULL, error);
}

static void put_restored(lm_app *app, const char *file, const char *aside)
{
    lm_str *to = &app->out.text;

    lm_out_mark(&app->out, LM_MARK_DONE);
    lm_str_puts(to, " restored ");
    lm_words_text(to, file);
    lm_str_puts(to, " into ");
    lm_words_database(to, app->settings.config.database);
    lm_str_putc(to, '\n');
    if (aside == NULL)
        return;
    lm_out_mark(&app->out, LM_MARK_LOOK);
    lm_str_puts(to, " the database was damaged; it is kept as ");
    lm_words_text(to, aside);
    lm_str_putc(to, '\n');
}

static int restore(lm_app *app, lumigrate *lm)
{
    bool force = app->settings.force || app->settings.yes;
    const char *aside;
    int rc = lumigrate_restore(lm, app->args[0], force, &aside);

    if (rc != LUMIGRATE_OK)
        return lm_app_fail(app, lumigrate_errinfo(lm));
    if (app->settings.format != LM_TEXT)
        write_json(app, app->args[0], aside, NULL);
    else if (!app->settings.quiet)
        put_restored(app, app->args[0], aside);
    return rc;
}

static int run(lm_app *app)
{
    lumigrate *lm;
    int rc = LUMIGRATE_OK;

    if (app->arg_count == 0) {
        rc = lm_fault_set(&app->fault, LUMIGRATE_USAGE,
                          "no backup is named");
        lm_fault_hint(&app->fault, "lumigrate restore FILE");
    }
    if (rc == LUMIGRATE_OK)
        rc = lm_app_open(app, NULL, &lm);
    if (rc != LUMIGRATE_OK)
        return rc;
    lm_signals_begin(lm);
    rc = restore(app, lm);
    lm_signals_end();
    lumigrate_close(lm);
    return rc;
}

static const lm_option options[] = {
    {.id = LM_OPT_FORCE,
     .kind = LM_KIND_FLAG,
     .names = {"force"},
     .help = "also when it seems to be another database's backup"},
    {.id = LM_OPT_COUNT},
};

const lm_command lm_cmd_restore = {
    .name = "restore",
    .arguments = "FILE",
    .aliases = {NULL},
    .help = "a backup in the place of the database: all of it or nothing",
    .more = "The backup is verified first. It is refused while anybody uses\n"
            "the database, and when it seems to be another database's: with\n"
            "another application_id, without a migration that was applied to\n"
            "both at the same time, or without a table in common. A database\n"
            "that is damaged is put aside, not overwritten.",
    .example = "lumigrate restore data/app.db.20260128T093000.123Z.backup "
               "--database data/app.db",
    .options = options,
    .most_arguments = 1,
    .run = run,
    .fail = fail,
};
