/* SPDX-License-Identifier: MIT */
/* Reports: what lumigrate_status, _check, _wait and _history give. */
#include <stdlib.h>
#include <string.h>

#include "core/alien.h"
#include "handle.h"

/* A report and everything that it points to. */
typedef struct owned_report {
    lumigrate_report shown;     /* first: it is what the caller holds */
    lm_arena strings;
    lumigrate_item *items;
    const char **warnings, **problems;
} owned_report;

typedef struct owned_log {
    lumigrate_log shown;        /* first, likewise */
    lm_arena strings;
    lumigrate_attempt *attempts;
} owned_log;

/* A copy of s; NULL stays NULL. *ok becomes false without memory. */
static const char *copy(lm_arena *arena, const char *s, bool *ok)
{
    const char *kept;

    if (s == NULL)
        return NULL;
    kept = lm_arena_add(arena, s, strlen(s));
    if (kept == NULL)
        *ok = false;
    return kept;
}

static int public_status(lm_status s)
{
    switch (s) {
    case LM_STATUS_APPLIED: return LUMIGRATE_ITEM_APPLIED;
    case LM_STATUS_PENDING: return LUMIGRATE_ITEM_PENDING;
    case LM_STATUS_EDITED: return LUMIGRATE_ITEM_EDITED;
    case LM_STATUS_MISSING: return LUMIGRATE_ITEM_MISSING;
    case LM_STATUS_OUT_OF_ORDER: return LUMIGRATE_ITEM_OUT_OF_ORDER;
    case LM_STATUS_FAILED: return LUMIGRATE_ITEM_FAILED;
    case LM_STATUS_PARTIAL: return LUMIGRATE_ITEM_PARTIAL;
    }
    return 0;
}

/* "" of a column that was completed means that nothing is known. */
static const char *known(const char *s)
{
    return s == NULL || s[0] == '\0' ? NULL : s;
}

static bool fill_item(lm_arena *a, const lm_step *step, lumigrate_item *out)
{
    const lm_source *source = step->source;
    const lm_applied *applied = step->applied;
    bool ok = true;

    memset(out, 0, sizeof *out);
    out->id = copy(a, source != NULL ? source->id : applied->id, &ok);
    out->status = public_status(step->status);
    out->duration_ms = -1;
    if (source != NULL) {
        out->file = copy(a, source->file, &ok);
        out->kind = copy(a, source->kind, &ok);
        out->description = copy(a, source->description, &ok);
        out->checksum = copy(a, source->checksum, &ok);
    } else {
        out->description = copy(a, applied->description, &ok);
        out->checksum = copy(a, known(applied->checksum), &ok);
    }
    if (applied != NULL) {
        out->applied_at = copy(a, applied->applied_at, &ok);
        out->effect = copy(a, applied->effect, &ok);
        out->duration_ms = applied->duration_ms;
    }
    return ok;
}

static const char *last_applied(const lm_ledger *ledger)
{
    const lm_applied *last = NULL;
    size_t i;

    for (i = 0; i < ledger->count; i++)
        if (last == NULL || ledger->rows[i].position > last->position)
            last = &ledger->rows[i];
    return last == NULL ? NULL : last->id;
}

static int state_of(const lm_schedule *schedule)
{
    if (schedule->ahead)
        return LUMIGRATE_STATE_AHEAD;
    if (schedule->mismatch)
        return LUMIGRATE_STATE_MISMATCH;
    return schedule->pending > 0 ? LUMIGRATE_STATE_PENDING
                                 : LUMIGRATE_STATE_CURRENT;
}

static bool fill_report(owned_report *r, lumigrate *lm,
                        const lm_schedule *schedule, bool found)
{
    const lm_session *s = &lm->session;
    bool ok = true;
    size_t i;

    r->items = calloc(schedule->count + 1, sizeof *r->items);
    r->warnings = calloc(schedule->warning_count + 1, sizeof *r->warnings);
    if (r->items == NULL || r->warnings == NULL)
        return false;
    for (i = 0; i < schedule->count && ok; i++)
        ok = fill_item(&r->strings, &schedule->steps[i], &r->items[i]);
    for (i = 0; i < schedule->warning_count && ok; i++)
        r->warnings[i] = copy(&r->strings, schedule->warnings[i].text, &ok);
    r->shown.database = copy(&r->strings, s->path, &ok);
    r->shown.exists = found;
    r->shown.state = state_of(schedule);
    r->shown.applied = (long)schedule->applied;
    r->shown.pending = (long)schedule->pending;
    r->shown.count = (long)schedule->count;
    r->shown.items = r->items;
    r->shown.current = copy(&r->strings, last_applied(s->ledger), &ok);
    r->shown.warning_count = (long)schedule->warning_count;
    r->shown.warnings = r->warnings;
    r->shown.schema_valid = -1;
    return ok;
}

void lumigrate_report_free(lumigrate_report *report)
{
    owned_report *r = (owned_report *)report;

    if (r == NULL)
        return;
    lm_arena_clear(&r->strings);
    free(r->items);
    free(r->warnings);
    free(r->problems);
    free(r);
}

