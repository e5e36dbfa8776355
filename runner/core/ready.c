/* SPDX-License-Identifier: MIT */
#include "ready.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../base/clock.h"
#include "../base/list.h"
#include "../base/text.h"
#include "../db/sound.h"
#include "../db/txn.h"
#include "alien.h"

enum {
    LM_PAUSE_FIRST = 10,        /* ms between two looks, */
    LM_PAUSE_LONGEST = 250,     /* growing up to this */
    LM_TELL_EVERY = 1000,       /* ms between two reasons that are told */
    LM_LOOKS = 3                /* before what may pass is believed */
};

void lm_ready_clear(lm_ready *r)
{
    size_t i;

    for (i = 0; i < r->problem_count; i++)
        free(r->problems[i]);
    free(r->problems);
    lm_schedule_clear(&r->schedule);
    lm_folder_clear(&r->folder);
    memset(r, 0, sizeof *r);
}

static int add_problem(void *user, lm_db *db, lm_flaw flaw, const char *text)
{
    lm_ready *r = user;
    lm_err *err = lm_db_err(db);
    char **grown = lm_list_grow(r->problems, r->problem_count,
                                &r->problem_size, sizeof *grown);

    if (grown == NULL)
        return lm_err_nomem(err);
    r->problems = grown;
    grown[r->problem_count] = lm_strdup(text);
    if (grown[r->problem_count] == NULL)
        return lm_err_nomem(err);
    r->problem_count++;
    r->valid = false;
    r->damaged = r->damaged || flaw == LM_FLAW_DAMAGE;
    return LM_OK;
}

static bool folder_is_missing(const lm_session *s)
{
    return access(s->folder, F_OK) != 0 &&
           (errno == ENOENT || errno == ENOTDIR);
}

static int read_folder(lm_session *s, lm_ready *r)
{
    int rc = lm_folder_read(s->folder, &s->engines, s->err, &r->folder);

    /* For a deployment that is a state of the release, not a slip. */
    if (r->folder.twins)
        rc = s->err->code = LM_EHISTORY;
    r->no_folder = (rc == LM_OK && r->folder.sources.count == 0) ||
                   (rc == LM_EUSAGE && folder_is_missing(s));
    if (rc == LM_OK && r->no_folder)
        rc = lm_session_refuse_empty(s, &r->folder);
    return rc;
}

/* All of one moment. */
static int read_database(lm_session *s, bool deep, lm_ready *r)
{
    bool began;
    int rc = lm_txn_read_begin(s->db, &began);

    if (rc == LM_OK)
        rc = lm_ledger_look(s->ledger, s->db);
    if (rc == LM_OK)
        rc = lm_ledger_look_closer(s->ledger, s->db);
    if (rc == LM_OK)
        rc = lm_sound_code(s->db, add_problem, r);
    if (rc == LM_OK && deep)
        rc = lm_sound_deep(s->db, add_problem, r);
    lm_txn_read_end(s->db, began);
    return rc;
}

/* What the rules make an error for up is one here. */
static int ask_rules(lm_session *s, lm_ready *r)
{
    lm_schedule unused;
    int rc = lm_schedule_make(&r->folder, s->ledger, &s->rules, true, s->err,
                              &unused);

    lm_schedule_clear(&unused);
    r->refused = rc != LM_OK;
    return rc;
}

static int refuse_unsound(lm_session *s, const lm_ready *r)
{
    int code = r->damaged ? LM_EDATA : LM_EHISTORY;

    lm_err_set(s->err, code, "%s", r->problems[0]);
    if (r->damaged)
        lm_err_hint(s->err, "restore a backup, or salvage what can be read "
                    "with the sqlite3 shell's .recover");
    else
        lm_err_hint(s->err, "put it right with a migration");
    return code;
}

static int tell_pending(lm_session *s, const lm_ready *r)
{
    size_t n = r->schedule.pending;

    return lm_err_set(s->err, LM_EPENDING, "%zu migration%s %s pending%s", n,
                      n == 1 ? "" : "s", n == 1 ? "is" : "are",
                      r->found ? "" : ", and the database does not exist "
                      "yet");
}

static int judge(lm_session *s, lm_ready *r)
{
    int rc = LM_OK;

    if (r->damaged)
        return refuse_unsound(s, r);
    rc = ask_rules(s, r);
    if (rc == LM_OK && !r->valid)
        rc = refuse_unsound(s, r);
    if (rc == LM_OK && r->schedule.pending > 0)
        rc = tell_pending(s, r);
    return rc;
}

static int look(lm_session *s, bool deep, lm_ready *r)
{
    int rc = read_folder(s, r);

    r->valid = true;
    if (rc == LM_OK) {
        rc = lm_session_open(s, LM_DB_READ, &r->found);
        r->asked = true;
    }
    if (rc == LM_OK && r->found)
        rc = read_database(s, deep, r);
    if (rc == LM_OK)
        rc = lm_schedule_make(&r->folder, s->ledger, &s->rules, false,
                              s->err, &r->schedule);
    if (rc == LM_OK)
        rc = lm_alien_note(s, &r->schedule);
    if (rc != LM_OK)
        return rc;
    r->looked = true;
    return judge(s, r);
}

