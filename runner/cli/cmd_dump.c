/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "app.h"
#include "json.h"

static void write_json(lm_app *app, const char *sql, size_t len,
                       const lumigrate_error *error)
{
    lm_json o;

    lm_json_new(&o);
    lm_json_bool(&o, "ok", error == NULL);
    lm_json_bytes(&o, "sql", sql, len);
    lm_json_end(app, &o, error);
}

static void fail(lm_app *app, const lumigrate_error *error)
{
    write_json(app, NULL, 0, error);
}

static int run(lm_app *app)
{
    unsigned long len;
    lumigrate *lm;
    char *sql;
    int rc = lm_app_open(app, NULL, &lm);

    if (rc != LUMIGRATE_OK)
        return rc;
    rc = lumigrate_dump(lm, &sql, &len);
    if (rc != LUMIGRATE_OK)
        lm_app_fail(app, lumigrate_errinfo(lm));
    else if (app->settings.format != LM_TEXT)
        write_json(app, sql, len, NULL);
    else
        lm_str_add(&app->out.text, sql, len);
    free(sql);
    lumigrate_close(lm);
    return rc;
}

const lm_command lm_cmd_dump = {
    .name = "dump",
    .arguments = "",
    .aliases = {NULL},
    .help = "the schema as SQL, with what is applied",
    .more = "Objects stand in the order in which they can be made; the same\n"
            "database gives the same text. \"load\" is the way back.",
    .example = "lumigrate dump --database data/app.db >schema.sql",
    .run = run,
    .fail = fail,
};
