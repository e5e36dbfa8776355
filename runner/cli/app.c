/* SPDX-License-Identifier: MIT */
#include "app.h"

#include <string.h>

#include "error_out.h"
#include "json.h"
#include "words.h"

lm_out *lm_app_people(lm_app *app)
{
    return app->settings.format == LM_TEXT && !app->settings.exec
               ? &app->out
               : &app->err;
}

/* Does the text name it already, as a word of its own? */
static bool names(const char *text, const char *id)
{
    static const char part[] = "abcdefghijklmnopqrstuvwxyz"
                               "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
    const char *at = *id != '\0' ? strstr(text, id) : NULL;

    for (; at != NULL; at = strstr(at + 1, id)) {
        const char *end = at + strlen(id);

        if ((at == text || strchr(part, at[-1]) == NULL) &&
            (*end == '\0' || strchr(part, *end) == NULL))
            return true;
    }
    return false;
}

void lm_app_warn(lm_app *app, const char *id, const char *text)
{
    lm_str *to = &app->err.text;

    lm_out_flush(&app->out);
    lm_str_puts(to, "lumigrate: ");
    lm_out_paint(&app->err, LM_YELLOW, "warning:");
    lm_str_putc(to, ' ');
    if (id != NULL && !names(text, id)) {
        lm_words_text(to, id);
        lm_str_puts(to, ": ");
    }
    lm_words_text(to, text);
    lm_str_putc(to, '\n');
    lm_out_flush(&app->err);
}

/* What os.getenv answers: the environment, then .env. */
static const char *get_variable(void *user, const char *name)
{
    const lm_app *app = user;

    return lm_settings_variable(&app->settings, name);
}

/* A handle that is not there has no error to ask for. */
static void report_open(lm_app *app, const lumigrate *lm, int rc)
{
    lumigrate_error none;

    if (lm != NULL) {
        lm_app_fail(app, lumigrate_errinfo(lm));
        return;
    }
    memset(&none, 0, sizeof none);
    none.code = rc;
    none.message =
        rc == LUMIGRATE_NOMEM ? "out of memory" : "SQLite is in use already";
    none.sql_offset = -1;
    lm_app_fail(app, &none);
}

int lm_app_open(lm_app *app, lumigrate_event_fn on_event, lumigrate **out)
{
    lumigrate_config config = app->settings.config;
    int rc;

    *out = NULL;
    if (config.database == NULL) {
        lm_fault_set(&app->fault, LUMIGRATE_USAGE, "no database is given");
        lm_fault_hint(&app->fault, "give one with --database PATH or in the "
                                   "environment: DATABASE_URL=PATH");
        return LUMIGRATE_USAGE;
    }
    config.on_event = on_event;
    config.user = app;
    config.getenv = get_variable;
    /* Nothing but migrating goes on in this process. */
    rc = lumigrate_dedicate(config.memory_limit > 0 ? config.memory_limit
                                                    : 512);
    if (rc == LUMIGRATE_OK)
        rc = lumigrate_open(out, &config);
    if (rc == LUMIGRATE_OK)
        return rc;
    report_open(app, *out, rc);
    lumigrate_close(*out);
    *out = NULL;
    return rc;
}

static void write_failure(lm_app *app, const lumigrate_error *error)
{
    lm_json o;

    lm_json_new(&o);
    lm_json_bool(&o, "ok", false);
    lm_json_end(app, &o, error);
}

int lm_app_fail(lm_app *app, const lumigrate_error *error)
{
    lm_out_flush(&app->out);
    lm_error_out(&app->err, error);
    lm_out_flush(&app->err);
    if (app->settings.format != LM_TEXT) {
        if (app->command != NULL && app->command->fail != NULL)
            app->command->fail(app, error);
        else
            write_failure(app, error);
    }
    return error->code;
}

int lm_app_fault(lm_app *app)
{
    lumigrate_error info = lm_fault_info(&app->fault);

    return lm_app_fail(app, &info);
}

void lm_app_misplaced(lm_app *app, const char *word)
{
    const char *folder = app->settings.values[LM_OPT_BACKUP].text;
    lm_str shown = {0};

    lm_words_cut(&shown, word, strlen(word), 60);
    if (app->settings.exec && app->program == NULL)
        lm_fault_hint(&app->fault, "to become that command: lumigrate %s "
                      "--exec -- CMD [ARGUMENT …]", app->command->name);
    else if (folder != NULL && *folder == '\0')
        lm_fault_hint(&app->fault, "the folder of --backup stands behind =, "
                      "as in --backup=%s", lm_str_text(&shown));
    lm_str_clear(&shown);
}

/* LUMIGRATE_SKIP=1; 0 and nothing are no. */
bool lm_app_is_skipped(const lm_app *app)
{
    const char *skip = lm_settings_variable(&app->settings, "LUMIGRATE_SKIP");

    return skip != NULL && *skip != '\0' && strcmp(skip, "0") != 0;
}

void lm_app_skip(lm_app *app)
{
    lm_out *out = lm_app_people(app);

    app->skipped = true;
    if (app->settings.quiet)
        return;
    lm_out_mark(out, LM_MARK_WAITS);
    lm_str_puts(&out->text, " LUMIGRATE_SKIP is set: nothing was done\n");
    lm_out_flush(out);
}

void lm_app_clear(lm_app *app)
{
    lm_settings_clear(&app->settings);
    lm_fault_clear(&app->fault);
    lm_out_clear(&app->out);
    lm_out_clear(&app->err);
}
