/* SPDX-License-Identifier: MIT */
#include "down.h"

#include <string.h>

#include "../base/clock.h"
#include "../base/text.h"
#include "apply.h"
#include "backup.h"
#include "reverts.h"
#include "stage.h"

typedef struct run {
    lm_session *s;
    lm_folder folder;
    lm_choice choice;
    lm_reverts reverts;
    bool from_file, dry_run;
    bool again;             /* redo: apply it anew afterwards */
    bool rebuild;           /* the ledger is going to be rebuilt */
    lm_outcome *outcome;
    double begun;
} run;

/* ---- before anything is written ---- */

/* To look only leaves nothing behind, and works where nothing may be
 * written. */
static int look(run *r)
{
    lm_session *s = r->s;
    bool found = false;
    int rc = lm_session_open(s, r->dry_run ? LM_DB_READ : LM_DB_WRITE,
                             &found);

    if (rc == LM_OK && found)
        rc = lm_ledger_look(s->ledger, s->db);
    if (rc == LM_OK)
        rc = lm_reverts_choose(s, &r->choice, &r->reverts);
    r->reverts.again = r->again;
    if (rc == LM_OK && r->reverts.count > 0)
        rc = lm_reverts_find(s, &r->reverts, &r->folder, r->from_file);
    r->rebuild = s->ledger != NULL && s->ledger->incomplete;
    return rc;
}

static int refuse_fileless(run *r, const lm_revert *v)
{
    lm_err_set(r->s->err, LM_EUSAGE, "the file of %s is missing: it could be "
               "reverted, but not applied again", v->row.id);
    lm_err_hint(r->s->err, "put it back, or only revert it: lumigrate down");
    return LM_EUSAGE;
}

static int compile(run *r)
{
    const lm_revert *v;
    size_t i;
    int rc = LM_OK;

    for (i = 0; i < r->reverts.count && rc == LM_OK; i++) {
        v = &r->reverts.list[i];
        rc = lm_stage_compile(r->s, v->source, LM_DOWN);
        if (rc != LM_OK || !r->again)
            continue;
        rc = v->file == NULL ? refuse_fileless(r, v)
                             : lm_stage_compile(r->s, v->file, LM_UP);
    }
    return rc;
}

static void tell_chosen(run *r)
{
    lm_event event = {.type = LM_EVENT_CHOSEN};
    size_t i;

    for (i = 0; i < r->reverts.count; i++)
        event.text = lm_stage_wider(event.text, r->reverts.list[i].source);
    for (i = 0; i < r->reverts.count; i++) {
        event.source = r->reverts.list[i].source;
        lm_session_emit(r->s, &event);
    }
}

static void tell_found(run *r)
{
    lm_event event = {.type = LM_EVENT_DISCOVERED};

    event.found = r->folder.sources.count;
    event.applied = r->s->ledger->count;
    event.pending = r->reverts.count;
    lm_session_emit(r->s, &event);
    lm_reverts_warn(r->s, &r->reverts);
}

/* ---- the work ---- */

static int revert_one(run *r, const lm_revert *v, const lm_origin *origin)
{
    lm_job job = {v->source, &v->row, r->choice.only == NULL};
    lm_done done;
    int rc;

    r->outcome->down = true;
    r->outcome->outside = lm_source_txn(v->source, LM_DOWN) == LM_TXN_NONE;
    rc = lm_apply(r->s, &job, origin, &done);
    if (rc == LM_OK && done.did)
        r->outcome->reverted++;
    return rc;
}

/* To run it again would not go on from here: it would choose anew. */
static int ask_stop(run *r)
{
    int rc = lm_stop_ask(&r->s->stop, r->s->err);

    if (rc != LM_OK)
        lm_err_hint(r->s->err, "\"lumigrate status\" shows what is applied");
    return rc;
}

static int apply_again(run *r, const lm_revert *v, const lm_origin *origin)
{
    lm_job job = {.source = v->file};
    lm_done done;
    int rc = ask_stop(r);

    r->outcome->down = false;
    r->outcome->outside = v->file->txn == LM_TXN_NONE;
    if (rc == LM_OK)
        rc = lm_apply(r->s, &job, origin, &done);
    if (rc == LM_OK && done.did)
        r->outcome->applied++;
    return rc;
}

