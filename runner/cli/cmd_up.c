/* SPDX-License-Identifier: MIT */
#include "app.h"
#include "copies.h"
#include "exec.h"
#include "migrate.h"

static int read_target(lm_app *app, lumigrate_target *target)
{
    target->to = app->settings.values[LM_OPT_TO].text;
    target->before = app->settings.values[LM_OPT_BEFORE].text;
    target->reapply_changed = app->settings.reapply;
    if ((app->arg_count > 0) + (target->to != NULL) +
            (target->before != NULL) > 1)
        lm_fault_set(&app->fault, LUMIGRATE_USAGE,
                     "a number, --to and --before exclude each other");
    lm_migrate_number(app, "to name a migration: --to ID", &target->count);
    return app->fault.code;
}

static int run(lm_app *app)
{
    lm_migrate m;
    int rc;

    lm_migrate_begin(&m, app, LM_RUN_UP);
    rc = lm_exec_check(app);
    if (rc == LUMIGRATE_OK)
        rc = read_target(app, &m.target);
    if (rc == LUMIGRATE_OK)
        rc = lm_copies_settings(app);
    if (rc == LUMIGRATE_OK)
        rc = lm_app_is_skipped(app) ? lm_migrate_skip(app, &m)
                                    : lm_migrate_run(app, &m);
    /* The child has done its part; the process that was started goes on. */
    app->become = rc == LUMIGRATE_OK && app->settings.exec &&
                  !m.supervisor.watched && app->child_status <= 0;
    lm_migrate_end(app, &m);
    return rc;
}

static const lm_option options[] = {
    {.id = LM_OPT_TO,
     .kind = LM_KIND_TEXT,
     .names = {"to"},
     .value = "ID",
     .help = "up to this migration, included"},
    {.id = LM_OPT_BEFORE,
     .kind = LM_KIND_TEXT,
     .names = {"before"},
     .value = "ID",
     .help = "up to this migration, not included"},
    {.id = LM_OPT_REAPPLY,
     .kind = LM_KIND_FLAG,
     .names = {"reapply-changed"},
     .help = "run again what was edited since it was applied"},
    {.id = LM_OPT_NO_CREATE,
     .kind = LM_KIND_FLAG,
     .names = {"no-create"},
     .help = "a database that is not there is an error, never made"},
    LM_COPIES_OPTIONS,
    {.id = LM_OPT_EXEC,
     .kind = LM_KIND_FLAG,
     .names = {"exec"},
     .value = "-- CMD …",
     .help = "then become this command, in the same process"},
    {.id = LM_OPT_COUNT},
};

const lm_command lm_cmd_up = {
    .name = "up",
    .arguments = "[N]",
    .aliases = {"migrate", "apply", "upgrade", "run", "latest", "deploy"},
    .help = "apply what is pending",
    .more = "With N, at most so many. Any number of processes may do this at\n"
            "once: each migration is applied exactly once. LUMIGRATE_SKIP=1\n"
            "in the environment: nothing is done.\n"
            "With --exec, when that went well (or was skipped), the process\n"
            "becomes CMD with its arguments; otherwise CMD never starts.\n"
            "What lumigrate says goes to standard error then.",
    .example = "lumigrate up --database data/app.db",
    .options = options,
    .most_arguments = 1,
    .run = run,
    .fail = lm_migrate_fail,
};
