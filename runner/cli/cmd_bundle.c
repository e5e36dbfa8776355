/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "app.h"

/* What is bundled is a folder; the handle's database is not touched. */
static int run(lm_app *app)
{
    lumigrate_config *config = &app->settings.config;
    unsigned long len;
    lumigrate *lm;
    char *text;
    int rc;

    if (app->arg_count > 0)
        config->migrations = app->args[0];
    if (config->database == NULL)
        config->database = "unused.db";
    rc = lm_app_open(app, NULL, &lm);
    if (rc != LUMIGRATE_OK)
        return rc;
    rc = lumigrate_bundle(lm, app->settings.values[LM_OPT_NAME].text, &text,
                          &len);
    if (rc != LUMIGRATE_OK)
        lm_app_fail(app, lumigrate_errinfo(lm));
    else
        lm_str_add(&app->out.text, text, len);
    free(text);
    lumigrate_close(lm);
    return rc;
}

static const lm_option options[] = {
    {.id = LM_OPT_NAME,
     .kind = LM_KIND_TEXT,
     .names = {"name"},
     .value = "NAME",
     .fallback = "add_migrations",
     .help = "the C function that adds them"},
    {.id = LM_OPT_COUNT},
};

const lm_command lm_cmd_bundle = {
    .name = "bundle",
    .arguments = "[DIR]",
    .aliases = {NULL},
    .help = "the folder as a C file, to be compiled into a program",
    .more = "The file has one function, int add_migrations(lumigrate *),\n"
            "which adds all migrations and what lies in lib/. The program\n"
            "then needs no folder.",
    .example = "lumigrate bundle migrations >migrations.c",
    .options = options,
    .most_arguments = 1,
    .run = run,
};
