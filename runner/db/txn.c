/* SPDX-License-Identifier: MIT */
/*
 * The only file that begins or ends a transaction.
 *
 * BEGIN is always IMMEDIATE: a deferred one that reads first and writes later
 * fails at once when another process committed in between, whatever the
 * timeout (SQLITE_BUSY_SNAPSHOT, sqlite.org/rescode.html).
 */
#include "txn.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/list.h"
#include "../base/text.h"
#include "internal.h"

/* Run one of the runner's own statements; locks may be waited for. */
int lm_db_exec(lm_db *db, const char *sql)
{
    lm_actor actor = db->actor;
    bool may_wait = db->may_wait;
    int rc;

    db->actor = LM_RUNNER;
    db->may_wait = true;
    rc = sqlite3_exec(db->handle, sql, NULL, NULL, NULL);
    db->actor = actor;
    db->may_wait = may_wait;
    return rc == SQLITE_OK ? LM_OK : lm_db_fail(db, rc, NULL, 0);
}

/* The same, kept prepared: it runs for every migration. */
static int run_kept(lm_db *db, const char *sql)
{
    bool may_wait = db->may_wait;
    int rc;

    db->may_wait = true;
    rc = lm_db_run(db, sql, NULL, 0);
    db->may_wait = may_wait;
    return rc;
}

int lm_txn_begin(lm_db *db)
{
    int rc = run_kept(db, "BEGIN IMMEDIATE");

    if (rc == LM_OK) {
        db->in_txn = true;
        db->may_wait = false;
    }
    return rc;
}

static void leave(lm_db *db)
{
    db->in_txn = false;
    db->may_wait = true;
    lm_points_clear(db);
}

/* A rollback that failed half-way leaves a hot journal; the next read of the
 * file plays it back. */
static void read_once(lm_db *db)
{
    sqlite3_exec(db->handle, "SELECT 1 FROM sqlite_schema LIMIT 1", NULL,
                 NULL, NULL);
}

int lm_txn_rollback(lm_db *db)
{
    int rc = LM_OK;

    if (!sqlite3_get_autocommit(db->handle))
        rc = lm_db_exec(db, "ROLLBACK");
    if (db->in_txn)
        read_once(db);
    leave(db);
    return rc;
}

int lm_txn_commit(lm_db *db)
{
    int rc = lm_txn_check(db);

    if (rc == LM_OK)
        rc = run_kept(db, "COMMIT");
    if (rc != LM_OK)
        lm_txn_rollback(db);
    else
        leave(db);
    return rc;
}

int lm_txn_read_begin(lm_db *db, bool *began)
{
    *began = false;
    if (!sqlite3_get_autocommit(db->handle))
        return LM_OK;
    *began = true;
    return lm_db_exec(db, "BEGIN");
}

/* Ending a transaction that only read cannot lose anything. */
void lm_txn_read_end(lm_db *db, bool began)
{
    if (began && !sqlite3_get_autocommit(db->handle))
        lm_db_exec(db, "ROLLBACK");
}

/* The lock of a transaction stays when it ends; in WAL mode it shuts out
 * everybody who has the database open (sqlite.org/pragma.html
 * #pragma_locking_mode). */
int lm_txn_alone(lm_db *db)
{
    int rc = lm_db_exec(db, "PRAGMA locking_mode = EXCLUSIVE");

    if (rc == LM_OK)
        rc = lm_db_exec(db, "BEGIN EXCLUSIVE");
    if (rc == LM_OK)
        rc = lm_db_exec(db, "ROLLBACK");
    return rc;
}

bool lm_txn_open(const lm_db *db)
{
    return db->in_txn;
}

/* SQLite may end a transaction by itself after a full disk, an I/O error, a
 * lack of memory or OR ROLLBACK (sqlite.org/lang_transaction.html 3); only
 * this function of its interface tells. */
int lm_txn_check(lm_db *db)
{
    if (!db->in_txn || !sqlite3_get_autocommit(db->handle))
        return LM_OK;
    lm_err_set(db->err, LM_EFAILED, "the transaction was rolled back by "
               "SQLite while the migration ran");
    lm_err_hint(db->err, "a statement with OR ROLLBACK, or RAISE(ROLLBACK) "
                "in a trigger, ends the whole transaction: nothing after it "
                "was done");
    return LM_EFAILED;
}

bool lm_txn_left_open(const lm_db *db)
{
    return !db->in_txn && !sqlite3_get_autocommit(db->handle);
}

