/* SPDX-License-Identifier: MIT */
#include "stage.h"

#include <string.h>

#include "../base/clock.h"
#include "../db/txn.h"
#include "backup.h"

/* What this version, or this run, cannot do is refused before anything. */
static int check_modes(lm_session *s, const lm_source *source, lm_way way)
{
    lm_txn_mode txn = lm_source_txn(source, way);
    lm_err *err = s->err;

    if (txn == LM_TXN_BATCH)
        return lm_err_set(err, LM_EUSAGE, "TRANSACTION = \"batch\": there "
                          "are no batches in this version yet");
    if (txn == LM_TXN_NONE && s->one_transaction)
        return lm_err_set(err, LM_EUSAGE, "TRANSACTION = false: it cannot "
                          "run inside the one transaction of --transaction "
                          "all");
    return LM_OK;
}

int lm_stage_compile(lm_session *s, const lm_source *source, lm_way way)
{
    int rc = check_modes(s, source, way);

    if (rc == LM_OK)
        rc = source->engine->compile(source->context, source, way, s->err);
    if (rc != LM_OK)
        lm_err_migration(s->err, source->id, source->path);
    return rc;
}

int lm_stage_pause(lm_session *s, size_t pending)
{
    lm_event event = {.type = LM_EVENT_PENDING};

    event.pending = pending;
    lm_session_shut(s);
    lm_session_emit(s, &event);
    return lm_stop_ask(&s->stop, s->err);
}

/* Only where there is something to lose. */
int lm_stage_backup(lm_session *s, lm_left_fn any_left, void *user)
{
    bool found = false;
    int rc;

    if (s->backup == NULL)
        return LM_OK;
    rc = lm_session_open(s, LM_DB_WRITE, &found);
    if (rc != LM_OK || !found)
        return rc;
    rc = lm_backup_begin(s);
    if (rc == LM_OK)
        rc = lm_ledger_look(s->ledger, s->db);
    if (rc == LM_OK && any_left(user))
        rc = lm_backup_first(s);
    return rc == LM_OK ? lm_stop_ask(&s->stop, s->err) : rc;
}

int lm_stage_ledger(lm_session *s, lm_db_mode mode, bool *made)
{
    lm_event event = {.type = LM_EVENT_LEDGER};
    bool found;
    double before;
    int rc = lm_session_open(s, mode, &found);

    if (rc == LM_OK && !found)
        rc = lm_err_set(s->err, LM_EUSAGE, "the database %s is gone",
                        s->path);
    if (rc == LM_OK)
        rc = lm_ledger_look(s->ledger, s->db);
    if (rc != LM_OK)
        return rc;
    before = lm_clock_ms();
    rc = lm_ledger_prepare(s->ledger, s->db, &event.text);
    s->waited_ms += lm_clock_since(before);
    if (rc != LM_OK)
        return rc;
    *made = *made || event.text != NULL;
    event.len = event.text == NULL ? 0 : strlen(event.text);
    lm_session_emit(s, &event);
    return LM_OK;
}

/* Columns: bytes that begin a character. */
static size_t width_of(const char *id)
{
    size_t n = 0;

    for (; *id != '\0'; id++)
        n += ((unsigned char)*id & 0xc0) != 0x80;
    return n;
}

const char *lm_stage_wider(const char *id, const lm_source *other)
{
    if (other->description == NULL || other->description[0] == '\0')
        return id;
    return id != NULL && width_of(id) >= width_of(other->id) ? id
                                                             : other->id;
}

/* --transaction all: one BEGIN and one COMMIT around everything. */
static int work_as_one(lm_session *s, lm_work_fn work, void *user,
                       const lm_origin *origin)
{
    int rc = lm_txn_begin(s->db);

    if (rc != LM_OK)
        return rc;
    rc = work(user, origin);
    if (rc == LM_OK)
        return lm_txn_commit(s->db);
    lm_txn_rollback(s->db);
    return rc;
}

int lm_stage_work(lm_session *s, lm_work_fn work, void *user)
{
    lm_origin origin;

    lm_origin_read(&origin);
    return s->one_transaction ? work_as_one(s, work, user, &origin)
                              : work(user, &origin);
}
