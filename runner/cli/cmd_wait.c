/* SPDX-License-Identifier: MIT */
#include <stddef.h>

#include "ready_out.h"

static int ask(lm_app *app, lumigrate *lm, lumigrate_report **out)
{
    return lumigrate_wait(lm, app->settings.wait_timeout, out);
}

static int run(lm_app *app)
{
    return lm_ready_run(app, ask);
}

static const lm_option options[] = {
    {.id = LM_OPT_WAIT_TIMEOUT,
     .kind = LM_KIND_SECONDS,
     .names = {"timeout"},
     .value = "S",
     .env = {"LUMIGRATE_WAIT_TIMEOUT"},
     .fallback = "0",
     .help = "seconds to wait; 0: for ever"},
    LM_READY_OPTIONS,
    {.id = LM_OPT_COUNT},
};

const lm_command lm_cmd_wait = {
    .name = "wait",
    .arguments = "",
    .aliases = {NULL},
    .help = "wait until check would say ready",
    .more = "Reads only. It waits for pending migrations, for a database or\n"
            "a folder of migrations that is not there or empty, for locks;\n"
            "what waiting does not mend ends it with the status of check.\n"
            "Exit status 5: not ready in time.",
    .example = "lumigrate wait --database data/app.db --timeout 60",
    .options = options,
    .run = run,
    .fail = lm_ready_fail,
};
