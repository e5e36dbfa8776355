/* SPDX-License-Identifier: MIT */
#include "load.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../base/clock.h"
#include "../db/dump.h"
#include "../db/objects.h"
#include "../db/txn.h"
#include "look.h"

static int check_empty(lm_session *s)
{
    lm_objects all;
    int rc = lm_objects_read(s->db, &all);

    if (rc == LM_OK && all.count > 0) {
        rc = lm_err_set(s->err, LM_EUSAGE, "the database is not empty: it "
                        "has %s %s%s", lm_object_word(all.list[0].kind),
                        all.list[0].name, all.count > 1 ? " and more" : "");
        lm_err_hint(s->err, "a dump goes into a database that is new: give "
                    "another path, or move the old file away");
    }
    lm_objects_clear(&all);
    return rc;
}

/* Their texts are not in the dump. */
static int record(lm_session *s, const lm_applied *row,
                  const lm_origin *origin, const char *now)
{
    lm_source source = {0};
    lm_record r = {0};

    source.id = (char *)row->id;
    memcpy(source.checksum, row->checksum,
           strnlen(row->checksum, sizeof source.checksum - 1));
    r.source = &source;
    r.origin = origin;
    r.action = "load";
    r.outcome = "recorded";
    r.started_at = now;
    return lm_history_add(s->ledger, s->db, &r);
}

static int by_position(const void *a, const void *b)
{
    const lm_applied *const *x = a, *const *y = b;

    return (*x)->position < (*y)->position ? -1 : 1;
}

static int record_in_order(lm_session *s, const lm_applied **rows)
{
    char now[LM_UTC_SIZE];
    lm_origin origin;
    size_t i;
    int rc = LM_OK;

    for (i = 0; i < s->ledger->count; i++)
        rows[i] = &s->ledger->rows[i];
    lm_list_sort(rows, s->ledger->count, sizeof *rows, by_position);
    lm_origin_read(&origin);
    lm_clock_utc(now);
    for (i = 0; i < s->ledger->count && rc == LM_OK; i++)
        rc = record(s, rows[i], &origin, now);
    return rc;
}

/* Another tool's ledger, or one that `up` rebuilds, comes as it was. */
static int record_all(lm_session *s, lm_loaded *out)
{
    const lm_applied **rows = NULL;
    lm_look look = {0};
    const char *what;
    int rc = lm_look_at(s->db, s->table, &look);

    if (rc != LM_OK || !look.exists || look.shape != LM_SHAPE_OURS)
        return rc;
    rc = lm_ledger_look(s->ledger, s->db);
    if (rc == LM_OK)
        rc = lm_ledger_make(s->ledger, s->db, &what);
    if (rc == LM_OK)
        rc = lm_ledger_look(s->ledger, s->db);
    if (rc != LM_OK)
        return rc;
    out->migrations = s->ledger->count;
    rows = calloc(s->ledger->count + 1, sizeof *rows);
    rc = rows == NULL ? lm_err_nomem(s->err) : record_in_order(s, rows);
    free(rows);
    return rc;
}

static int load_inside(lm_session *s, const char *text, size_t len,
                       lm_loaded *out)
{
    int rc = check_empty(s);

    if (rc == LM_OK)
        rc = lm_dump_load(s->db, text, len, &out->objects);
    return rc == LM_OK ? record_all(s, out) : rc;
}

static int load(lm_session *s, const char *text, size_t len, lm_loaded *out)
{
    bool found;
    int rc = lm_session_open(s, LM_DB_CREATE, &found);

    if (rc == LM_OK)
        rc = check_empty(s);
    if (rc == LM_OK)
        rc = lm_dump_encoding(s->db, text, len);
    if (rc == LM_OK)
        rc = lm_txn_begin(s->db);
    if (rc != LM_OK)
        return rc;
    rc = load_inside(s, text, len, out);
    if (rc == LM_OK)
        return lm_txn_commit(s->db);
    lm_txn_rollback(s->db);
    return rc;
}

int lm_load(lm_session *s, const char *text, size_t len, lm_loaded *out)
{
    bool there = s->path == NULL || access(s->path, F_OK) == 0;
    int rc = lm_dump_check(text, len, s->table, s->err);

    memset(out, 0, sizeof *out);
    if (rc != LM_OK)
        return rc;
    rc = load(s, text, len, out);
    if (rc != LM_OK && !there) {
        lm_session_shut(s);
        unlink(s->path);
    }
    return rc;
}
