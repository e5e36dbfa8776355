/* SPDX-License-Identifier: MIT */
#include "parse.h"

#include <stdlib.h>
#include <string.h>

#include "app.h"
#include "nearest.h"
#include "utf.h"
#include "words.h"

/* By its long name, or by its letter when there is one. */
static const lm_option *find_in(const lm_option *rows, const char *name,
                                size_t len, char letter)
{
    const char *n;
    size_t i;

    for (; rows != NULL && rows->names[0] != NULL; rows++) {
        if (letter != 0 && rows->letter == letter)
            return rows;
        for (i = 0; letter == 0 && i < LM_OPT_NAMES; i++) {
            n = rows->names[i];
            if (n != NULL && strlen(n) == len && strncmp(n, name, len) == 0)
                return rows;
        }
    }
    return NULL;
}

/* An option may stand before its command: until that is known, all count. A
 * command's own comes before one of every command's with its name. */
static const lm_option *find(const lm_command *command, const char *name,
                             size_t len, char letter)
{
    const lm_option *o = NULL;
    const lm_command *const *c;

    if (command != NULL)
        o = find_in(command->options, name, len, letter);
    if (o == NULL)
        o = find_in(lm_options_common(), name, len, letter);
    if (command != NULL)
        return o;
    for (c = lm_commands(); o == NULL && *c != NULL; c++)
        o = find_in((*c)->options, name, len, letter);
    return o;
}

static void try_names(lm_nearest *nearest, const lm_option *rows)
{
    size_t i;

    for (; rows != NULL && rows->names[0] != NULL; rows++)
        for (i = 0; i < LM_OPT_NAMES && rows->names[i] != NULL; i++)
            lm_nearest_try(nearest, rows->names[i]);
}

static int not_its_own(lm_app *app, const char *name)
{
    return lm_fault_set(&app->fault, LUMIGRATE_USAGE,
                        "\"%s\" has no option --%s", app->command->name, name);
}

static int unknown_option(lm_app *app, const char *arg)
{
    const char *name = arg + strspn(arg, "-");
    size_t len = strcspn(name, "=");
    const lm_option *other = find(NULL, name, len, 0);
    const lm_command *const *c;
    lm_nearest nearest;
    lm_str shown = {0};
    int rc;

    if (other != NULL && name - arg == 2)
        return not_its_own(app, other->names[0]);
    lm_words_cut(&shown, arg, (size_t)(name - arg) + len, 60);
    rc = lm_fault_set(&app->fault, LUMIGRATE_USAGE, "unknown option %s",
                      lm_str_text(&shown));
    lm_str_clear(&shown);
    lm_nearest_begin(&nearest, name, len);
    try_names(&nearest, lm_options_common());
    for (c = lm_commands(); *c != NULL; c++)
        if (app->command == NULL || app->command == *c)
            try_names(&nearest, (*c)->options);
    if (lm_nearest_end(&nearest) != NULL)
        lm_fault_hint(&app->fault, "did you mean --%s?",
                      lm_nearest_end(&nearest));
    else
        lm_fault_hint(&app->fault, "\"lumigrate help%s%s\" lists them",
                      app->command != NULL ? " " : "",
                      app->command != NULL ? app->command->name : "");
    return rc;
}

/* An option that may come again: all of its values. */
static void keep(lm_app *app, const char *text)
{
    lm_settings *s = &app->settings;
    const char **grown =
        realloc(s->sets, (s->set_count + 1) * sizeof *grown);

    if (grown == NULL) {
        lm_fault_set(&app->fault, LUMIGRATE_NOMEM, "out of memory");
        return;
    }
    s->sets = grown;
    grown[s->set_count++] = text;
}

static void take(lm_app *app, const lm_option *o, const char *text)
{
    lm_value *value = &app->settings.values[o->id];

    if (o->kind == LM_KIND_LIST)
        keep(app, text);
    value->text = text;
    value->origin = LM_FROM_OPTION;
    value->name = o->names[0];
}

/* -1 and -0.5 are numbers, - is a name: only the rest looks like an option. */
static bool is_option(const char *arg)
{
    return arg[0] == '-' && arg[1] != '\0' &&
           !(arg[1] >= '0' && arg[1] <= '9') && arg[1] != '.';
}

/*
 * The value that is the next word. One that looks like an option is more
 * likely a value that was forgotten; `--name=value` says that it is not.
 */
static int take_next(lm_app *app, const lm_option *o, char ***next)
{
    if (**next == NULL || is_option(**next)) {
        lm_fault_set(&app->fault, LUMIGRATE_USAGE, "--%s needs a value",
                     o->names[0]);
        lm_fault_hint(&app->fault, "--%s %s, or --%s=%s", o->names[0],
                      o->value, o->names[0], o->value);
        return LUMIGRATE_USAGE;
    }
    take(app, o, **next);
    (*next)++;
    return app->fault.code;
}