static int work(void *user, const lm_origin *origin)
{
    run *r = user;
    const lm_revert *v;
    size_t i;
    int rc = LM_OK;

    for (i = 0; i < r->reverts.count && rc == LM_OK; i++) {
        v = &r->reverts.list[i];
        rc = ask_stop(r);
        if (rc == LM_OK)
            rc = revert_one(r, v, origin);
        if (rc == LM_OK && r->again)
            rc = apply_again(r, v, origin);
    }
    return rc;
}

/* Another process may have taken all of them back. */
static bool any_left(void *user)
{
    const run *r = user;
    const lm_applied *row;
    size_t i;

    for (i = 0; i < r->reverts.count; i++) {
        row = lm_ledger_find(r->s->ledger, r->reverts.list[i].row.id);
        if (row != NULL && row->position == r->reverts.list[i].row.position)
            return true;
    }
    return false;
}

static int revert_all(run *r)
{
    lm_session *s = r->s;
    int rc = lm_stage_pause(s, r->reverts.count);

    if (rc == LM_OK)
        rc = lm_stage_backup(s, any_left, r);
    if (rc == LM_OK)
        rc = lm_stage_ledger(s, LM_DB_WRITE, &r->outcome->begun);
    if (rc == LM_OK && r->rebuild)
        rc = lm_reverts_renew(s, &r->reverts);
    if (rc != LM_OK)
        return rc;
    tell_found(r);
    r->outcome->begun = true;
    rc = lm_stage_work(s, work, r);
    if (rc != LM_OK && s->one_transaction)
        r->outcome->applied = r->outcome->reverted = 0;
    return rc;
}

/* ---- the whole ---- */

static void tell_done(run *r, const char *why)
{
    lm_event event = {.type = LM_EVENT_DONE};

    event.applied = r->outcome->applied;
    event.reverted = r->outcome->reverted;
    event.pending = r->reverts.count;
    event.duration_ms = lm_clock_since(r->begun);
    event.waited_ms = r->s->waited_ms;
    event.text = why;
    event.len = why == NULL ? 0 : strlen(why);
    lm_session_emit(r->s, &event);
}

static const char *why_nothing(const run *r)
{
    if (r->s->db == NULL)
        return "the database does not exist";
    return r->s->ledger->count == 0 ? "no migration is applied"
                                    : "no migration was applied after it";
}

static int proceed(run *r)
{
    int rc = look(r);

    if (rc == LM_OK)
        rc = compile(r);
    if (rc != LM_OK)
        return rc;
    if (r->reverts.count == 0) {
        tell_done(r, why_nothing(r));
        return LM_OK;
    }
    tell_chosen(r);
    if (r->dry_run)
        tell_found(r);
    else
        rc = revert_all(r);
    if (rc == LM_OK)
        tell_done(r, NULL);
    return rc;
}

static int go(run *r)
{
    int rc;

    memset(r->outcome, 0, sizeof *r->outcome);
    r->begun = lm_clock_ms();
    r->s->last_attempt = -1;
    rc = lm_folder_read(r->s->folder, &r->s->engines, r->s->err, &r->folder);
    if (rc == LM_OK)
        rc = proceed(r);
    lm_backup_end(r->s);
    lm_reverts_clear(&r->reverts);
    lm_folder_clear(&r->folder);
    return rc;
}

int lm_down(lm_session *s, const lm_way_back *target, lm_outcome *outcome)
{
    run r = {.s = s, .outcome = outcome};

    r.choice.count = target->count;
    r.choice.after = target->to;
    r.choice.all = target->all;
    r.from_file = target->from_file;
    r.dry_run = target->dry_run;
    return go(&r);
}

int lm_redo(lm_session *s, const char *id, lm_outcome *outcome)
{
    run r = {.s = s, .outcome = outcome};

    r.choice.only = id;
    r.again = true;
    return go(&r);
}
