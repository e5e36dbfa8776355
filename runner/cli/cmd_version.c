/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "app.h"
#include "json.h"

/* "5.4.4" of "Lua 5.4.4". */
static const char *lua_number(void)
{
    const char *version = lumigrate_lua_version();

    return strncmp(version, "Lua ", 4) == 0 ? version + 4 : version;
}

static void write_json(lm_app *app, const lumigrate_error *error)
{
    lm_json o;

    lm_json_new(&o);
    lm_json_text(&o, "lumigrate", LUMIGRATE_VERSION);
    lm_json_text(&o, "sqlite", lumigrate_sqlite_version());
    lm_json_text(&o, "lua", lua_number());
    lm_json_end(app, &o, error);
}

static void fail(lm_app *app, const lumigrate_error *error)
{
    write_json(app, error);
}

static int run(lm_app *app)
{
    if (app->settings.format == LM_TEXT) {
        lm_str_printf(&app->out.text, "lumigrate %s (SQLite %s, Lua %s)\n",
                      LUMIGRATE_VERSION, lumigrate_sqlite_version(),
                      lua_number());
        return LUMIGRATE_OK;
    }
    write_json(app, NULL);
    return LUMIGRATE_OK;
}

const lm_command lm_cmd_version = {
    .name = "version",
    .arguments = "",
    .aliases = {NULL},
    .help = "the versions of lumigrate, SQLite and Lua",
    .example = "lumigrate version --json",
    .no_settings = true,
    .run = run,
    .fail = fail,
};
