/* SPDX-License-Identifier: MIT */
#include "up.h"

#include <string.h>

#include "../base/clock.h"
#include "alien.h"
#include "apply.h"
#include "backup.h"
#include "stage.h"

/* A run: what lm_up has found out so far. Once the first migration runs, the
 * ledger may be read anew, so that only sources and statuses of the schedule
 * are used from then on. */
typedef struct run {
    lm_session *s;
    lm_folder folder;
    lm_schedule schedule;
    size_t last;            /* steps before this one may be applied */
    size_t limit;           /* and so many of them */
    lm_outcome *outcome;
    double begun;
} run;

/* Is the step within the target? The limit counts what is pending (*n so
 * far); what runs every time does so as far as the run gets. */
static bool is_due(const run *r, const lm_step *step, size_t *n)
{
    return !lm_status_is_pending(step->status) || (*n)++ < r->limit;
}

static const char *widest_id(const run *r)
{
    const lm_step *step = r->schedule.steps;
    const char *id = NULL;
    size_t i, n = 0;

    for (i = 0; i < r->last; i++, step++) {
        if (!step->runs)
            continue;
        if (!is_due(r, step, &n))
            break;
        id = lm_stage_wider(id, step->source);
    }
    return id;
}

static void tell_found(run *r)
{
    lm_event event = {.type = LM_EVENT_DISCOVERED};

    event.text = widest_id(r);
    event.found = r->folder.sources.count;
    event.pending = r->schedule.pending;
    event.applied = event.found - event.pending;
    lm_session_emit(r->s, &event);
}

static void tell_warnings(run *r)
{
    const lm_warning *w;
    size_t i;

    for (i = 0; i < r->schedule.warning_count; i++) {
        w = &r->schedule.warnings[i];
        lm_session_warn(r->s, w->source, w->text);
    }
}

/* Is anything in the folder that is not in the ledger? */
static bool any_new(const run *r)
{
    const lm_sources *all = &r->folder.sources;
    size_t i;

    for (i = 0; i < all->count; i++)
        if (lm_ledger_find(r->s->ledger, all->list[i].id) == NULL)
            return true;
    return false;
}

/* Compare folder and ledger, from the database as it is now. */
static int look(run *r)
{
    lm_session *s = r->s;
    bool found = false;
    int rc = lm_session_open(s, LM_DB_WRITE, &found);

    if (rc == LM_OK && found)
        rc = lm_ledger_look(s->ledger, s->db);
    if (rc == LM_OK && found && any_new(r))
        rc = lm_ledger_look_closer(s->ledger, s->db);
    if (rc == LM_OK && !found && s->no_create)
        rc = lm_err_set(s->err, LM_EUSAGE, "the database %s does not exist, "
                        "and is not to be made", s->path);
    if (rc == LM_OK)
        rc = lm_schedule_make(&r->folder, s->ledger, &s->rules, true, s->err,
                              &r->schedule);
    return rc == LM_OK ? lm_alien_note(s, &r->schedule) : rc;
}

static int unknown_target(run *r, const char *id)
{
    if (id[0] == '\0')
        return lm_err_set(r->s->err, LM_EUSAGE, "the ID of the migration to "
                          "stop at is empty");
    lm_err_set(r->s->err, LM_EUSAGE, "there is no migration with the ID %s "
               "in %s", id, r->s->folder);
    lm_err_hint(r->s->err, "lumigrate status lists them");
    return LM_EUSAGE;
}

static int find_step(run *r, const char *id, size_t *at)
{
    const lm_source *source = lm_folder_find(&r->folder, id);

    for (*at = 0; source != NULL && *at < r->schedule.count; ++*at)
        if (r->schedule.steps[*at].source == source)
            return LM_OK;
    return unknown_target(r, id);
}

static int aim(run *r, const lm_target *target)
{
    size_t at;
    int rc = LM_OK;

    r->last = r->schedule.count;
    r->limit = target->count > 0 ? target->count : SIZE_MAX;
    if (target->to != NULL) {
        rc = find_step(r, target->to, &at);
        r->last = at + 1;
    }
    if (rc == LM_OK && target->before != NULL) {
        rc = find_step(r, target->before, &at);
        if (at < r->last)
            r->last = at;
    }
    return rc;
}

static int compile_pending(run *r)
{
    size_t i;
    int rc = LM_OK;

    for (i = 0; i < r->schedule.count && rc == LM_OK; i++) {
        if (!r->schedule.steps[i].runs)
            continue;
        rc = lm_stage_compile(r->s, r->schedule.steps[i].source, LM_UP);
    }
    return rc;
}

