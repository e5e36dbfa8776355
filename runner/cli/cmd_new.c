/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "app.h"
#include "ask.h"
#include "draft.h"
#include "guess.h"
#include "json.h"
#include "shelf.h"
#include "words.h"

static void write_json(lm_app *app, const char *id, const char *path,
                       const lumigrate_error *error)
{
    lm_json o;

    lm_json_new(&o);
    lm_json_bool(&o, "ok", error == NULL);
    lm_json_text(&o, "id", id);
    lm_json_text(&o, "path", path);
    lm_json_end(app, &o, error);
}

static void fail(lm_app *app, const lumigrate_error *error)
{
    write_json(app, NULL, NULL, error);
}

static void print_path(lm_app *app, const lm_draft *d)
{
    if (app->settings.format == LM_TEXT) {
        lm_words_text(&app->out.text, lm_str_text(&d->path));
        lm_str_putc(&app->out.text, '\n');
    } else
        write_json(app, lm_str_text(&d->id), lm_str_text(&d->path), NULL);
}

/* --set NAME=VALUE, as often as there are variables. */
static int set_given(lm_app *app, lm_template *t)
{
    size_t i;
    int rc = LUMIGRATE_OK;

    for (i = 0; i < app->settings.set_count && rc == LUMIGRATE_OK; i++) {
        const char *text = app->settings.sets[i];
        size_t len = strcspn(text, "=");
        lm_str name = {0};

        lm_str_add(&name, text, len);
        if (text[len] == '=' && len > 0)
            rc = lm_template_set(t, lm_str_text(&name), text + len + 1,
                                 &app->fault);
        else
            rc = lm_fault_set(&app->fault, LUMIGRATE_USAGE,
                              "--set wants NAME=VALUE, as in "
                              "--set table=users");
        lm_str_clear(&name);
    }
    return rc;
}

/* What the name says holds where --set says nothing. */
static int set_guessed(lm_app *app, lm_template *t, const lm_guess_t *guess)
{
    int i, rc = LUMIGRATE_OK;

    if (guess->template == NULL || strcmp(guess->template, t->name) != 0)
        return rc;
    for (i = 0; i < LM_GUESS_VALUES && rc == LUMIGRATE_OK; i++) {
        const char *name = guess->names[i];
        const lm_var *v =
            name != NULL ? lm_template_find(t, name, strlen(name)) : NULL;

        if (v != NULL && !v->given)
            rc = lm_template_set(t, name, lm_str_text(&guess->values[i]),
                                 &app->fault);
    }
    return rc;
}

/* The template with a value for every variable. */
static int choose(lm_app *app, lm_str *path, lm_template *t)
{
    const char *given = app->settings.values[LM_OPT_TEMPLATE].text;
    const char *name;
    lm_guess_t guess;
    int rc;

    lm_guess(app->args[0], &guess);
    name = given != NULL            ? given
           : guess.template != NULL ? guess.template
                                    : "plain";
    rc = lm_shelf_load(app, name, app->settings.sql, path, t);
    if (rc == LUMIGRATE_OK)
        rc = set_given(app, t);
    if (rc == LUMIGRATE_OK)
        rc = set_guessed(app, t, &guess);
    if (rc == LUMIGRATE_OK)
        rc = lm_ask_missing(app, t);
    lm_guess_clear(&guess);
    return rc;
}

static int render(lm_app *app, lm_template *t, lm_draft *d)
{
    char date[sizeof d->date];
    lm_heading heading = {lm_str_text(&d->id), date,
                          lm_str_text(&d->sentence)};

    memcpy(date, d->date, sizeof date);
    date[4] = date[7] = '-';
    lm_template_render(t, &heading, &d->text);
    return d->text.failed ? lm_fault_set(&app->fault, LUMIGRATE_NOMEM,
                                         "out of memory")
                          : LUMIGRATE_OK;
}

static int run(lm_app *app)
{
    lm_template t;
    lm_draft d;
    lm_str path = {0};
    int rc;

    if (app->arg_count == 0) {
        lm_fault_set(&app->fault, LUMIGRATE_USAGE,
                     "\"new\" needs a name for the migration");
        lm_fault_hint(&app->fault, "lumigrate new add_email_to_users");
        return LUMIGRATE_USAGE;
    }
    memset(&t, 0, sizeof t);
    rc = lm_draft_name(app, app->args[0], app->settings.sql, &d);
    if (rc == LUMIGRATE_OK)
        rc = choose(app, &path, &t);
    if (rc == LUMIGRATE_OK)
        rc = render(app, &t, &d);
    if (rc == LUMIGRATE_OK && !app->settings.force)
        rc = lm_draft_check(app, &d);
    if (rc == LUMIGRATE_OK)
        rc = lm_draft_write(app, &d);
    if (rc == LUMIGRATE_OK)
        print_path(app, &d);
    lm_template_clear(&t);
    lm_draft_clear(&d);
    lm_str_clear(&path);
    return rc;
}

static const lm_option options[] = {
    {.id = LM_OPT_TEMPLATE,
     .kind = LM_KIND_TEXT,
     .letter = 't',
     .names = {"template"},
     .value = "NAME",
     .help = "what it begins as (what the name says, else plain)"},
    {.id = LM_OPT_SET,
     .kind = LM_KIND_LIST,
     .names = {"set"},
     .value = "NAME=VALUE",
     .help = "a variable of the template; once for each"},
    {.id = LM_OPT_SQL,
     .kind = LM_KIND_FLAG,
     .names = {"sql"},
     .help = "a SQL file instead of a script"},
    {.id = LM_OPT_DATE,
     .kind = LM_KIND_TEXT,
     .names = {"date"},
     .value = "YYYY-MM-DD",
     .help = "its day, instead of today's in UTC"},
    {.id = LM_OPT_FORCE,
     .kind = LM_KIND_FLAG,
     .names = {"force"},
     .help = "also when it sorts before an applied one, or --sql is refused"},
    {.id = LM_OPT_COUNT},
};

const lm_command lm_cmd_new = {
    .name = "new",
    .arguments = "NAME",
    .aliases = {"create", "add", "make"},
    .help = "write a new migration and print its path",
    .more = "Writes YYYY_MM_DD_words.lua into the folder of migrations, from\n"
            "a template. add_email_to_users, create_audit_log,\n"
            "drop_x_from_y and rename_x_to_y_in_z choose template and values\n"
            "by themselves. \"lumigrate templates\" lists templates and\n"
            "variables. A file that is there is never overwritten. --sql is\n"
            "refused in a folder of another tool's files.",
    .example = "lumigrate new add_email_to_users --set type=\"TEXT NOT NULL "
               "DEFAULT ''\"",
    .options = options,
    .most_arguments = 1,
    .run = run,
    .fail = fail,
};
