/* SPDX-License-Identifier: MIT */
#include "trial.h"

#include <stdlib.h>
#include <string.h>

#include "../base/text.h"
#include "apply.h"
#include "makings.h"

/* How a migration ended on a database. */
typedef enum ending { NOT_RUN, NO_CHANGE, CHANGED, FAILED } ending;

typedef struct trial {
    lm_session *s;
    const lm_folder *folder;
    lm_adoption *out;
    lm_origin origin;
    lm_objects live;            /* of the database as it is */
    lm_makings made;            /* by each on the empty database */
} trial;

/* What the session is put back to after a trial. */
typedef struct real_session {
    lm_db *db;
    lm_ledger *ledger;
    const lm_sink *sink;
    char *path;
    struct sqlite3 *host;
    bool must_ask, one_transaction;
} real_session;

static const lm_sink nobody = {NULL, NULL};

/* From here to leave the session works on a database of our own: nobody
 * listens, and a script has to look at its time itself. */
static int enter(lm_session *s, bool copy, real_session *real)
{
    lm_db *db = NULL;
    int rc = lm_session_private(s, copy, &db);

    if (rc != LM_OK)
        return rc;
    real->db = s->db;
    real->ledger = s->ledger;
    real->sink = s->sink;
    real->path = s->path;
    real->host = s->host;
    real->must_ask = s->must_ask;
    real->one_transaction = s->one_transaction;
    s->db = db;
    s->ledger = lm_ledger_new(s->table);
    s->sink = &nobody;
    s->path = NULL;
    s->host = NULL;
    s->must_ask = true;
    s->one_transaction = false;
    return s->ledger == NULL ? lm_err_nomem(s->err) : LM_OK;
}

static void leave(lm_session *s, const real_session *real)
{
    if (real->sink == NULL)
        return;
    lm_db_close(s->db);
    lm_ledger_free(s->ledger);
    s->db = real->db;
    s->ledger = real->ledger;
    s->sink = real->sink;
    s->path = real->path;
    s->host = real->host;
    s->must_ask = real->must_ask;
    s->one_transaction = real->one_transaction;
}

static int prepare(lm_session *s)
{
    const char *what;
    int rc = lm_ledger_look(s->ledger, s->db);

    return rc == LM_OK ? lm_ledger_prepare(s->ledger, s->db, &what) : rc;
}

/* Run one. What is wrong with it ends up in `why`; only what would stop
 * everything (no memory, an interrupt) comes back. */
static int run_one(trial *t, const lm_source *source, ending *how,
                   lm_err *why)
{
    lm_session *s = t->s;
    lm_job job = {.source = source};
    lm_done done;
    int rc = lm_stop_ask(&s->stop, s->err);

    if (rc == LM_OK)
        rc = lm_apply(s, &job, &t->origin, &done);
    if (rc == LM_OK)
        *how = done.changed ? CHANGED : NO_CHANGE;
    else if (rc != LM_EINTERRUPT && rc != LM_ENOMEM) {
        *how = FAILED;
        lm_err_move(why, s->err);
        rc = LM_OK;
    }
    return rc;
}

/* ---- the folder alone ---- */

static int make_one(trial *t, size_t at, lm_objects *before)
{
    lm_objects after = {0};
    lm_err why = {0};
    ending ignored;
    int rc = run_one(t, &t->folder->sources.list[at], &ignored, &why);

    lm_err_clear(&why);
    if (rc == LM_OK)
        rc = lm_objects_read(t->s->db, &after);
    if (rc == LM_OK && !lm_makings_add(&t->made, at, before, &after))
        rc = lm_err_nomem(t->s->err);
    lm_objects_clear(before);
    *before = after;
    return rc;
}

static int make_all(trial *t)
{
    lm_objects before = {0};
    size_t i;
    int rc = prepare(t->s);

    for (i = 0; i < t->folder->sources.count && rc == LM_OK; i++)
        rc = make_one(t, i, &before);
    lm_objects_clear(&before);
    return rc;
}

/* ---- judging ---- */

/* Failed because what it makes is there, or what it changes is so already. */
static bool is_repeated(const lm_err *why)
{
    static const char *const words[] = {
        "already exists", "duplicate column name",
        "already another table or index with this name", "no such table",
        "no such column", "no such index", "no such view", "no such trigger"
    };
    const char *text = lm_err_text(why);
    size_t i;

    for (i = 0; i < sizeof words / sizeof *words; i++)
        if (strstr(text, words[i]) != NULL)
            return true;
    return false;
}

