/* SPDX-License-Identifier: MIT */
#include "apply.h"

#include <stdlib.h>
#include <string.h>

#include "../base/clock.h"
#include "../base/lock.h"
#include "../db/check.h"
#include "../db/sound.h"
#include "../db/txn.h"
#include "added.h"
#include "due.h"

/* One migration being applied, or taken back. */
typedef struct attempt {
    lm_session *s;
    const lm_source *source;
    const lm_job *job;
    lm_way way;
    const lm_origin *origin;
    lm_done *done;
    bool again;         /* it is applied already, and runs again */
    int64_t marker;     /* its row in the history, "started" */
    char started_at[LM_UTC_SIZE];
    double begun;       /* lm_clock_ms */
} attempt;

static void start(attempt *a)
{
    lm_event event = {.type = LM_EVENT_START};

    a->s->running = a->source;
    a->s->way = a->way;
    a->begun = lm_clock_ms();
    lm_clock_utc(a->started_at);
    lm_stop_begin(&a->s->stop);
    lm_session_emit(a->s, &event);
}

static lm_record record_of(const attempt *a, const char *outcome)
{
    lm_record r = {0};

    r.source = a->source;
    r.origin = a->origin;
    r.action = a->way == LM_DOWN ? "down" : a->again ? "reapply" : "up";
    r.outcome = outcome;
    r.started_at = a->started_at;
    r.duration_ms = a->done->duration_ms;
    r.marker = a->marker;
    return r;
}

static const char *find_library(void *user, const char *path, size_t *len)
{
    const lm_session *s = user;

    return s->engines.added == NULL ? NULL
        : lm_added_library(s->engines.added, path, len);
}

static int run_engine(attempt *a)
{
    lm_session *s = a->s;
    lm_run run = {0};

    run.way = a->way;
    run.db = s->db;
    run.sink = s->sink;
    run.folder = s->folder;
    run.library_user = s;
    run.library = find_library;
    run.memory_limit = s->memory_limit;
    run.waker = &s->stop.waker;
    run.must_ask = s->must_ask;
    run.stop_user = &s->stop;
    run.stop = lm_stop_ask;
    run.env_user = s->env_user;
    run.getenv = s->getenv;
    return a->source->engine->run(a->source->context, a->source, &run);
}

static void tell_ending(attempt *a)
{
    lm_event event = {.type = LM_EVENT_ENDING};

    lm_session_emit(a->s, &event);
}

/* The script between its begin and its end, whatever happens in it. */
static int run_script(attempt *a, bool own_txn)
{
    lm_db *db = a->s->db;
    int rc = lm_check_begin(db), ended;

    if (rc == LM_OK)
        rc = lm_db_script_begin(db, a->source->foreign_keys, own_txn);
    if (rc == LM_OK)
        rc = run_engine(a);
    tell_ending(a);
    ended = lm_db_script_end(db);
    return rc != LM_OK ? rc : ended;
}

static int check_paired(attempt *a)
{
    const char *open = lm_txn_unpaired(a->s->db);

    if (open == NULL)
        return LM_OK;
    return lm_err_set(a->s->err, LM_EFAILED, "the savepoint %s was left "
                      "open: every SAVEPOINT needs its RELEASE", open);
}

static int warn_unsound(void *user, lm_db *db, lm_flaw flaw,
                        const char *text)
{
    attempt *a = user;

    (void)db;
    (void)flaw;
    lm_session_warn(a->s, a->job->source, text);
    return LM_OK;
}

/* What must hold before the row may be written. */
static int check_result(attempt *a)
{
    lm_db *db = a->s->db;
    int rc = lm_txn_check(db);

    if (rc == LM_OK)
        rc = check_paired(a);
    if (rc == LM_OK)
        rc = lm_check_end(db);
    if (rc == LM_OK)
        rc = lm_sound_made(db, warn_unsound, a);
    if (rc == LM_OK)
        rc = lm_stop_ask(&a->s->stop, a->s->err);
    return rc;
}

