/* SPDX-License-Identifier: MIT */
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

#include "app.h"
#include "copies.h"
#include "json.h"
#include "signals.h"
#include "words.h"

static void write_json(lm_app *app, const char *made, long long bytes,
                       const lumigrate_error *error)
{
    lm_json o;

    lm_json_new(&o);
    lm_json_bool(&o, "ok", error == NULL);
    lm_json_text(&o, "backup", made);
    if (bytes >= 0)
        lm_json_count(&o, "bytes", bytes);
    else
        lm_json_null(&o, "bytes");
    lm_json_end(app, &o, error);
}

static void fail(lm_app *app, const lumigrate_error *error)
{
    write_json(app, NULL, -1, error);
}

/* What --keep says; 0: nothing. */
static int read_keep(lm_app *app, long *keep)
{
    const char *text = app->settings.values[LM_OPT_KEEP].text;
    lm_str shown = {0};

    *keep = 0;
    if (text == NULL || lm_words_number(text, LONG_MAX, keep))
        return LUMIGRATE_OK;
    lm_words_cut(&shown, text, strlen(text), 60);
    lm_fault_set(&app->fault, LUMIGRATE_USAGE,
                 "--keep: \"%s\" is not a number of backups, 1 or more",
                 lm_str_text(&shown));
    lm_str_clear(&shown);
    return LUMIGRATE_USAGE;
}

int lm_copies_settings(lm_app *app)
{
    lumigrate_config *config = &app->settings.config;

    config->backup = app->settings.values[LM_OPT_BACKUP].text;
    if (config->backup == NULL &&
        app->settings.values[LM_OPT_KEEP].text != NULL) {
        lm_fault_set(&app->fault, LUMIGRATE_USAGE,
                     "--keep is about backups, and there is no --backup");
        return LUMIGRATE_USAGE;
    }
    return read_keep(app, &config->keep);
}

/* 12.0 MiB, as doctor has it */
static void put_bytes(lm_str *to, long long bytes)
{
    static const char *const units[] = {"KiB", "MiB", "GiB", "TiB"};
    double n = (double)bytes / 1024;
    size_t i = 0;

    while (n >= 1024 && i + 1 < sizeof units / sizeof *units) {
        n /= 1024;
        i++;
    }
    lm_str_printf(to, "%.1f %s", n, units[i]);
}

static void put_backup(lm_app *app, const char *made, long long bytes)
{
    lm_str *to = &app->out.text;

    lm_out_mark(&app->out, LM_MARK_DONE);
    lm_str_puts(to, " backup ");
    lm_words_text(to, made);
    lm_str_puts(to, ", ");
    put_bytes(to, bytes);
    lm_str_putc(to, '\n');
}

static int back_up(lm_app *app, lumigrate *lm, const lumigrate_copy *copy)
{
    const char *made;
    struct stat st;
    long long bytes = -1;
    int rc = lumigrate_backup(lm, copy, &made);

    if (rc != LUMIGRATE_OK)
        return lm_app_fail(app, lumigrate_errinfo(lm));
    if (stat(made, &st) == 0)
        bytes = (long long)st.st_size;
    if (app->settings.format != LM_TEXT)
        write_json(app, made, bytes, NULL);
    else if (!app->settings.quiet)
        put_backup(app, made, bytes);
    return rc;
}

static int run(lm_app *app)
{
    lumigrate_copy copy = {0};
    lumigrate *lm;
    int rc = read_keep(app, &copy.keep);

    copy.to = app->arg_count > 0 ? app->args[0] : NULL;
    copy.replace = app->settings.force || app->settings.yes;
    if (rc == LUMIGRATE_OK)
        rc = lm_app_open(app, NULL, &lm);
    if (rc != LUMIGRATE_OK)
        return rc;
    lm_signals_begin(lm);
    rc = back_up(app, lm, &copy);
    lm_signals_end();
    lumigrate_close(lm);
    return rc;
}

static const lm_option options[] = {
    {.id = LM_OPT_KEEP,
     .kind = LM_KIND_TEXT,
     .names = {"keep"},
     .value = "N",
     .help = "remove the oldest in the folder, but for so many"},
    {.id = LM_OPT_FORCE,
     .kind = LM_KIND_FLAG,
     .names = {"force"},
     .help = "also when FILE is there: it is replaced"},
    {.id = LM_OPT_COUNT},
};

const lm_command lm_cmd_backup = {
    .name = "backup",
    .arguments = "[FILE|DIR]",
    .aliases = {NULL},
    .help = "a verified copy of the database, while others use it",
    .more = "In a folder (the database's own without one) it is named by the\n"
            "time: app.db.20260128T093000.123Z.backup.",
    .example = "lumigrate backup backups/ --keep 7 --database data/app.db",
    .options = options,
    .most_arguments = 1,
    .run = run,
    .fail = fail,
};
