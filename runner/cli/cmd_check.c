/* SPDX-License-Identifier: MIT */
#include <stddef.h>

#include "ready_out.h"

static int ask(lm_app *app, lumigrate *lm, lumigrate_report **out)
{
    (void)app;
    return lumigrate_check(lm, out);
}

static int run(lm_app *app)
{
    return lm_ready_run(app, ask);
}

static const lm_option options[] = {
    {.id = LM_OPT_DEEP,
     .kind = LM_KIND_FLAG,
     .names = {"deep"},
     .help = "read all of the database: quick_check, foreign keys"},
    LM_READY_OPTIONS,
    {.id = LM_OPT_COUNT},
};

const lm_command lm_cmd_check = {
    .name = "check",
    .arguments = "",
    .aliases = {"ready", "validate"},
    .help = "for deployments: ready, pending or error",
    .more = "Reads only. Exit status 0: ready; 2: the settings are wrong, or\n"
            "the folder is not there, empty or cannot be read; 3: something\n"
            "is pending, or the database is not there; 4: two files with one\n"
            "ID, another tool's ledger, a view or trigger that does not\n"
            "compile, with --strict also what is edited or missing; 5: kept\n"
            "out by a writer for longer than --lock-timeout; 6: ahead, where\n"
            "that is an error; 7: damaged.",
    .example = "lumigrate check --database data/app.db --json",
    .options = options,
    .run = run,
    .fail = lm_ready_fail,
};
