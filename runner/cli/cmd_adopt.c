/* SPDX-License-Identifier: MIT */
#include "adopt_out.h"
#include "app.h"

static int run(lm_app *app)
{
    lumigrate_takeover options = {0};
    lumigrate_adoption *adoption = NULL;
    lm_adopt_out out;
    lumigrate *lm;
    int rc;

    lm_adopt_out_begin(&out, app);
    app->run = &out;
    rc = lm_app_open(app, lm_adopt_out_event, &lm);
    if (rc != LUMIGRATE_OK) {
        app->run = NULL;
        return rc;
    }
    options.from = app->settings.values[LM_OPT_FROM].text;
    options.dry_run = out.dry_run;
    options.rename = app->settings.rename;
    options.satisfied = out.asked;
    rc = lumigrate_adopt(lm, &options, &adoption);
    if (rc == LUMIGRATE_OK && lm_adopt_out_ask(&out, adoption)) {
        lumigrate_adoption_free(adoption);
        options.satisfied = 1;
        rc = lumigrate_adopt(lm, &options, &adoption);
    }
    if (rc != LUMIGRATE_OK)
        lm_app_fail(app, lumigrate_errinfo(lm));
    else
        lm_adopt_out_end(&out, adoption, NULL);
    lumigrate_adoption_free(adoption);
    lumigrate_close(lm);
    lm_adopt_out_clear(&out);
    app->run = NULL;
    return rc;
}

static void fail(lm_app *app, const lumigrate_error *error)
{
    lm_adopt_out none;

    lm_adopt_out_begin(&none, app);
    lm_adopt_out_end(app->run != NULL ? app->run : &none, NULL, error);
    lm_adopt_out_clear(&none);
}

static const lm_option options[] = {
    {.id = LM_OPT_FROM,
     .kind = LM_KIND_TEXT,
     .names = {"from"},
     .value = "TOOL",
     .help = "whose record: goose, dbmate, flyway, … (found out)"},
    {.id = LM_OPT_RENAME,
     .kind = LM_KIND_FLAG,
     .names = {"rename"},
     .help = "another tool's table that has our name becomes NAME_TOOL"},
    {.id = LM_OPT_DRY_RUN,
     .kind = LM_KIND_FLAG,
     .names = {"dry-run"},
     .help = "show what would be recorded, and change nothing"},
    {.id = LM_OPT_COUNT},
};

const lm_command lm_cmd_adopt = {
    .name = "adopt",
    .arguments = "",
    .aliases = {NULL},
    .help = "take over a database that another tool has managed",
    .more = "What the other tool's own table calls applied is recorded, with\n"
            "its times; up applies the rest. That table is only read. Where\n"
            "it is called schema_migrations itself, --table NAME (set\n"
            "LUMIGRATE_TABLE from then on) or --rename is needed.\n"
            "Without such a table each pending migration is tried on a\n"
            "private copy of the database: satisfied (all of it is there),\n"
            "needed, or in conflict. On a terminal it asks whether to record\n"
            "the satisfied ones; elsewhere -y does.\n"
            "TOOL: goose, dbmate, golang-migrate, sql-migrate, sqlx, diesel,\n"
            "prisma, drizzle, flyway, refinery, yoyo, knex, umzug, rails,\n"
            "ecto, wrangler, home-made, highest-version; or a table's name.",
    .example = "lumigrate adopt --database data/app.db --dry-run",
    .options = options,
    .run = run,
    .fail = fail,
};
