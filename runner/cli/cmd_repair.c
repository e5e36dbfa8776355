/* SPDX-License-Identifier: MIT */
#include "app.h"
#include "changes_out.h"

typedef struct request {
    int what;
    const char *id;
} request;

static int refuse(lm_app *app, const char *what)
{
    lm_fault_set(&app->fault, LUMIGRATE_USAGE, "%s", what);
    lm_fault_hint(&app->fault, "--accept ID for one that was edited, "
                               "--forget ID for one that is missing, "
                               "--restart ID for one that is partial; "
                               "lumigrate status shows which are");
    return LUMIGRATE_USAGE;
}

static int read_request(lm_app *app, request *out)
{
    const lm_value *v = app->settings.values;
    const char *accept = v[LM_OPT_ACCEPT].text;
    const char *forget = v[LM_OPT_FORGET].text;
    const char *restart = v[LM_OPT_RESTART].text;
    int n = (accept != NULL) + (forget != NULL) + (restart != NULL);

    if (n == 0)
        return refuse(app, "nothing is named that is to be put right");
    if (n > 1)
        return refuse(app, "--accept, --forget and --restart exclude each "
                           "other");
    out->what = accept != NULL   ? LUMIGRATE_REPAIR_ACCEPT
                : forget != NULL ? LUMIGRATE_REPAIR_FORGET
                                 : LUMIGRATE_REPAIR_RESTART;
    out->id = accept != NULL ? accept : forget != NULL ? forget : restart;
    return LUMIGRATE_OK;
}

static int run(lm_app *app)
{
    request asked = {0};
    int rc = read_request(app, &asked);

    return rc == LUMIGRATE_OK
               ? lm_changes_run(app, lumigrate_repair, asked.what, asked.id)
               : rc;
}

static const lm_option options[] = {
    {.id = LM_OPT_ACCEPT,
     .kind = LM_KIND_TEXT,
     .names = {"accept"},
     .value = "ID",
     .help = "it was edited after it was applied, and that is right"},
    {.id = LM_OPT_FORGET,
     .kind = LM_KIND_TEXT,
     .names = {"forget"},
     .value = "ID",
     .help = "its file is gone: it is applied no longer"},
    {.id = LM_OPT_RESTART,
     .kind = LM_KIND_TEXT,
     .names = {"restart"},
     .value = "ID",
     .help = "it is partial: forget that it was begun"},
    {.id = LM_OPT_COUNT},
};

const lm_command lm_cmd_repair = {
    .name = "repair",
    .arguments = "",
    .needs = "--accept ID|--forget ID|--restart ID",
    .aliases = {"resolve"},
    .help = "put the record of a migration right",
    .more = "One of the three, with its ID. No migration runs; the history\n"
            "keeps what was done.",
    .example = "lumigrate repair --accept 2026_01_28_add_email_to_users",
    .options = options,
    .run = run,
    .fail = lm_changes_fail,
};