static int parse_long(lm_app *app, const char *arg, char ***next)
{
    const char *name = arg + 2;
    size_t len = strcspn(name, "=");
    const lm_option *o = find(app->command, name, len, 0);

    if (o == NULL)
        return unknown_option(app, arg);
    if (name[len] == '=')
        take(app, o, name + len + 1);
    else if (lm_options_takes(o))
        return take_next(app, o, next);
    else
        take(app, o, o->kind == LM_KIND_OPTIONAL ? "" : "yes");
    return app->fault.code;
}

static int unknown_letter(lm_app *app, const char *letter)
{
    unsigned long code;
    size_t n = lm_utf_next(letter, strlen(letter), &code);
    lm_str shown = {0};
    int rc;

    lm_utf_show(&shown, letter, n > 0 ? n : 1);
    rc = lm_fault_set(&app->fault, LUMIGRATE_USAGE, "unknown option -%s",
                      lm_str_text(&shown));
    lm_fault_hint(&app->fault, "\"lumigrate help\" lists them");
    lm_str_clear(&shown);
    return rc;
}

/* -qy, -u app.db, -uapp.db */
static int parse_letters(lm_app *app, const char *arg, char ***next)
{
    const char *c;

    for (c = arg + 1; *c != '\0'; c++) {
        const lm_option *o = find(app->command, "", 0, *c);

        if (o == NULL)
            return unknown_letter(app, c);
        if (lm_options_takes(o)) {
            if (c[1] == '\0')
                return take_next(app, o, next);
            take(app, o, c + 1);
            return app->fault.code;
        }
        take(app, o, "yes");
    }
    return LUMIGRATE_OK;
}

/* A word that is no option: the command first, then its arguments. */
static int take_word(lm_app *app, char *word)
{
    if (app->command != NULL) {
        app->args[app->arg_count++] = word;
        return LUMIGRATE_OK;
    }
    app->command = lm_command_find(word);
    return app->command != NULL ? LUMIGRATE_OK
                                : lm_command_unknown(&app->fault, word);
}

/* What follows -- is another program's. */
static bool takes_program(const lm_command *command)
{
    return command != NULL &&
           find_in(command->options, "exec", 4, 0) != NULL;
}

/* Options of single commands that came before another command's name. */
static int check_owner(lm_app *app)
{
    int id;

    for (id = LM_OPT_TO; id < LM_OPT_COUNT && app->command != NULL; id++) {
        const char *name = app->settings.values[id].name;

        if (name != NULL &&
            find_in(app->command->options, name, strlen(name), 0) == NULL)
            return not_its_own(app, name);
    }
    return LUMIGRATE_OK;
}

/* One of every command's that came before the name of a command which has one
 * of its own with that name. */
static void adopt(lm_app *app)
{
    const lm_option *o = app->command == NULL ? NULL : app->command->options;
    const lm_option *other;
    lm_value *values = app->settings.values;

    for (; o != NULL && o->names[0] != NULL; o++) {
        other = lm_options_named(lm_options_common(), o->names[0]);
        if (other == NULL || values[other->id].name == NULL)
            continue;
        if (values[o->id].name == NULL)
            values[o->id] = values[other->id];
        memset(&values[other->id], 0, sizeof values[other->id]);
    }
}

/* When the words are wrong, the answer still has the form that they ask for,
 * wherever they do, and names the database. */
static void take_rest(lm_app *app, char **next)
{
    while (*next != NULL && strcmp(*next, "--") != 0) {
        char *word = *next++;
        bool long_one = strncmp(word, "--", 2) == 0;
        const lm_option *o = word[0] != '-' ? NULL
            : long_one ? find(NULL, word + 2, strcspn(word + 2, "="), 0)
                       : find(NULL, "", 0, word[1]);

        if (o == NULL || (o->id != LM_OPT_JSON && o->id != LM_OPT_JSONL &&
                          o->id != LM_OPT_DATABASE))
            continue;
        if (long_one)
            parse_long(app, word, &next);
        else
            parse_letters(app, word, &next);
    }
}

int lm_parse(lm_app *app, int argc, char **argv)
{
    char **next = argv + (argc > 0);
    bool words_only = false;
    int rc = LUMIGRATE_OK;

    app->args = argv;
    while (rc == LUMIGRATE_OK && *next != NULL) {
        char *word = *next++;

        if (words_only || !is_option(word))
            rc = take_word(app, word);
        else if (strcmp(word, "--") != 0)
            rc = word[1] == '-' ? parse_long(app, word, &next)
                                : parse_letters(app, word, &next);
        else if (!takes_program(app->command))
            words_only = true;
        else {
            app->program = next;
            break;
        }
    }
    if (rc != LUMIGRATE_OK)
        take_rest(app, next);
    adopt(app);
    return rc == LUMIGRATE_OK ? check_owner(app) : rc;
}
