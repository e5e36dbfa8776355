/* SPDX-License-Identifier: MIT */
#include "app.h"
#include "migrate.h"

static int run(lm_app *app)
{
    lm_migrate m;
    int rc;

    lm_migrate_begin(&m, app, LM_RUN_REDO);
    m.id = app->arg_count > 0 ? app->args[0] : NULL;
    rc = lm_app_is_skipped(app) ? lm_migrate_skip(app, &m)
                                : lm_migrate_run(app, &m);
    lm_migrate_end(app, &m);
    return rc;
}

const lm_command lm_cmd_redo = {
    .name = "redo",
    .arguments = "[ID]",
    .aliases = {NULL},
    .help = "revert a migration and apply its file as it is now",
    .more = "Without an ID, the one that was applied last. Its way down is\n"
            "that of the text that was applied; afterwards it is the last\n"
            "one in the order of application. For while you write it.",
    .example = "lumigrate redo --database data/app.db",
    .most_arguments = 1,
    .run = run,
    .fail = lm_migrate_fail,
};
