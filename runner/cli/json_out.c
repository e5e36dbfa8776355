/* SPDX-License-Identifier: MIT */
#include "json_out.h"

#include <string.h>

#include "progress.h"

static void set_applied(lm_json *o, const lumigrate_event *e)
{
    lm_json_ms(o, "duration_ms", e->duration_ms);
    lm_json_text(o, "effect", e->effect);
    lm_json_count(o, "rows", e->rows);
}

/* ---- --json ---- */

static void add_ran(lm_json_out *j, const char *status,
                    const lumigrate_event *e)
{
    lm_json *o = &j->ran;

    lm_json_object(o, NULL);
    lm_json_text(o, "id", e->id);
    lm_json_text(o, "status", status);
    set_applied(o, e);
    lm_json_close(o);
}

/* ---- --jsonl ---- */

static const char *event_name(int type)
{
    switch (type) {
    case LUMIGRATE_EVENT_CREATED: return "created";
    case LUMIGRATE_EVENT_LEDGER: return "ledger";
    case LUMIGRATE_EVENT_DISCOVERED: return "discovered";
    case LUMIGRATE_EVENT_BACKUP: return "backup";
    case LUMIGRATE_EVENT_WARNING: return "warning";
    case LUMIGRATE_EVENT_WAITING: return "waiting";
    case LUMIGRATE_EVENT_START: return "start";
    case LUMIGRATE_EVENT_STATEMENT: return "statement";
    case LUMIGRATE_EVENT_GUARD: return "guard";
    case LUMIGRATE_EVENT_PRINT: return "print";
    case LUMIGRATE_EVENT_LOG: return "log";
    case LUMIGRATE_EVENT_PROGRESS: return "progress";
    case LUMIGRATE_EVENT_APPLIED: return "applied";
    case LUMIGRATE_EVENT_FAILED: return "failed";
    case LUMIGRATE_EVENT_CHOSEN: return "chosen";
    case LUMIGRATE_EVENT_REVERTED: return "reverted";
    case LUMIGRATE_EVENT_SKIPPED: return "skipped";
    default: return NULL;
    }
}

static void set_discovered(lm_json *o, const lumigrate_event *e)
{
    lm_json_count(o, "found", e->found);
    lm_json_count(o, "applied", e->applied);
    lm_json_count(o, "pending", e->pending);
}

static void set_start(lm_json *o, const lumigrate_event *e)
{
    lm_json_text(o, "file", e->file);
    lm_json_text(o, "description", e->description);
}

static void set_guard(lm_json *o, const lumigrate_event *e)
{
    lm_json_text(o, "call", e->text);
    lm_json_bool(o, "answer", e->answer);
}

static void set_progress(lm_json *o, const lumigrate_event *e)
{
    lm_json_text(o, "label", e->text);
    lm_json_number(o, "done", e->done);
    if (e->total >= 0)
        lm_json_number(o, "total", e->total);
    else
        lm_json_null(o, "total");
}

static void set_failed(lm_json *o, const lumigrate_error *error)
{
    lm_json_error(o, error);
    lm_json_bool(o, "rolled_back", error->rolled_back);
}

/* What comes from a script has its length: it may hold a NUL. */
static void set_text(lm_json *o, const char *key, const lumigrate_event *e)
{
    lm_json_bytes(o, key, e->text, e->text_len);
}

static void set_fields(lm_json *o, const lumigrate_event *e)
{
    switch (e->type) {
    case LUMIGRATE_EVENT_DISCOVERED: set_discovered(o, e); break;
    case LUMIGRATE_EVENT_START:
    case LUMIGRATE_EVENT_CHOSEN: set_start(o, e); break;
    case LUMIGRATE_EVENT_GUARD: set_guard(o, e); break;
    case LUMIGRATE_EVENT_PROGRESS: set_progress(o, e); break;
    case LUMIGRATE_EVENT_APPLIED:
    case LUMIGRATE_EVENT_REVERTED: set_applied(o, e); break;
    case LUMIGRATE_EVENT_LOG:
        lm_json_text(o, "level", e->level);
        set_text(o, "text", e);
        break;
    case LUMIGRATE_EVENT_STATEMENT: set_text(o, "sql", e); break;
    case LUMIGRATE_EVENT_PRINT: set_text(o, "text", e); break;
    case LUMIGRATE_EVENT_FAILED:
        lm_json_ms(o, "duration_ms", e->duration_ms);
        if (e->error != NULL)
            set_failed(o, e->error);
        break;
    case LUMIGRATE_EVENT_WAITING:
    case LUMIGRATE_EVENT_SKIPPED: break;
    default: lm_json_text(o, "text", e->text); break;
    }
}