/* For lm_recover, where something that is applied runs again. */
static int note_last_attempt(run *r)
{
    const lm_schedule *all = &r->schedule;
    size_t i = 0;

    while (i < all->count &&
           !(all->steps[i].runs && all->steps[i].applied != NULL))
        i++;
    return i == all->count ? LM_OK
        : lm_history_last(r->s->ledger, r->s->db, &r->s->last_attempt);
}

/* Another process may have done all of it while we waited for our turn. What
 * runs every time is no reason for a backup every time. */
static bool any_left(void *user)
{
    const run *r = user;
    const lm_applied *applied;
    const lm_step *step;
    size_t i;

    for (i = 0; i < r->last; i++) {
        step = &r->schedule.steps[i];
        if (!step->runs || !lm_status_is_pending(step->status))
            continue;
        applied = lm_ledger_find(r->s->ledger, step->source->id);
        if (applied == NULL ||
            lm_runs_again(step->source, applied, &r->s->rules))
            return true;
    }
    return false;
}

static int apply_steps(void *user, const lm_origin *origin)
{
    run *r = user;
    const lm_step *step;
    lm_job job = {0};
    lm_done done;
    size_t i, n = 0;
    int rc = LM_OK;

    for (i = 0; i < r->last && rc == LM_OK; i++) {
        step = &r->schedule.steps[i];
        if (!step->runs)
            continue;
        if (!is_due(r, step, &n))
            break;
        rc = lm_stop_ask(&r->s->stop, r->s->err);
        if (rc != LM_OK)
            break;
        r->outcome->outside = step->source->txn == LM_TXN_NONE;
        job.source = step->source;
        rc = lm_apply(r->s, &job, origin, &done);
        if (rc == LM_OK && done.did)
            r->outcome->applied++;
    }
    return rc;
}

static void tell_done(run *r)
{
    lm_event event = {.type = LM_EVENT_DONE};

    event.applied = r->outcome->applied;
    event.pending = r->schedule.pending;
    event.duration_ms = lm_clock_since(r->begun);
    event.waited_ms = r->s->waited_ms;
    lm_session_emit(r->s, &event);
}

/* Anything to apply within the target? */
static bool nothing_to_do(const run *r)
{
    size_t i;

    for (i = 0; i < r->last; i++)
        if (r->schedule.steps[i].runs)
            return false;
    return true;
}

static int proceed(run *r, const lm_target *target)
{
    int rc = look(r);

    if (rc == LM_OK && r->folder.sources.count == 0)
        rc = lm_session_refuse_empty(r->s, &r->folder);
    if (rc == LM_OK)
        rc = aim(r, target);
    if (rc == LM_OK)
        rc = compile_pending(r);
    if (rc != LM_OK)
        return rc;
    if (nothing_to_do(r)) {
        tell_found(r);
        tell_warnings(r);
        return LM_OK;
    }
    rc = note_last_attempt(r);
    if (rc == LM_OK)
        rc = lm_stage_pause(r->s, r->schedule.pending);
    if (rc == LM_OK)
        rc = lm_stage_backup(r->s, any_left, r);
    if (rc == LM_OK)
        rc = lm_stage_ledger(r->s, LM_DB_CREATE, &r->outcome->begun);
    if (rc != LM_OK)
        return rc;
    tell_found(r);
    tell_warnings(r);
    r->outcome->begun = true;
    rc = lm_stage_work(r->s, apply_steps, r);
    if (rc != LM_OK && r->s->one_transaction)
        r->outcome->applied = 0;
    return rc;
}

int lm_up(lm_session *s, const lm_target *target, lm_outcome *outcome)
{
    run r = {0};
    int rc;

    memset(outcome, 0, sizeof *outcome);
    r.s = s;
    r.outcome = outcome;
    r.begun = lm_clock_ms();
    s->rules.reapply = target->reapply;
    s->last_attempt = -1;
    rc = lm_folder_read(s->folder, &s->engines, s->err, &r.folder);
    if (rc == LM_OK)
        rc = proceed(&r, target);
    if (rc == LM_OK)
        tell_done(&r);
    s->rules.reapply = false;
    lm_backup_end(s);
    lm_schedule_clear(&r.schedule);
    lm_folder_clear(&r.folder);
    return rc;
}