static int write_rows(attempt *a)
{
    lm_db *db = a->s->db;
    lm_effect effect = {0};
    lm_record r;
    int rc = lm_effect_read(db, &effect);

    if (rc != LM_OK)
        return rc;
    a->done->changed = effect.changed;
    a->done->rows = effect.rows;
    a->done->duration_ms = lm_clock_since(a->begun);
    r = record_of(a, "done");
    r.effect = effect.changed ? "changed" : "no_op";
    if (a->way == LM_DOWN)
        rc = lm_ledger_revert(a->s->ledger, db, a->job->row);
    else
        rc = a->again ? lm_ledger_replace(a->s->ledger, db, &r)
                      : lm_ledger_insert(a->s->ledger, db, &r);
    return rc == LM_OK ? lm_history_add(a->s->ledger, db, &r) : rc;
}

/* Add what is known only here; the first error is kept. */
static void blame(attempt *a)
{
    lm_err *err = a->s->err;

    lm_err_migration(err, a->source->id, a->source->path);
    if (err->code == LM_ENOMEM)
        lm_err_hint(err, "let the migration do less at once, or allow more "
                    "with --memory-limit");
    if (a->way == LM_DOWN && err->code == LM_EFAILED)
        lm_err_hint(err, "it stays applied. To take it back another way: "
                    "correct the way down in its file and run \"lumigrate "
                    "down --from-file\"");
    else if (a->way == LM_DOWN && err->code == LM_EINTERRUPT)
        lm_err_hint(err, "it stays applied: \"lumigrate status\" shows "
                    "what is");
}

static void tell_failed(attempt *a)
{
    lm_event event = {.type = LM_EVENT_FAILED};

    event.err = a->s->err;
    event.duration_ms = a->done->duration_ms;
    lm_session_emit(a->s, &event);
}

/* Into the history, after the rollback. This may fail as well (a full disk, a
 * lock); the first error wins, so why the migration failed is not hidden. Who
 * has waited for a lock in vain does not wait for it again, and who was asked
 * to end has no time for that. */
static void record_failure(attempt *a)
{
    lm_session *s = a->s;
    bool interrupted = s->err->code == LM_EINTERRUPT;
    lm_record r = record_of(a, interrupted ? "interrupted" : "failed");

    r.error = lm_err_text(s->err);
    s->stop.muted = true;
    if (s->err->code == LM_EBUSY)
        lm_db_hurry(s->db, 0);
    else if (interrupted)
        lm_db_hurry(s->db, LM_STOP_WAIT);
    lm_history_fail(s->ledger, s->db, &r);
    s->stop.muted = false;
}

static void fail(attempt *a)
{
    a->done->duration_ms = lm_clock_since(a->begun);
    lm_stop_end(&a->s->stop);
    blame(a);
    a->s->stop.muted = true;
    lm_txn_rollback(a->s->db);
    a->s->stop.muted = false;
    record_failure(a);
    tell_failed(a);
}

static void tell_done(attempt *a)
{
    lm_event event = {.type = a->way == LM_DOWN ? LM_EVENT_REVERTED
                                                : LM_EVENT_APPLIED};

    event.changed = a->done->changed;
    event.rows = a->done->rows;
    event.duration_ms = a->done->duration_ms;
    lm_session_emit(a->s, &event);
}

static int begin(lm_session *s)
{
    double before = lm_clock_ms();
    int rc = lm_txn_begin(s->db);

    s->waited_ms += lm_clock_since(before);
    return rc;
}

/* Under the lock: is it still to be done, and is it done again? */
static int look_again(attempt *a, bool *due)
{
    lm_session *s = a->s;
    int rc = lm_due(s, a->job, due);

    a->again = a->way == LM_UP &&
               lm_ledger_find(s->ledger, a->source->id) != NULL;
    return rc;
}

/* Nothing was begun. */
static int leave(attempt *a, bool own, int rc)
{
    int ended = own ? lm_txn_rollback(a->s->db) : LM_OK;

    return rc != LM_OK ? rc : ended;
}

