/* SPDX-License-Identifier: MIT */
#include "app.h"
#include "confirm.h"
#include "copies.h"
#include "migrate.h"
#include "words.h"

static bool ask(lm_app *app, long pending)
{
    lm_str question = {0};
    bool yes;

    lm_str_puts(&question, pending == 1 ? "Revert the one migration that is "
                                          "applied to "
                                        : "Revert all ");
    if (pending != 1) {
        lm_words_count(&question, pending);
        lm_str_puts(&question, " migrations that are applied to ");
    }
    lm_words_database(&question, app->settings.config.database);
    lm_str_putc(&question, '?');
    yes = lm_confirm(app, lm_str_text(&question));
    lm_str_clear(&question);
    return yes;
}

static int read_target(lm_app *app, lumigrate_target *target)
{
    const lm_settings *s = &app->settings;

    target->to = s->values[LM_OPT_TO].text;
    target->all = s->all;
    target->from_file = s->from_file;
    target->dry_run = s->dry_run;
    if ((app->arg_count > 0) + (target->to != NULL) + target->all > 1)
        lm_fault_set(&app->fault, LUMIGRATE_USAGE,
                     "a number, --to and --all exclude each other");
    lm_migrate_number(app, "to go back to a migration, which stays applied: "
                      "--to ID", &target->count);
    return app->fault.code;
}

static int check_all(lm_app *app)
{
    if (lm_confirm_can())
        return LUMIGRATE_OK;
    lm_fault_set(&app->fault, LUMIGRATE_USAGE,
                 "--all reverts everything, and there is nobody to ask");
    lm_fault_hint(&app->fault, "if that is meant: --all --yes");
    return LUMIGRATE_USAGE;
}

static int run(lm_app *app)
{
    lm_migrate m;
    int rc;

    lm_migrate_begin(&m, app, LM_RUN_DOWN);
    rc = read_target(app, &m.target);
    m.json.dry_run = m.target.dry_run;
    if (m.target.all && !m.target.dry_run && !app->settings.yes)
        m.allow = ask;
    if (rc == LUMIGRATE_OK && m.allow != NULL && !lm_app_is_skipped(app))
        rc = check_all(app);
    if (rc == LUMIGRATE_OK)
        rc = lm_copies_settings(app);
    if (rc == LUMIGRATE_OK)
        rc = lm_app_is_skipped(app) ? lm_migrate_skip(app, &m)
                                    : lm_migrate_run(app, &m);
    lm_migrate_end(app, &m);
    return rc;
}

static const lm_option options[] = {
    {.id = LM_OPT_TO,
     .kind = LM_KIND_TEXT,
     .names = {"to"},
     .value = "ID",
     .help = "back to this migration, which stays applied"},
    {.id = LM_OPT_ALL,
     .kind = LM_KIND_FLAG,
     .names = {"all"},
     .help = "everything; asks first, unless --yes is given"},
    {.id = LM_OPT_FROM_FILE,
     .kind = LM_KIND_FLAG,
     .names = {"from-file"},
     .help = "by the files as they are now, not as they were applied"},
    {.id = LM_OPT_DRY_RUN,
     .kind = LM_KIND_FLAG,
     .names = {"dry-run"},
     .help = "only say which migrations would be reverted"},
    LM_COPIES_OPTIONS,
    {.id = LM_OPT_COUNT},
};

const lm_command lm_cmd_down = {
    .name = "down",
    .arguments = "[N]",
    .aliases = {"rollback", "revert", "downgrade"},
    .help = "revert what was applied last",
    .more = "With N, so many: the newest first, in the order in which they\n"
            "were applied. What runs is the way down of the text that was\n"
            "applied, which the history keeps, also when the file was edited\n"
            "or deleted since. One without a way down is refused before\n"
            "anything is touched. LUMIGRATE_SKIP=1 in the environment:\n"
            "nothing is done.",
    .example = "lumigrate down --database data/app.db",
    .options = options,
    .most_arguments = 1,
    .run = run,
    .fail = lm_migrate_fail,
};