static int give_reason(trial *t, lm_adopted *item, const char *before,
                       const lm_making *other)
{
    const char *how = lm_making_find(&t->live, other) == NULL
        ? "is not there" : other->sql == NULL ? "is still there"
        : "is there with another definition";
    char *text = lm_format("%s; the %s %s %s", before,
                           lm_object_word(other->kind), other->name, how);
    int rc = text == NULL ? lm_err_nomem(t->s->err)
        : lm_adoption_keep(t->out, text, t->s->err, &item->reason);

    free(text);
    return rc;
}

static int judge(trial *t, size_t at, lm_adopted *item, ending how,
                 const lm_err *why)
{
    bool any;
    const lm_making *other = lm_makings_other(&t->made, &t->live, at, &any);

    if (how == CHANGED) {
        item->status = LM_ADOPT_NEEDED;
        return LM_OK;
    }
    if (other == NULL && (how == NO_CHANGE || (any && is_repeated(why)))) {
        item->status = LM_ADOPT_SATISFIED;
        return LM_OK;
    }
    item->status = how == NO_CHANGE ? LM_ADOPT_NEEDED : LM_ADOPT_CONFLICT;
    if (other != NULL)
        return give_reason(t, item, how == NO_CHANGE ? "changes nothing"
                           : lm_err_text(why), other);
    return lm_adoption_keep(t->out, lm_err_text(why), t->s->err,
                            &item->reason);
}

/* ---- the copy of the live database ---- */

static int try_one(trial *t, size_t at)
{
    const lm_source *source = &t->folder->sources.list[at];
    lm_adopted *item = &t->out->list[at];
    ending how = NOT_RUN;
    lm_err why = {0};
    int rc;

    if (item->status == LM_ADOPT_KNOWN)
        return LM_OK;
    rc = run_one(t, source, &how, &why);
    if (rc == LM_OK)
        rc = judge(t, at, item, how, &why);
    lm_err_clear(&why);
    return rc;
}

static int try_all(trial *t)
{
    size_t i;
    int rc = lm_objects_read(t->s->db, &t->live);

    if (rc == LM_OK)
        rc = prepare(t->s);
    for (i = 0; i < t->folder->sources.count && rc == LM_OK; i++)
        rc = try_one(t, i);
    return rc;
}

/* ---- all of it ---- */

/* What cannot even be compiled stops here, as it would stop up. */
static int list_pending(trial *t, size_t *pending)
{
    const lm_source *source;
    lm_adopted *item;
    size_t i;
    int rc = LM_OK;

    for (i = 0; i < t->folder->sources.count && rc == LM_OK; i++) {
        source = &t->folder->sources.list[i];
        item = lm_adoption_add(t->out, source->id, source->file, t->s->err);
        if (item == NULL)
            return t->s->err->code;
        item->status = LM_ADOPT_KNOWN;
        if (lm_ledger_find(t->s->ledger, source->id) != NULL)
            continue;
        item->status = LM_ADOPT_PENDING;
        ++*pending;
        rc = source->engine->compile(source->context, source, LM_UP,
                                     t->s->err);
        if (rc != LM_OK)
            lm_err_migration(t->s->err, source->id, source->path);
    }
    return rc;
}

static int try_on(trial *t, bool copy, int (*all)(trial *t))
{
    real_session real = {0};
    int rc = enter(t->s, copy, &real);

    if (rc == LM_OK)
        rc = all(t);
    leave(t->s, &real);
    return rc;
}

int lm_trial_run(lm_session *s, const lm_folder *folder, lm_adoption *out)
{
    size_t pending = 0;
    trial t = {0};
    int rc;

    t.s = s;
    t.folder = folder;
    t.out = out;
    lm_origin_read(&t.origin);
    rc = list_pending(&t, &pending);
    if (rc == LM_OK && pending > 0)
        rc = try_on(&t, false, make_all);
    if (rc == LM_OK && pending > 0)
        rc = try_on(&t, true, try_all);
    lm_objects_clear(&t.live);
    lm_makings_clear(&t.made);
    return rc;
}