/* From BEGIN to COMMIT. */
static int apply_inside(attempt *a)
{
    lm_session *s = a->s;
    bool own = !s->one_transaction, due = true;
    int rc = own ? begin(s) : LM_OK;

    if (rc != LM_OK)
        return rc;
    rc = lm_ledger_renew(s->ledger, s->db);
    if (rc == LM_OK)
        rc = look_again(a, &due);
    if (!due)
        return leave(a, own, rc);
    start(a);
    if (rc == LM_OK)
        rc = run_script(a, false);
    if (rc == LM_OK)
        rc = check_result(a);
    if (rc == LM_OK)
        rc = write_rows(a);
    lm_stop_end(&s->stop);
    if (rc == LM_OK && own)
        rc = lm_txn_commit(s->db);
    if (rc != LM_OK) {
        fail(a);
        return rc;
    }
    a->done->did = true;
    tell_done(a);
    return LM_OK;
}

/* A history row and nothing else, in a transaction of its own. */
static int record_start(attempt *a)
{
    lm_session *s = a->s;
    lm_record r = record_of(a, "started");
    int rc = begin(s);

    if (rc != LM_OK)
        return rc;
    rc = lm_history_start(s->ledger, s->db, &r, &a->marker);
    if (rc == LM_OK)
        return lm_txn_commit(s->db);
    lm_txn_rollback(s->db);
    return rc;
}

static int check_no_txn_left(attempt *a)
{
    if (!lm_txn_left_open(a->s->db))
        return LM_OK;
    return lm_err_set(a->s->err, LM_EFAILED, "the migration left a "
                      "transaction open: with TRANSACTION = false every "
                      "BEGIN needs its COMMIT");
}

static int run_outside(attempt *a)
{
    lm_session *s = a->s;
    int rc = record_start(a);

    if (rc != LM_OK)
        return rc;
    rc = run_script(a, true);
    if (rc == LM_OK)
        rc = check_no_txn_left(a);
    if (rc == LM_OK)
        rc = begin(s);
    if (rc == LM_OK)
        rc = check_result(a);
    if (rc == LM_OK)
        rc = write_rows(a);
    lm_stop_end(&s->stop);
    if (rc == LM_OK)
        rc = lm_txn_commit(s->db);
    return rc;
}

static int ask_session(void *user, lm_err *err)
{
    lm_session *s = user;

    return lm_stop_ask(&s->stop, err);
}

/* The lock that keeps a second process from running the same script while no
 * transaction is open. The database's own folder is locked, so no file is
 * made; a host's connection in memory has none. */
int lm_apply_lock(lm_session *s, int *fd)
{
    lm_patience patience = {0};
    double before = lm_clock_ms();
    char *dir;
    int rc;

    *fd = -1;
    if (s->path == NULL || s->lock_held)
        return LM_OK;
    dir = lm_path_dir(s->path);
    if (dir == NULL)
        return lm_err_nomem(s->err);
    patience.timeout = s->lock_timeout * 1e3;
    patience.user = s;
    patience.stop = ask_session;
    patience.waiting = lm_session_waits;
    rc = lm_lock_folder(dir, &patience, s->err, fd);
    s->waited_ms += lm_clock_since(before);
    free(dir);
    return rc;
}

/* TRANSACTION = false. */
static int apply_outside(attempt *a)
{
    lm_session *s = a->s;
    bool due = false;
    int fd, rc = lm_apply_lock(s, &fd);

    if (rc != LM_OK)
        return rc;
    rc = lm_ledger_look(s->ledger, s->db);
    if (rc == LM_OK)
        rc = look_again(a, &due);
    if (due) {
        start(a);
        rc = run_outside(a);
        if (rc != LM_OK)
            fail(a);
        else {
            a->done->did = true;
            tell_done(a);
        }
    }
    lm_lock_release(fd);
    return rc;
}

int lm_apply(lm_session *s, const lm_job *job, const lm_origin *origin,
             lm_done *done)
{
    attempt a = {0};
    int rc;

    memset(done, 0, sizeof *done);
    a.s = s;
    a.source = job->source;
    a.job = job;
    a.way = job->row != NULL ? LM_DOWN : LM_UP;
    a.origin = origin;
    a.done = done;
    rc = lm_source_txn(a.source, a.way) == LM_TXN_NONE
        ? apply_outside(&a) : apply_inside(&a);
    s->running = NULL;
    return rc;
}
