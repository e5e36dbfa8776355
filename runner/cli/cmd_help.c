/* SPDX-License-Identifier: MIT */
#include "cmd_help.h"

#include "table.h"

/* "-u, --database, --url URL_OR_PATH" */
static void put_option(lm_table *t, const lm_option *o)
{
    size_t i;
    lm_str left = {0}, right = {0};

    if (o->letter != 0)
        lm_str_printf(&left, "-%c", o->letter);
    else
        lm_str_pad(&left, 4);
    for (i = 0; i < LM_OPT_NAMES && o->names[i] != NULL; i++)
        lm_str_printf(&left, "%s--%s",
                      i == 0 && o->letter == 0 ? "" : ", ", o->names[i]);
    if (o->value != NULL)
        lm_str_printf(&left, o->kind == LM_KIND_OPTIONAL ? "[=%s]" : " %s",
                      o->value);
    lm_str_puts(&right, o->help);
    if (lm_options_takes(o) && o->fallback != NULL)
        lm_str_printf(&right, " (%s)", o->fallback);
    lm_table_row(t, LM_MARK_NONE);
    lm_table_cell(t, lm_str_text(&left));
    lm_table_cell(t, lm_str_text(&right));
    lm_str_clear(&left);
    lm_str_clear(&right);
}

/* All rows but those for which `own` has one of that name. */
static void put_options(lm_app *app, const lm_option *rows,
                        const lm_option *own)
{
    lm_table table = {.columns = 2};

    for (; rows->names[0] != NULL; rows++)
        if (lm_options_named(own, rows->names[0]) == NULL)
            put_option(&table, rows);
    lm_table_print(&table, &app->out, 2);
    lm_table_clear(&table);
}

static void put_commands(lm_app *app)
{
    lm_table table = {.columns = 2};
    const lm_command *const *c;

    for (c = lm_commands(); *c != NULL; c++) {
        lm_str name = {0};

        lm_str_puts(&name, (*c)->name);
        if ((*c)->arguments[0] != '\0')
            lm_str_printf(&name, " %s", (*c)->arguments);
        lm_table_row(&table, LM_MARK_NONE);
        lm_table_cell(&table, lm_str_text(&name));
        lm_table_cell(&table, (*c)->help);
        lm_str_clear(&name);
    }
    lm_table_print(&table, &app->out, 2);
    lm_table_clear(&table);
}

static void show_all(lm_app *app)
{
    lm_str *to = &app->out.text;

    lm_str_puts(to,
                "lumigrate - migrations for SQLite, written in Lua or SQL\n"
                "\n"
                "usage: lumigrate [options] COMMAND [arguments]\n"
                "\n"
                "commands:\n");
    put_commands(app);
    lm_str_puts(to, "\noptions (before or after the command):\n");
    put_options(app, lm_options_common(), NULL);
    lm_str_puts(
        to, "\n"
            "The environment has the same settings, LUMIGRATE_DATABASE (or\n"
            "DATABASE_URL), LUMIGRATE_MIGRATIONS and so on: see \"lumigrate "
            "env\".\n"
            "More about a command: lumigrate help COMMAND\n");
}

static void show_command(lm_app *app, const lm_command *c)
{
    lm_str *to = &app->out.text;
    size_t i;

    lm_command_usage(to, c);
    lm_str_putc(to, '\n');
    for (i = 0; i < LM_ALIASES && c->aliases[i] != NULL; i++)
        lm_str_printf(to, "%s%s", i == 0 ? "also: " : ", ", c->aliases[i]);
    lm_str_printf(to, "%s\n%s\n", i > 0 ? "\n" : "", c->help);
    if (c->more != NULL)
        lm_str_printf(to, "\n%s\n", c->more);
    if (c->options != NULL) {
        lm_str_printf(to, "\noptions of \"%s\":\n", c->name);
        put_options(app, c->options, NULL);
    }
    lm_str_puts(to, "\noptions of every command:\n");
    put_options(app, lm_options_common(), c->options);
    lm_str_printf(to, "\nexample:\n  %s\n", c->example);
}

void lm_help_show(lm_app *app, const lm_command *command)
{
    if (command == NULL)
        show_all(app);
    else
        show_command(app, command);
}

static int run(lm_app *app)
{
    const lm_command *command = NULL;

    if (app->arg_count > 0) {
        command = lm_command_find(app->args[0]);
        if (command == NULL)
            return lm_command_unknown(&app->fault, app->args[0]);
    }
    lm_help_show(app, command);
    return LUMIGRATE_OK;
}

const lm_command lm_cmd_help = {
    .name = "help",
    .arguments = "[COMMAND]",
    .aliases = {NULL},
    .help = "what there is, or what a command does",
    .example = "lumigrate help up",
    .most_arguments = 1,
    .no_settings = true,
    .run = run,
};