/* So long, or until somebody wants us to stop: a signal cuts a nap short. */
static int nap(lm_session *s, double ms)
{
    struct timespec t;
    long n = (long)(ms * 1e6);

    t.tv_sec = n / 1000000000L;
    t.tv_nsec = n % 1000000000L;
    nanosleep(&t, NULL);
    return lm_stop_ask(&s->stop, s->err);
}

static void begin_again(lm_session *s, lm_ready *r)
{
    lm_ready_clear(r);
    lm_session_shut(s);
    lm_err_clear(s->err);
}

/*
 * A file that another process makes, replaces or moves a -wal into may for a
 * moment look as if it could not be opened or were damaged, above all on a
 * read-only volume, where SQLite cannot take its locks.
 */
static bool may_pass(const lm_session *s, const lm_ready *r, int rc)
{
    return s->path != NULL && !r->looked && r->asked &&
           (rc == LM_EDATA || rc == LM_EUSAGE);
}

static int look_thrice(lm_session *s, bool deep, lm_ready *r)
{
    int i, rc;

    memset(r, 0, sizeof *r);
    rc = look(s, deep, r);
    for (i = 1; i < LM_LOOKS && may_pass(s, r, rc); i++) {
        begin_again(s, r);
        rc = nap(s, LM_PAUSE_FIRST);
        if (rc == LM_OK)
            rc = look(s, deep, r);
    }
    r->code = rc;
    return rc;
}

int lm_ready_look(lm_session *s, bool deep, lm_ready *out)
{
    return look_thrice(s, deep, out);
}

/* ---- waiting ---- */

/* One wait, while it lasts. */
typedef struct wait {
    lm_session *s;
    double begun, timeout;      /* ms */
    double pause;
    double told_at;             /* when a reason was told last; 0: never */
    char *told;
} wait;

static bool is_worth_it(const lm_ready *r, int rc)
{
    if (rc == LM_EPENDING || rc == LM_EBUSY)
        return true;
    /* What is pending may put right what does not compile now. */
    if (rc == LM_EHISTORY)
        return r->looked && !r->refused && r->schedule.pending > 0;
    return r->no_folder;
}

static void tell_reason(wait *w, const char *reason)
{
    lm_event event = {.type = LM_EVENT_WAITING};
    double now = lm_clock_ms();

    if (w->told != NULL && (strcmp(w->told, reason) == 0 ||
                            now - w->told_at < LM_TELL_EVERY))
        return;
    free(w->told);
    w->told = lm_strdup(reason);
    w->told_at = now;
    event.text = reason;
    event.len = strlen(reason);
    lm_session_emit(w->s, &event);
}

/* What would end the wait. */
static const char *remedy_of(const lm_ready *r, int code)
{
    if (code == LM_EBUSY)
        return "another program keeps the database locked: end it";
    if (r->no_folder)
        return "put the migrations there, or name their folder with "
               "--migrations (LUMIGRATE_MIGRATIONS)";
    return "\"lumigrate up\" applies what is pending";
}

/* The reason stands in the session's error. */
static int time_is_up(lm_session *s, double timeout, const lm_ready *r)
{
    const char *remedy = remedy_of(r, s->err->code);
    char *reason = lm_strdup(lm_err_text(s->err));

    lm_err_clear(s->err);
    if (reason == NULL)
        return lm_err_nomem(s->err);
    lm_err_set(s->err, LM_EBUSY, "not ready within %g s: %s", timeout / 1e3,
               reason);
    lm_err_hint(s->err, "%s; or give wait more time with --timeout "
                "(LUMIGRATE_WAIT_TIMEOUT)", remedy);
    free(reason);
    return LM_EBUSY;
}

/* A little longer each time, and not beyond the end; *up when that is here. */
static int pause_once(wait *w, bool *up)
{
    double left = w->begun + w->timeout - lm_clock_ms();
    double ms = w->pause;

    *up = w->timeout > 0 && left <= 0;
    if (*up)
        return LM_OK;
    if (w->timeout > 0 && ms > left)
        ms = left;
    lm_err_clear(w->s->err);
    w->pause = w->pause * 1.5 > LM_PAUSE_LONGEST ? LM_PAUSE_LONGEST
                                                 : w->pause * 1.5;
    return nap(w->s, ms);
}

static int wait_until(wait *w, lm_ready *r)
{
    lm_session *s = w->s;
    bool up = false;
    int rc = look_thrice(s, false, r);

    while (is_worth_it(r, rc)) {
        tell_reason(w, lm_err_text(s->err));
        lm_session_shut(s);
        rc = pause_once(w, &up);
        if (up)
            return time_is_up(s, w->timeout, r);
        if (rc != LM_OK)
            return rc;
        begin_again(s, r);
        rc = look_thrice(s, false, r);
    }
    return rc;
}

int lm_ready_wait(lm_session *s, double timeout, lm_ready *out)
{
    wait w = {.s = s, .timeout = timeout, .pause = LM_PAUSE_FIRST};
    double patience = s->lock_timeout;
    int rc;

    w.begun = lm_clock_ms();
    s->lock_timeout = 0;
    rc = wait_until(&w, out);
    s->lock_timeout = patience;
    free(w.told);
    return rc;
}
