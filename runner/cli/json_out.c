/* SPDX-License-Identifier: MIT */
#include "json_out.h"

#include <string.h>

#include "progress.h"

static int set_applied(json_t *o, const lumigrate_event *e)
{
    int bad = 0;

    bad |= lm_json_ms(o, "duration_ms", e->duration_ms);
    bad |= lm_json_text(o, "effect", e->effect);
    bad |= lm_json_count(o, "rows", e->rows);
    return bad;
}

/* ---- --json ---- */

static int add_ran(lm_json_out *j, const char *status,
                   const lumigrate_event *e)
{
    json_t *o = json_object();
    int bad = lm_json_text(o, "id", e->id);

    bad |= lm_json_text(o, "status", status);
    bad |= set_applied(o, e);
    if (j->ran == NULL)
        j->ran = json_array();
    return bad | json_array_append_new(j->ran, o);
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

static int set_discovered(json_t *o, const lumigrate_event *e)
{
    return lm_json_count(o, "found", e->found) |
           lm_json_count(o, "applied", e->applied) |
           lm_json_count(o, "pending", e->pending);
}

static int set_start(json_t *o, const lumigrate_event *e)
{
    return lm_json_text(o, "file", e->file) |
           lm_json_text(o, "description", e->description);
}

static int set_guard(json_t *o, const lumigrate_event *e)
{
    return lm_json_text(o, "call", e->text) |
           lm_json_bool(o, "answer", e->answer);
}

static int set_progress(json_t *o, const lumigrate_event *e)
{
    return lm_json_text(o, "label", e->text) |
           json_object_set_new(o, "done", json_real(e->done)) |
           json_object_set_new(
               o, "total", e->total >= 0 ? json_real(e->total) : json_null());
}

static int set_failed(json_t *o, const lumigrate_error *error)
{
    json_t *fields = lm_json_error(error);
    int bad = fields != NULL ? json_object_update(o, fields) : -1;

    json_decref(fields);
    return bad | lm_json_bool(o, "rolled_back", error->rolled_back);
}

/* What comes from a script has its length: it may hold a NUL. */
static int set_text(json_t *o, const char *key, const lumigrate_event *e)
{
    return lm_json_bytes(o, key, e->text, e->text_len);
}

static int set_fields(json_t *o, const lumigrate_event *e)
{
    switch (e->type) {
    case LUMIGRATE_EVENT_DISCOVERED: return set_discovered(o, e);
    case LUMIGRATE_EVENT_START:
    case LUMIGRATE_EVENT_CHOSEN: return set_start(o, e);
    case LUMIGRATE_EVENT_GUARD: return set_guard(o, e);
    case LUMIGRATE_EVENT_PROGRESS: return set_progress(o, e);
    case LUMIGRATE_EVENT_APPLIED:
    case LUMIGRATE_EVENT_REVERTED: return set_applied(o, e);
    case LUMIGRATE_EVENT_LOG:
        return lm_json_text(o, "level", e->level) | set_text(o, "text", e);
    case LUMIGRATE_EVENT_STATEMENT: return set_text(o, "sql", e);
    case LUMIGRATE_EVENT_PRINT: return set_text(o, "text", e);
    case LUMIGRATE_EVENT_FAILED:
        return lm_json_ms(o, "duration_ms", e->duration_ms) |
               (e->error != NULL ? set_failed(o, e->error) : 0);
    case LUMIGRATE_EVENT_WAITING:
    case LUMIGRATE_EVENT_SKIPPED: return 0;
    default: return lm_json_text(o, "text", e->text);
    }
}

static void write_event(lm_json_out *j, const lumigrate_event *e)
{
    const char *name = event_name(e->type);
    json_t *o;
    int bad;

    if (name == NULL)
        return;
    o = lm_json_new();
    bad = lm_json_text(o, "event", name);
    if (e->id != NULL)
        bad |= lm_json_text(o, "id", e->id);
    bad |= set_fields(o, e);
    lm_json_write(&j->app->out, lm_json_done(o, bad), LM_JSONL);
}

void lm_json_out_begin(lm_json_out *j, lm_app *app)
{
    memset(j, 0, sizeof *j);
    j->app = app;
    j->begun_ms = lm_progress_clock();
}

static int add_chosen(lm_json_out *j, const char *id)
{
    if (j->chosen == NULL)
        j->chosen = json_array();
    return lm_json_append(j->chosen, id, &j->lossy);
}

/* What an event says of a migration. */
static int note(lm_json_out *j, const lumigrate_event *e)
{
    switch (e->type) {
    case LUMIGRATE_EVENT_CHOSEN: return add_chosen(j, e->id);
    case LUMIGRATE_EVENT_APPLIED: return add_ran(j, "applied", e);
    case LUMIGRATE_EVENT_REVERTED:
        j->gone++;
        return add_ran(j, "reverted", e);
    case LUMIGRATE_EVENT_SKIPPED:
        j->gone++;
        return add_ran(j, "skipped", e);
    default: return 0;
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
    j->bad |= note(j, event);
}

/* ---- the end ---- */

static int set_failure(json_t *o, const lumigrate_error *error)
{
    json_t *failed = json_object();
    int bad = set_failed(failed, error);

    return bad | json_object_set_new(o, "failed", failed);
}

/* How many rows it changed is not in the ledger. */
void lm_json_out_ran(lm_json_out *j, const lumigrate_item *item)
{
    lumigrate_event e;

    memset(&e, 0, sizeof e);
    e.id = item->id;
    e.duration_ms = item->duration_ms;
    e.effect = item->effect;
    j->bad |= add_ran(j, "applied", &e);
}

void lm_json_out_went(lm_json_out *j, const lumigrate_attempt *attempt)
{
    lumigrate_event e;

    memset(&e, 0, sizeof e);
    e.id = attempt->id;
    e.duration_ms = attempt->duration_ms;
    j->gone++;
    j->bad |= add_ran(j, "reverted", &e);
}

/* What was to be reverted and is applied still. */
static int list_kept(lm_json_out *j, bool undone)
{
    size_t i = undone ? 0 : j->gone, n = json_array_size(j->chosen);
    int bad = 0;

    if (j->remaining == NULL)
        j->remaining = json_array();
    for (; i < n; i++)
        if (!j->failed_down || i != j->gone)
            bad |= json_array_append(j->remaining,
                                     json_array_get(j->chosen, i));
    return bad;
}

void lm_json_out_remains(lm_json_out *j, const char *id)
{
    if (j->remaining == NULL)
        j->remaining = json_array();
    j->bad |= lm_json_append(j->remaining, id, &j->lossy);
}

static int set_list(json_t *o, const char *key, json_t *list)
{
    return list != NULL ? json_object_set(o, key, list)
                        : json_object_set_new(o, key, json_array());
}

void lm_json_out_result(lm_json_out *j, const lumigrate_error *error)
{
    json_t *o = lm_json_new();
    bool undone = error != NULL && j->app->settings.config.transaction ==
                                       LUMIGRATE_TRANSACTION_ALL;
    int bad = j->bad;

    if (j->app->settings.format == LM_JSONL)
        bad |= lm_json_text(o, "event", "done");
    bad |= lm_json_bool(o, "ok", error == NULL);
    if (j->skipped)
        bad |= lm_json_bool(o, "skipped", true);
    if (j->dry_run)
        bad |= lm_json_bool(o, "dry_run", true);
    /* In one transaction all of it went when one failed. */
    if (undone && j->ran != NULL)
        bad |= json_array_clear(j->ran);
    if (j->chosen != NULL)
        bad |= list_kept(j, undone);
    bad |= set_list(o, "ran", j->ran);
    if (j->failed && error != NULL)
        bad |= set_failure(o, error);
    else
        bad |= json_object_set_new(o, "failed", json_null());
    bad |= set_list(o, "remaining", j->remaining);
    if (j->lossy)
        bad |= lm_json_bool(o, "lossy", true);
    bad |= lm_json_text(o, "backup", j->backup.len > 0
                        ? lm_str_text(&j->backup) : NULL);
    bad |= lm_json_ms(o, "waited_ms", j->waited_ms);
    bad |=
        lm_json_ms(o, "total_duration_ms", lm_progress_clock() - j->begun_ms);
    lm_json_end(j->app, o, bad, j->failed ? NULL : error);
}

void lm_json_out_clear(lm_json_out *j)
{
    json_decref(j->ran);
    json_decref(j->remaining);
    json_decref(j->chosen);
    lm_str_clear(&j->backup);
    j->ran = j->remaining = j->chosen = NULL;
}
