/* SPDX-License-Identifier: MIT */
/* The other table of the ledger: every attempt ever made. */
#include <stdlib.h>
#include <string.h>

#include "../base/clock.h"
#include "../base/list.h"
#include "../base/text.h"
#include "../db/txn.h"
#include "../engine/engine.h"
#include "ledger.h"

static int note_kept(void *user, lm_db *db, const lm_value *row)
{
    bool *kept = user;

    (void)db;
    (void)row;
    *kept = true;
    return LM_OK;
}

/* Is this text of this migration kept already? */
static int is_kept(lm_ledger *l, lm_db *db, const lm_source *s, bool *out)
{
    char *sql = lm_format("SELECT 1 FROM main.%s WHERE id = ?1 AND checksum "
                          "= ?2 AND source IS NOT NULL LIMIT 1",
                          l->history);
    lm_value v[2];
    int rc;

    v[0] = lm_text_of(s->id);
    v[1] = lm_text_of(s->checksum);
    rc = sql == NULL ? lm_err_nomem(lm_db_err(db))
                     : lm_db_each(db, sql, v, 2, note_kept, out);
    free(sql);
    return rc;
}

/* An ID without any attempt so far needs no search through all. A way down
 * has its way up before it, and its row may be gone by now. */
static int find_kept(lm_ledger *l, lm_db *db, const lm_record *r, bool *kept)
{
    *kept = false;
    if (strcmp(r->action, "down") != 0 &&
        lm_ledger_last_outcome(l, r->source->id) == NULL &&
        lm_ledger_find(l, r->source->id) == NULL)
        return LM_OK;
    return is_kept(l, db, r->source, kept);
}

/* What is kept of it: its text, unless its engine says otherwise. *made is
 * freed by the caller. */
static int text_to_keep(const lm_source *s, lm_err *err, lm_value *out,
                        char **made)
{
    size_t len = 0;
    int rc = LM_OK;

    *made = NULL;
    out->type = LM_NULL;
    if (s->text == NULL)
        return LM_OK;
    if (s->engine != NULL)
        rc = s->engine->keep(s->context, s, err, made, &len);
    out->type = LM_TEXT;
    out->as.text.bytes = *made != NULL ? *made : s->text;
    out->as.text.size = *made != NULL ? len : s->len;
    return rc;
}

int lm_history_add(lm_ledger *l, lm_db *db, const lm_record *r)
{
    lm_value v[13];
    bool kept;
    char *made = NULL;
    int rc = find_kept(l, db, r, &kept);

    v[0] = lm_text_of(r->source->id);
    v[1] = lm_text_of(r->action);
    v[2] = lm_text_of(r->outcome);
    v[3] = lm_text_of(r->error);
    v[4] = lm_text_of(r->source->checksum);
    v[5].type = LM_NULL;
    if (rc == LM_OK && !kept && r->source->text != NULL)
        rc = text_to_keep(r->source, lm_db_err(db), &v[5], &made);
    v[6] = lm_text_of(r->started_at);
    v[7].type = LM_REAL;
    v[7].as.real = r->duration_ms;
    v[8] = lm_text_of(r->origin->runner);
    v[9] = lm_text_of(r->origin->sqlite);
    v[10] = lm_text_of(r->origin->host);
    v[11] = lm_text_of(r->origin->user);
    v[12] = lm_text_of(r->origin->run_id);
    if (rc == LM_OK)
        rc = lm_db_run(db, l->history_sql, v, 13);
    free(made);
    return rc;
}

/*
 * A container that fails at every start must not fill the database. So a
 * failure is counted if the last attempt was the same failure of the same
 * text; and of a text whose failures differ each time (an address in the
 * message) so many are kept, then the last one stands for all that follow.
 * What stands between is the mark of the attempt that has failed now.
 */
enum { LM_KEPT_ATTEMPTS = 10 };

static int count_again(lm_ledger *l, lm_db *db, const lm_record *r,
                       bool *counted)
{
    char *sql = lm_format(
        "UPDATE main.%s SET repeats = repeats + 1, last_at = ?1, outcome = "
        "?3, error = ?5 WHERE seq = (SELECT max(seq) FROM main.%s WHERE id "
        "= ?2 AND outcome <> 'started') AND checksum = ?4 AND action = ?6 "
        "AND ((outcome = ?3 AND error IS ?5) OR (outcome IN ('failed', "
        "'interrupted') AND (SELECT count(*) FROM main.%s WHERE id = ?2 AND "
        "checksum = ?4 AND outcome IN ('failed', 'interrupted')) >= %d))",
        l->history, l->history, l->history, LM_KEPT_ATTEMPTS);
    lm_value v[6];
    int rc;

    v[0] = lm_text_of(r->started_at);
    v[1] = lm_text_of(r->source->id);
    v[2] = lm_text_of(r->outcome);
    v[3] = lm_text_of(r->source->checksum);
    v[4] = lm_text_of(r->error);
    v[5] = lm_text_of(r->action);
    rc = lm_ledger_run(db, sql, v, 6);
    *counted = rc == LM_OK && lm_db_changes(db) > 0;
    return rc;
}

/* The attempt is counted in another row: its own mark, which nobody but this
 * run has written, is over. */
static int drop_marker(lm_ledger *l, lm_db *db, int64_t marker)
{
    lm_value v = {.type = LM_INTEGER};

    if (marker == 0)
        return LM_OK;
    v.as.integer = marker;
    return lm_ledger_run(db, lm_format("DELETE FROM main.%s WHERE seq = ?1 "
                                       "AND outcome = 'started'",
                                       l->history), &v, 1);
}

