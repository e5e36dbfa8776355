/* SPDX-License-Identifier: MIT */
#include "app.h"
#include "changes_out.h"

typedef struct request {
    int how;
    const char *id;
} request;

static int refuse(lm_app *app, const char *what)
{
    lm_fault_set(&app->fault, LUMIGRATE_USAGE, "%s", what);
    lm_fault_hint(&app->fault, "lumigrate baseline ID records it and all "
                               "before it as applied; --all, --only ID and "
                               "--undo ID are the other ways");
    return LUMIGRATE_USAGE;
}

static int read_request(lm_app *app, request *out)
{
    const lm_value *v = app->settings.values;
    const char *id = app->arg_count > 0 ? app->args[0] : NULL;
    const char *only = v[LM_OPT_ONLY].text, *undo = v[LM_OPT_UNDO].text;
    bool all = app->settings.all;
    int n = (id != NULL) + all + (only != NULL) + (undo != NULL);

    if (n == 0)
        return refuse(app, "no migration is named");
    if (n > 1)
        return refuse(app, "an ID, --all, --only and --undo exclude each "
                           "other");
    out->how = all            ? LUMIGRATE_BASELINE_ALL
               : only != NULL ? LUMIGRATE_BASELINE_ONLY
               : undo != NULL ? LUMIGRATE_BASELINE_UNDO
                              : LUMIGRATE_BASELINE_UP_TO;
    out->id = only != NULL ? only : undo != NULL ? undo : id;
    return LUMIGRATE_OK;
}

static int run(lm_app *app)
{
    request asked = {0};
    int rc = read_request(app, &asked);

    return rc == LUMIGRATE_OK
               ? lm_changes_run(app, lumigrate_baseline, asked.how, asked.id)
               : rc;
}

static const lm_option options[] = {
    {.id = LM_OPT_ALL,
     .kind = LM_KIND_FLAG,
     .names = {"all"},
     .help = "every migration of the folder"},
    {.id = LM_OPT_ONLY,
     .kind = LM_KIND_TEXT,
     .names = {"only"},
     .value = "ID",
     .help = "this one, and none before it"},
    {.id = LM_OPT_UNDO,
     .kind = LM_KIND_TEXT,
     .names = {"undo"},
     .value = "ID",
     .help = "this one is recorded as applied no longer"},
    {.id = LM_OPT_COUNT},
};

const lm_command lm_cmd_baseline = {
    .name = "baseline",
    .arguments = "[ID]",
    .needs = "ID|--all|--only ID|--undo ID",
    .aliases = {"stamp", "mark", "fake"},
    .help = "record migrations as applied without running them",
    .more = "With ID: it and everything that sorts before it. What is\n"
            "recorded already stays as it is. No migration runs, and nothing\n"
            "but the tables of what is applied is written to.",
    .example = "lumigrate baseline 2026_01_28_add_email_to_users",
    .options = options,
    .most_arguments = 1,
    .run = run,
    .fail = lm_changes_fail,
};
