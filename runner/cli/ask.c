/* SPDX-License-Identifier: MIT */
#include "ask.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int name_missing(lm_app *app, const lm_template *t)
{
    lm_str names = {0}, sets = {0};
    size_t i;

    for (i = 0; i < t->count; i++) {
        const lm_var *v = &t->vars[i];

        if (v->given || v->fallback != NULL)
            continue;
        lm_str_printf(&names, "%s%s (%s)", names.len > 0 ? ", " : "", v->name,
                      v->help[0] != '\0' ? v->help
                                         : lm_var_kind_name(v->kind));
        lm_str_printf(&sets, " --set %s=…", v->name);
    }
    lm_fault_set(&app->fault, LUMIGRATE_USAGE,
                 "the template %s needs a value for %s", t->name,
                 lm_str_text(&names));
    lm_fault_hint(&app->fault, "add%s", lm_str_text(&sets));
    lm_str_clear(&names);
    lm_str_clear(&sets);
    return LUMIGRATE_USAGE;
}

static bool can_ask(const lm_app *app)
{
    return app->settings.format == LM_TEXT && !app->settings.yes &&
           isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
}

static void say(lm_app *app, const char *text)
{
    lm_str_puts(&app->err.text, text);
    lm_out_flush(&app->err);
}

/* A wrong answer is told and asked for again; no answer is none. */
static int ask(lm_app *app, lm_template *t, const lm_var *v)
{
    char *line = NULL;
    size_t size = 0;
    ssize_t len;
    lm_str why = {0};

    do {
        why.len = 0;
        lm_str_printf(&app->err.text, "%s (%s%s%s): ", v->name,
                      lm_var_kind_name(v->kind),
                      v->help[0] != '\0' ? ", " : "", v->help);
        lm_out_flush(&app->err);
        len = getline(&line, &size, stdin);
        if (len > 0 && line[len - 1] == '\n')
            line[--len] = '\0';
        if (len >= 0 && lm_var_problem(v->kind, line, &why)) {
            lm_str_putc(&why, '\n');
            say(app, lm_str_text(&why));
        }
    } while (len >= 0 && why.len > 0);
    if (len < 0) {
        say(app, "\n");
        name_missing(app, t);
    } else {
        lm_template_set(t, v->name, line, &app->fault);
    }
    lm_str_clear(&why);
    free(line);
    return app->fault.code;
}

int lm_ask_missing(lm_app *app, lm_template *t)
{
    const lm_var *v;

    while ((v = lm_template_missing(t)) != NULL) {
        int rc = can_ask(app) ? ask(app, t, v) : name_missing(app, t);

        if (rc != LUMIGRATE_OK)
            return rc;
    }
    return LUMIGRATE_OK;
}