/* The last attempt was begun and never ended, as were many before it. */
static int count_start(lm_ledger *l, lm_db *db, const lm_record *r)
{
    char *sql = lm_format(
        "UPDATE main.%s SET repeats = repeats + 1, last_at = ?1 WHERE seq = "
        "(SELECT max(seq) FROM main.%s WHERE id = ?2) AND outcome = "
        "'started' AND checksum = ?3 AND action = ?4 AND (SELECT count(*) "
        "FROM main.%s WHERE id = ?2 AND checksum = ?3 AND outcome = "
        "'started') >= %d", l->history, l->history, l->history,
        LM_KEPT_ATTEMPTS);
    lm_value v[4];

    v[0] = lm_text_of(r->started_at);
    v[1] = lm_text_of(r->source->id);
    v[2] = lm_text_of(r->source->checksum);
    v[3] = lm_text_of(r->action);
    return lm_ledger_run(db, sql, v, 4);
}

int lm_history_start(lm_ledger *l, lm_db *db, const lm_record *r,
                     int64_t *marker)
{
    int rc = count_start(l, db, r);

    *marker = 0;
    if (rc != LM_OK || lm_db_changes(db) > 0)
        return rc;
    rc = lm_history_add(l, db, r);
    if (rc == LM_OK)
        *marker = lm_db_last_rowid(db);
    return rc;
}

int lm_history_fail(lm_ledger *l, lm_db *db, const lm_record *r)
{
    bool counted = false;
    int rc = lm_txn_begin(db);

    if (rc != LM_OK)
        return rc;
    rc = count_again(l, db, r, &counted);
    if (rc == LM_OK && counted)
        rc = drop_marker(l, db, r->marker);
    else if (rc == LM_OK)
        rc = lm_history_add(l, db, r);
    if (rc == LM_OK)
        return lm_txn_commit(db);
    lm_txn_rollback(db);
    return rc;
}

static const char *keep(lm_ledger *l, const lm_value *v, lm_err *err)
{
    const char *copy;

    if (v->type != LM_TEXT && v->type != LM_BLOB)
        return NULL;
    copy = lm_arena_add(&l->attempt_strings, v->as.text.bytes,
                        v->as.text.size);
    if (copy == NULL)
        lm_err_nomem(err);
    return copy;
}

static int add_attempt(void *user, lm_db *db, const lm_value *v)
{
    lm_ledger *l = user;
    lm_err *err = lm_db_err(db);
    lm_attempt *a = lm_list_grow(l->attempts, l->attempt_count,
                                 &l->attempt_size, sizeof *a);

    if (a == NULL)
        return lm_err_nomem(err);
    l->attempts = a;
    a += l->attempt_count;
    a->seq = v[0].type == LM_INTEGER ? v[0].as.integer : 0;
    a->id = keep(l, &v[1], err);
    a->action = keep(l, &v[2], err);
    a->outcome = keep(l, &v[3], err);
    a->error = keep(l, &v[4], err);
    a->checksum = keep(l, &v[5], err);
    a->started_at = keep(l, &v[6], err);
    a->duration_ms = v[7].type == LM_REAL ? v[7].as.real : 0;
    a->runner = keep(l, &v[8], err);
    a->sqlite = keep(l, &v[9], err);
    a->host = keep(l, &v[10], err);
    a->user = keep(l, &v[11], err);
    a->run_id = keep(l, &v[12], err);
    a->repeats = v[13].type == LM_INTEGER ? v[13].as.integer : 0;
    a->last_at = keep(l, &v[14], err);
    if (err->code == LM_OK)
        l->attempt_count++;
    return err->code;
}

int lm_history_read(lm_ledger *l, lm_db *db)
{
    char *sql;
    int rc;

    lm_arena_clear(&l->attempt_strings);
    l->attempt_count = 0;
    if (!l->has_history)
        return LM_OK;
    sql = lm_format("SELECT seq, id, action, outcome, error, checksum, "
                    "started_at, duration_ms, runner, sqlite, host, user, "
                    "run_id, repeats, last_at FROM main.%s ORDER BY seq",
                    l->history);
    rc = sql == NULL ? lm_err_nomem(lm_db_err(db))
                     : lm_db_each(db, sql, NULL, 0, add_attempt, l);
    free(sql);
    return rc;
}

int lm_history_last(lm_ledger *l, lm_db *db, int64_t *seq)
{
    char *sql;
    int rc;

    *seq = 0;
    if (!l->has_history)
        return LM_OK;
    sql = lm_format("SELECT max(seq) FROM main.%s", l->history);
    rc = sql == NULL ? lm_err_nomem(lm_db_err(db))
                     : lm_db_integer(db, sql, 0, seq);
    free(sql);
    return rc;
}

int lm_history_done(lm_ledger *l, lm_db *db, const char *id, int64_t since,
                    bool *done)
{
    char *sql = lm_format("SELECT count(*) FROM main.%s WHERE id = ?1 AND "
                          "seq > %lld AND outcome = 'done'", l->history,
                          (long long)since);
    int64_t n = 0;
    int rc = sql == NULL ? lm_err_nomem(lm_db_err(db))
                         : lm_db_integer_of(db, sql, id, &n);

    *done = n > 0;
    free(sql);
    return rc;
}
