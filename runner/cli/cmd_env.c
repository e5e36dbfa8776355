/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "app.h"
#include "json.h"
#include "table.h"
#include "words.h"

/* Shown are what may come from the environment, and the file itself. */
static bool is_setting(const lm_option *o)
{
    return o->env[0] != NULL || o->id == LM_OPT_ENV_FILE;
}

/* As it may be seen: a database without its password. NULL: not set. */
static const char *shown_value(const lm_app *app, const lm_option *o,
                               lm_str *hidden)
{
    const char *text = app->settings.values[o->id].text;

    if (o->id == LM_OPT_ENV_FILE)
        return app->settings.dotenv_path;
    /* What nobody has set follows --strict. */
    if ((o->id == LM_OPT_OUT_OF_ORDER || o->id == LM_OPT_IF_AHEAD) &&
        app->settings.config.strict &&
        app->settings.values[o->id].origin == LM_FROM_DEFAULT)
        return "error";
    if (o->id != LM_OPT_DATABASE || text == NULL)
        return text;
    lm_words_database(hidden, text);
    return lm_str_text(hidden);
}

static void put_settings(lm_app *app)
{
    lm_table table = {.columns = 3};
    const lm_option *o;

    for (o = lm_options_common(); o->names[0] != NULL; o++) {
        lm_str hidden = {0}, origin = {0};
        const char *value;

        if (!is_setting(o))
            continue;
        value = shown_value(app, o, &hidden);
        lm_settings_origin(&app->settings, o->id, &origin);
        lm_table_row(&table, LM_MARK_NONE);
        lm_table_cell(&table, o->names[0]);
        lm_table_cell(&table, value != NULL ? value : "(none)");
        lm_table_cell(&table, lm_str_text(&origin));
        lm_str_clear(&hidden);
        lm_str_clear(&origin);
    }
    lm_table_print(&table, &app->out, 0);
    lm_table_clear(&table);
}

static void put_json(lm_json *json, const lm_app *app, const lm_option *o)
{
    const lm_value *v = &app->settings.values[o->id];
    static const char *const sources[] = {
        [LM_FROM_DEFAULT] = "default",
        [LM_FROM_OPTION] = "option",
        [LM_FROM_ENVIRONMENT] = "environment",
        [LM_FROM_DOTENV] = "env-file",
    };
    lm_str hidden = {0}, origin = {0};

    if (v->origin != LM_FROM_DEFAULT)
        lm_settings_origin(&app->settings, o->id, &origin);
    lm_json_object(json, NULL);
    lm_json_text(json, "name", o->names[0]);
    lm_json_text(json, "value", shown_value(app, o, &hidden));
    lm_json_text(json, "source", sources[v->origin]);
    lm_json_text(json, "from", origin.len > 0 ? lm_str_text(&origin) : NULL);
    lm_json_close(json);
    lm_str_clear(&hidden);
    lm_str_clear(&origin);
}

/* Of a failure: the same shape, nothing known. */
static void write_json(lm_app *app, const lumigrate_error *error)
{
    const lm_option *option;
    lm_json o;

    lm_json_new(&o);
    lm_json_list(&o, "settings");
    for (option = lm_options_common(); option->names[0] != NULL; option++)
        if (error == NULL && is_setting(option))
            put_json(&o, app, option);
    lm_json_close(&o);
    lm_json_end(app, &o, error);
}

static void fail(lm_app *app, const lumigrate_error *error)
{
    write_json(app, error);
}

static int run(lm_app *app)
{
    if (app->settings.format != LM_TEXT)
        write_json(app, NULL);
    else
        put_settings(app);
    return LUMIGRATE_OK;
}

const lm_command lm_cmd_env = {
    .name = "env",
    .arguments = "",
    .aliases = {NULL},
    .help = "the settings in force, and where each comes from",
    .more = "An option counts before the environment, the environment before\n"
            "the file .env, and that before the default. NAME_FILE names a\n"
            "file that holds the value of NAME. Passwords are not shown.",
    .example = "lumigrate env",
    .run = run,
    .fail = fail,
};