static int push(lm_db *db, const char *name, bool ours)
{
    lm_point *grown = lm_list_grow(db->points, db->point_count,
                                   &db->point_size, sizeof *grown);

    if (grown == NULL)
        return lm_err_nomem(db->err);
    db->points = grown;
    grown += db->point_count;
    grown->name = lm_strdup(name);
    grown->rows = db->track.rows;
    grown->fired = db->track.fired;
    grown->swaps = db->track.swap_count;
    grown->ours = ours;
    grown->writes = db->writes;
    if (grown->name == NULL)
        return lm_err_nomem(db->err);
    db->point_count++;
    return LM_OK;
}

/* Forget the innermost ones until `keep` are left. */
static void pop_to(lm_db *db, size_t keep)
{
    while (db->point_count > keep)
        free(db->points[--db->point_count].name);
}

/* The innermost of this name; point_count when there is none. SQLite, too,
 * compares without case. */
static size_t find_point(const lm_db *db, const char *name)
{
    size_t i;

    for (i = db->point_count; i > 0; i--)
        if (lm_same_name(db->points[i - 1].name, name))
            return i - 1;
    return db->point_count;
}

bool lm_point_known(const lm_db *db, const char *name)
{
    return find_point(db, name) < db->point_count;
}

static void restore_counts(lm_db *db, size_t at)
{
    db->undos++;
    db->undone_at = at;
    db->track.rows = db->points[at].rows;
    db->track.fired = db->points[at].fired;
    db->track.swap_count = db->points[at].swaps;
}

int lm_point_done(lm_db *db, const lm_trait *trait)
{
    size_t at = find_point(db, trait->point_name);

    if (trait->point == LM_POINT_OPEN)
        return push(db, trait->point_name, false);
    if (at == db->point_count)
        return LM_OK;
    if (trait->point == LM_POINT_UNDO) {
        restore_counts(db, at);
        pop_to(db, at + 1);
    } else
        pop_to(db, at);
    return LM_OK;
}

void lm_points_clear(lm_db *db)
{
    pop_to(db, 0);
    free(db->points);
    db->points = NULL;
    db->point_size = 0;
}

const char *lm_txn_unpaired(const lm_db *db)
{
    return db->point_count > 0 ? db->points[db->point_count - 1].name : NULL;
}

int lm_txn_savepoint(lm_db *db)
{
    char name[40], sql[80];
    int rc;

    snprintf(name, sizeof name, "lumigrate_%zu", db->point_count);
    snprintf(sql, sizeof sql, "SAVEPOINT %s", name);
    rc = lm_db_latched(db);
    if (rc == LM_OK)
        rc = lm_db_quiet(db);
    if (rc == LM_OK)
        rc = lm_txn_check(db);
    if (rc == LM_OK)
        rc = lm_db_exec(db, sql);
    return rc == LM_OK ? push(db, name, true) : rc;
}

/* The innermost one that lm_txn_savepoint opened. */
static size_t innermost_ours(const lm_db *db)
{
    size_t i = db->point_count;

    while (i > 0 && !db->points[i - 1].ours)
        i--;
    return i;
}

int lm_txn_release(lm_db *db)
{
    size_t n = innermost_ours(db);
    char sql[80];
    int rc = lm_txn_check(db);

    if (rc != LM_OK)
        return rc;
    if (n == 0)
        return lm_err_set(db->err, LM_EFAILED, "the savepoint is gone: it "
                          "was released inside");
    snprintf(sql, sizeof sql, "RELEASE %s", db->points[n - 1].name);
    rc = lm_db_exec(db, sql);
    if (rc == LM_OK)
        pop_to(db, n - 1);
    return rc;
}

/* Once the schema has changed in a transaction, ROLLBACK TO ends every cursor
 * that stands on a row, whatever was done since the savepoint
 * (sqlite.org/lang_savepoint.html). So where nothing was, it is let go. */
int lm_txn_undo(lm_db *db)
{
    size_t n = innermost_ours(db);
    char sql[160];
    int rc;

    if (n == 0 || sqlite3_get_autocommit(db->handle))
        return LM_OK;
    if (db->points[n - 1].writes == db->writes) {
        db->track.swap_count = db->points[n - 1].swaps;
        return lm_txn_release(db);
    }
    snprintf(sql, sizeof sql, "ROLLBACK TO %s; RELEASE %s",
             db->points[n - 1].name, db->points[n - 1].name);
    rc = lm_db_exec(db, sql);
    if (rc == LM_OK) {
        restore_counts(db, n - 1);
        pop_to(db, n - 1);
    }
    return rc;
}