static int build_report(lumigrate *lm, const lm_schedule *schedule,
                        bool found, lumigrate_report **out)
{
    owned_report *r = calloc(1, sizeof *r);

    if (r == NULL || !fill_report(r, lm, schedule, found)) {
        lumigrate_report_free((lumigrate_report *)r);
        return lm_err_nomem(&lm->err);
    }
    *out = &r->shown;
    return LM_OK;
}

int lm_report_new(lumigrate *lm, lumigrate_report **out)
{
    lm_session *s = &lm->session;
    lm_schedule schedule = {0};
    lm_folder folder = {0};
    bool found = false;
    int rc = lm_folder_read(s->folder, &s->engines, &lm->err, &folder);

    if (rc == LM_OK)
        rc = lm_session_open(s, LM_DB_READ, &found);
    if (rc == LM_OK && found)
        rc = lm_ledger_look(s->ledger, s->db);
    if (rc == LM_OK && found)
        rc = lm_ledger_look_closer(s->ledger, s->db);
    if (rc == LM_OK)
        rc = lm_schedule_make(&folder, s->ledger, &s->rules, false, &lm->err,
                              &schedule);
    if (rc == LM_OK)
        rc = lm_alien_note(s, &schedule);
    if (rc == LM_OK)
        rc = build_report(lm, &schedule, found, out);
    lm_schedule_clear(&schedule);
    lm_folder_clear(&folder);
    return rc;
}

static const char *word_of(int code)
{
    return code == LM_OK ? "ready" : code == LM_EPENDING ? "pending"
                                                         : "error";
}

static bool fill_readiness(owned_report *r, const lm_ready *ready)
{
    const lm_sources *all = &ready->folder.sources;
    bool ok = true;
    size_t i;

    r->problems = calloc(ready->problem_count + 1, sizeof *r->problems);
    if (r->problems == NULL)
        return false;
    for (i = 0; i < ready->problem_count && ok; i++)
        r->problems[i] = copy(&r->strings, ready->problems[i], &ok);
    r->shown.problems = r->problems;
    r->shown.problem_count = (long)ready->problem_count;
    r->shown.status = word_of(ready->code);
    r->shown.schema_valid = ready->valid;
    r->shown.latest = copy(&r->strings, all->list[all->count - 1].id, &ok);
    return ok;
}

int lm_readiness_new(lumigrate *lm, const lm_ready *ready,
                     lumigrate_report **out)
{
    int rc = LM_OK;

    *out = NULL;
    if (ready->looked)
        rc = build_report(lm, &ready->schedule, ready->found, out);
    if (*out == NULL || fill_readiness((owned_report *)*out, ready))
        return rc;
    lumigrate_report_free(*out);
    *out = NULL;
    return lm_err_nomem(&lm->err);
}

static bool fill_attempt(lm_arena *a, const lm_attempt *from,
                         lumigrate_attempt *to)
{
    bool ok = true;

    to->seq = (long)from->seq;
    to->id = copy(a, from->id, &ok);
    to->action = copy(a, from->action, &ok);
    to->outcome = copy(a, from->outcome, &ok);
    to->error = copy(a, from->error, &ok);
    to->checksum = copy(a, from->checksum, &ok);
    to->started_at = copy(a, from->started_at, &ok);
    to->duration_ms = from->duration_ms;
    to->runner = copy(a, from->runner, &ok);
    to->sqlite = copy(a, from->sqlite, &ok);
    to->host = copy(a, from->host, &ok);
    to->user = copy(a, from->user, &ok);
    to->run_id = copy(a, from->run_id, &ok);
    to->repeats = (long)from->repeats;
    to->last_at = copy(a, from->last_at, &ok);
    return ok;
}

void lumigrate_log_free(lumigrate_log *log)
{
    owned_log *l = (owned_log *)log;

    if (l == NULL)
        return;
    lm_arena_clear(&l->strings);
    free(l->attempts);
    free(l);
}

static bool fill_log(owned_log *l, const lm_ledger *ledger)
{
    size_t i;

    l->attempts = calloc(ledger->attempt_count + 1, sizeof *l->attempts);
    if (l->attempts == NULL)
        return false;
    for (i = 0; i < ledger->attempt_count; i++)
        if (!fill_attempt(&l->strings, &ledger->attempts[i],
                          &l->attempts[i]))
            return false;
    l->shown.count = (long)ledger->attempt_count;
    l->shown.attempts = l->attempts;
    return true;
}

int lm_log_new(lumigrate *lm, lumigrate_log **out)
{
    lm_session *s = &lm->session;
    owned_log *l;
    bool found = false;
    int rc = lm_session_open(s, LM_DB_READ, &found);

    if (rc == LM_OK && found)
        rc = lm_ledger_look(s->ledger, s->db);
    if (rc == LM_OK && found)
        rc = lm_history_read(s->ledger, s->db);
    if (rc != LM_OK)
        return rc;
    l = calloc(1, sizeof *l);
    if (l == NULL || !fill_log(l, s->ledger)) {
        lumigrate_log_free((lumigrate_log *)l);
        return lm_err_nomem(&lm->err);
    }
    *out = &l->shown;
    return LM_OK;
}
