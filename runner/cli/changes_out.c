/* SPDX-License-Identifier: MIT */
#include "changes_out.h"

#include <string.h>

#include "json.h"
#include "words.h"

static void put_event(lm_app *app, lm_mark mark, const char *before,
                      const char *text, const char *after)
{
    lm_out *out = lm_app_people(app);

    if (app->settings.quiet)
        return;
    lm_out_mark(out, mark);
    lm_str_printf(&out->text, " %s", before);
    if (text != NULL)
        lm_words_text(&out->text, text);
    lm_str_printf(&out->text, "%s\n", after);
    lm_out_flush(out);
}

int lm_changes_out_event(void *user, const lumigrate_event *e)
{
    lm_app *app = user;
    const char *table = app->settings.config.table;

    switch (e->type) {
    case LUMIGRATE_EVENT_CREATED:
        put_event(app, LM_MARK_DONE, "created ", e->text, "");
        break;
    case LUMIGRATE_EVENT_LEDGER:
        if (e->text != NULL)
            put_event(app, LM_MARK_DONE, "",
                      table != NULL ? table : "schema_migrations",
                      strcmp(e->text, "created") == 0
                          ? " table created"
                          : " table completed with lumigrate's columns");
        break;
    case LUMIGRATE_EVENT_WAITING:
        put_event(app, LM_MARK_WAITS, "waiting for another process", NULL,
                  "");
        break;
    case LUMIGRATE_EVENT_WARNING: lm_app_warn(app, e->id, e->text); break;
    default: break;
    }
    return 0;
}

/* ---- JSON ---- */

static void put_json(lm_json *o, const lumigrate_change *change)
{
    lm_json_object(o, NULL);
    lm_json_text(o, "id", change->id);
    lm_json_text(o, "status", change->what);
    lm_json_close(o);
}

static void write_json(lm_app *app, const lumigrate_changes *c,
                       const lumigrate_error *error)
{
    lm_json o;
    long i;

    lm_json_new(&o);
    lm_json_bool(&o, "ok", error == NULL);
    lm_json_count(&o, "written", c != NULL ? c->written : 0);
    lm_json_list(&o, "migrations");
    for (i = 0; c != NULL && i < c->count; i++)
        put_json(&o, &c->changes[i]);
    lm_json_close(&o);
    lm_json_end(app, &o, error);
}

/* ---- text ---- */

static const char *sentence(const char *what)
{
    if (strcmp(what, "recorded") == 0)
        return "recorded as applied, without running";
    if (strcmp(what, "removed") == 0)
        return "recorded as applied no longer";
    if (strcmp(what, "accepted") == 0)
        return "accepted as the file has it now";
    if (strcmp(what, "forgotten") == 0)
        return "forgotten: recorded as applied no longer";
    if (strcmp(what, "restarted") == 0)
        return "begins anew with the next up";
    return "nothing to change";
}

static void put_change(lm_app *app, const lumigrate_change *change)
{
    bool same = strcmp(change->what, "already") == 0;
    lm_str *to = &app->out.text;

    if (same && !app->settings.verbose)
        return;
    lm_out_mark(&app->out, same ? LM_MARK_WAITS : LM_MARK_DONE);
    lm_str_putc(to, ' ');
    lm_words_text(to, change->id);
    lm_str_printf(to, "   %s\n", sentence(change->what));
}

static void put_summary(lm_app *app, const lumigrate_changes *c)
{
    lm_str *to = &app->out.text;

    lm_out_mark(&app->out, LM_MARK_DONE);
    if (c->written == 0) {
        lm_str_puts(to, " Nothing to change: it is recorded so already\n");
        return;
    }
    lm_str_putc(to, ' ');
    lm_words_many(to, c->written, "record");
    lm_str_puts(to, " changed, no migration was run\n");
}

/* `error` is NULL when all went well, `c` otherwise. */
static void put_end(lm_app *app, const lumigrate_changes *c,
                    const lumigrate_error *error)
{
    long i;

    if (app->settings.format != LM_TEXT) {
        write_json(app, c, error);
        return;
    }
    if (c == NULL || app->settings.quiet)
        return;
    for (i = 0; i < c->count; i++)
        put_change(app, &c->changes[i]);
    put_summary(app, c);
}

int lm_changes_run(lm_app *app, lm_change_fn change, int how, const char *id)
{
    lumigrate_changes *changes = NULL;
    lumigrate *lm;
    int rc = lm_app_open(app, lm_changes_out_event, &lm);

    if (rc != LUMIGRATE_OK)
        return rc;
    rc = change(lm, how, id, &changes);
    if (rc != LUMIGRATE_OK)
        lm_app_fail(app, lumigrate_errinfo(lm));
    else
        put_end(app, changes, NULL);
    lumigrate_changes_free(changes);
    lumigrate_close(lm);
    return rc;
}

void lm_changes_fail(lm_app *app, const lumigrate_error *error)
{
    put_end(app, NULL, error);
}