static void write_event(lm_json_out *j, const lumigrate_event *e)
{
    const char *name = event_name(e->type);
    lm_json o;

    if (name == NULL)
        return;
    lm_json_new(&o);
    lm_json_text(&o, "event", name);
    if (e->id != NULL)
        lm_json_text(&o, "id", e->id);
    set_fields(&o, e);
    lm_json_write(&j->app->out, &o, LM_JSONL);
}

void lm_json_out_begin(lm_json_out *j, lm_app *app)
{
    memset(j, 0, sizeof *j);
    j->app = app;
    j->begun_ms = lm_progress_clock();
    if (app->settings.format == LM_TEXT)
        return;
    lm_json_list(&j->ran, NULL);
    lm_json_list(&j->remaining, NULL);
}

/* What an event says of a migration. */
static void note(lm_json_out *j, const lumigrate_event *e)
{
    switch (e->type) {
    case LUMIGRATE_EVENT_CHOSEN:
        lm_str_add(&j->chosen, e->id, strlen(e->id) + 1);
        break;
    case LUMIGRATE_EVENT_APPLIED: add_ran(j, "applied", e); break;
    case LUMIGRATE_EVENT_REVERTED:
        j->gone++;
        add_ran(j, "reverted", e);
        break;
    case LUMIGRATE_EVENT_SKIPPED:
        j->gone++;
        add_ran(j, "skipped", e);
        break;
    default: break;
    }
}

void lm_json_out_event(lm_json_out *j, const lumigrate_event *event)
{
    if (event->type == LUMIGRATE_EVENT_FAILED) {
        j->failed = true;
        j->failed_down = event->down;
    }
    if (event->type == LUMIGRATE_EVENT_BACKUP)
        lm_str_puts(&j->backup, event->text);
    if (event->type == LUMIGRATE_EVENT_DONE)
        j->waited_ms = event->waited_ms;
    else if (j->app->settings.format == LM_JSONL)
        write_event(j, event);
    note(j, event);
}

/* ---- the end ---- */

/* How many rows it changed is not in the ledger. */
void lm_json_out_ran(lm_json_out *j, const lumigrate_item *item)
{
    lumigrate_event e;

    memset(&e, 0, sizeof e);
    e.id = item->id;
    e.duration_ms = item->duration_ms;
    e.effect = item->effect;
    add_ran(j, "applied", &e);
}

void lm_json_out_went(lm_json_out *j, const lumigrate_attempt *attempt)
{
    lumigrate_event e;

    memset(&e, 0, sizeof e);
    e.id = attempt->id;
    e.duration_ms = attempt->duration_ms;
    j->gone++;
    add_ran(j, "reverted", &e);
}

/* What was to be reverted and is applied still. */
static void list_kept(lm_json_out *j, bool undone)
{
    size_t at, i = 0, first = undone ? 0 : j->gone;
    const char *id;

    for (at = 0; at < j->chosen.len; at += strlen(id) + 1, i++) {
        id = j->chosen.data + at;
        if (i >= first && (!j->failed_down || i != j->gone))
            lm_json_out_remains(j, id);
    }
}

void lm_json_out_remains(lm_json_out *j, const char *id)
{
    lm_json_text(&j->remaining, NULL, id);
}

void lm_json_out_result(lm_json_out *j, const lumigrate_error *error)
{
    bool undone = error != NULL && j->app->settings.config.transaction ==
                                       LUMIGRATE_TRANSACTION_ALL;
    lm_json o;

    lm_json_new(&o);
    if (j->app->settings.format == LM_JSONL)
        lm_json_text(&o, "event", "done");
    lm_json_bool(&o, "ok", error == NULL);
    if (j->skipped)
        lm_json_bool(&o, "skipped", true);
    if (j->dry_run)
        lm_json_bool(&o, "dry_run", true);
    /* In one transaction all of it went when one failed. */
    if (undone)
        lm_json_clear(&j->ran);
    list_kept(j, undone);
    lm_json_put(&o, "ran", &j->ran);
    if (j->failed && error != NULL) {
        lm_json_object(&o, "failed");
        lm_json_text(&o, "id", error->id);
        set_failed(&o, error);
        lm_json_close(&o);
    } else {
        lm_json_null(&o, "failed");
    }
    lm_json_put(&o, "remaining", &j->remaining);
    lm_json_text(&o, "backup", j->backup.len > 0
                 ? lm_str_text(&j->backup) : NULL);
    lm_json_ms(&o, "waited_ms", j->waited_ms);
    lm_json_ms(&o, "total_duration_ms", lm_progress_clock() - j->begun_ms);
    o.text.failed |= j->chosen.failed | j->backup.failed;
    lm_json_end(j->app, &o, j->failed ? NULL : error);
}

void lm_json_out_clear(lm_json_out *j)
{
    lm_json_clear(&j->ran);
    lm_json_clear(&j->remaining);
    lm_str_clear(&j->chosen);
    lm_str_clear(&j->backup);
}
