/* SPDX-License-Identifier: MIT */
/*
 * A connection: what it is set to while it is ours, and what it is given back
 * with. How the file is opened is decided in openfile.c.
 *
 * The busy handler is ours, not sqlite3_busy_timeout, for three reasons: a
 * signal must end the wait; it must be set before the first statement; and
 * inside a transaction nothing is waited for (with a reader open, every
 * spill of the page cache would wait the whole timeout, again and again).
 */
#include <assert.h>
#include <stdlib.h>
#include <time.h>

#include "../base/clock.h"
#include "../base/text.h"
#include "catalog.h"
#include "internal.h"
#include "openfile.h"

/* Instructions of SQLite's virtual machine between two looks at the time;
 * a few tenths of a millisecond. */
enum { LM_STEPS_BETWEEN_LOOKS = 4000 };

/* So long a wait for a lock is not worth a word; ms. */
enum { LM_WAIT_UNTOLD = 1000 };

static int asked_to_stop(lm_db *db)
{
    return db->watch.stop != NULL &&
           db->watch.stop(db->watch.user, db->err) != LM_OK;
}

static int on_progress(void *p)
{
    return asked_to_stop(p);
}

/* Wait a little longer at every try, up to 20 ms. */
static void nap(int tries)
{
    struct timespec t = {0, 0};

    t.tv_nsec = (tries < 20 ? tries + 1 : 20) * 1000000L;
    nanosleep(&t, NULL);
}

static int on_busy(void *p, int tries)
{
    lm_db *db = p;
    double waited;

    if (!db->may_wait || asked_to_stop(db))
        return 0;
    if (tries == 0)
        db->waiting_since = lm_clock_ms();
    waited = lm_clock_ms() - db->waiting_since;
    if (waited >= db->lock_timeout)
        return 0;
    if (waited >= LM_WAIT_UNTOLD && !db->told_waiting) {
        db->told_waiting = true;
        if (db->watch.waiting != NULL)
            db->watch.waiting(db->watch.user);
    }
    nap(tries);
    return 1;
}

void lm_db_hurry(lm_db *db, int ms)
{
    if (db->lock_timeout > ms)
        db->lock_timeout = ms;
}

static int take_handlers(lm_db *db)
{
    int rc = sqlite3_set_authorizer(db->handle, lm_authorize, db);

    if (rc == SQLITE_OK)
        rc = sqlite3_busy_handler(db->handle, on_busy, db);
    if (rc != SQLITE_OK)
        return lm_db_fail(db, rc, NULL, 0);
    sqlite3_progress_handler(db->handle, LM_STEPS_BETWEEN_LOOKS, on_progress,
                             db);
    return LM_OK;
}

static int name_own_tables(lm_db *db, const char *table)
{
    db->own[0] = lm_strdup(table);
    db->own[1] = lm_format("%s_history", table);
    db->own[2] = lm_format("%s_progress", table);
    if (db->own[0] == NULL || db->own[1] == NULL || db->own[2] == NULL)
        return lm_err_nomem(db->err);
    return LM_OK;
}

static lm_db *new_db(const lm_db_options *options)
{
    lm_db *db = calloc(1, sizeof *db);

    if (db == NULL) {
        lm_err_nomem(options->err);
        return NULL;
    }
    db->err = options->err;
    db->watch = options->watch;
    db->lock_timeout = options->lock_timeout * 1e3;
    db->may_wait = true;
    db->links_at = -1;
    if (name_own_tables(db, options->own_table) != LM_OK) {
        lm_db_close(db);
        return NULL;
    }
    return db;
}

int lm_db_config(lm_db *db, int what, int value)
{
    int rc = sqlite3_db_config(db->handle, what, value, NULL);

    return rc == SQLITE_OK ? LM_OK : lm_db_fail(db, rc, NULL, 0);
}

/* Enforcement is switched on for a script that asks for it; defensive mode
 * keeps scripts from shadow tables and writable_schema. */
static int configure(lm_db *db)
{
    int rc = lm_db_config(db, SQLITE_DBCONFIG_ENABLE_FKEY, 0);

    if (rc == LM_OK)
        rc = lm_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1);
    return rc;
}

int lm_db_open(const lm_db_options *options, lm_db **out)
{
    lm_db *db = new_db(options);
    int rc;

    *out = NULL;
    if (db == NULL)
        return LM_ENOMEM;
    rc = lm_db_open_file(db, options);
    if (rc == LM_OK)
        rc = take_handlers(db);
    if (rc == LM_OK)
        rc = configure(db);
    if (rc != LM_OK)
        lm_db_close(db);
    else
        *out = db;
    return rc;
}

static int read_flag(lm_db *db, int what, int *out)
{
    int rc = sqlite3_db_config(db->handle, what, -1, out);

    return rc == SQLITE_OK ? LM_OK : lm_db_fail(db, rc, NULL, 0);
}

/* What will be changed on the host's connection, to be put back. */
static int remember(lm_db *db)
{
    int64_t busy = 0;
    int rc = read_flag(db, SQLITE_DBCONFIG_ENABLE_FKEY, &db->fkeys_before);

    if (rc == LM_OK)
        rc = read_flag(db, SQLITE_DBCONFIG_DEFENSIVE, &db->defensive_before);
    if (rc == LM_OK)
        rc = lm_db_integer(db, "PRAGMA busy_timeout", 0, &busy);
    db->busy_before = (int)busy;
    db->remembered = rc == LM_OK;
    return rc;
}

static int remember_temp(lm_db *db)
{
    static const char sql[] = "SELECT name FROM sqlite_temp_schema";
    const lm_value *row;
    lm_stmt *stmt;
    char *name;
    bool more;
    int rc = lm_db_prepare(db, LM_RUNNER, sql, sizeof sql - 1, &stmt);

    while (rc == LM_OK) {
        rc = lm_stmt_step(stmt, &more);
        if (rc != LM_OK || !more)
            break;
        row = lm_stmt_row(stmt);
        name = row == NULL ? NULL : lm_strndup(row[0].as.text.bytes,
                                               row[0].as.text.size);
        rc = name == NULL ? lm_err_nomem(db->err)
                          : lm_names_add(&db->temp_before, name, db->err);
        free(name);
    }
    lm_stmt_release(stmt);
    return rc;
}

static int check_idle(struct sqlite3 *handle, lm_err *err)
{
    sqlite3_stmt *s = NULL;

    if (!sqlite3_get_autocommit(handle))
        return lm_err_set(err, LM_EUSAGE, "the connection has a transaction "
                          "open: commit it or roll it back first");
    while ((s = sqlite3_next_stmt(handle, s)) != NULL)
        if (sqlite3_stmt_busy(s))
            return lm_err_set(err, LM_EUSAGE, "the connection has a "
                              "statement running: reset it first");
    return LM_OK;
}

int lm_db_attach(struct sqlite3 *handle, const lm_db_options *options,
                 lm_db **out)
{
    lm_db *db;
    int rc;

    *out = NULL;
    if (handle == NULL)
        return lm_err_set(options->err, LM_EUSAGE, "no connection was given "
                          "(it is NULL)");
    rc = check_idle(handle, options->err);
    if (rc != LM_OK)
        return rc;
    db = new_db(options);
    if (db == NULL)
        return LM_ENOMEM;
    db->handle = handle;
    db->attached = true;
    rc = remember(db);
    if (rc == LM_OK)
        rc = remember_temp(db);
    if (rc == LM_OK)
        rc = take_handlers(db);
    if (rc == LM_OK)
        rc = configure(db);
    if (rc != LM_OK)
        lm_db_close(db);
    else
        *out = db;
    return rc;
}

static void give_back(lm_db *db)
{
    if (!db->remembered)
        return;
    sqlite3_set_authorizer(db->handle, NULL, NULL);
    sqlite3_progress_handler(db->handle, 0, NULL, NULL);
    sqlite3_busy_timeout(db->handle, db->busy_before);
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_ENABLE_FKEY,
                      db->fkeys_before, NULL);
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DEFENSIVE,
                      db->defensive_before, NULL);
}

/* The first try ends what virtual tables have prepared; what is left then a
 * function of the host left behind (native.c). */
static int close_handle(struct sqlite3 *handle)
{
    sqlite3_stmt *s;
    int rc = sqlite3_close(handle);

    while (rc == SQLITE_BUSY &&
           (s = sqlite3_next_stmt(handle, NULL)) != NULL) {
        sqlite3_finalize(s);
        rc = sqlite3_close(handle);
    }
    return rc;
}

void lm_db_close(lm_db *db)
{
    int rc = SQLITE_OK;
    size_t i;

    if (db == NULL)
        return;
    lm_idle_clear(db, false);
    lm_functions_clear(db);
    lm_catalog_forget(db);
    if (db->attached)
        give_back(db);
    else {
        lm_db_leave_wal(db);
        rc = close_handle(db->handle);
    }
    /* A statement that somebody still holds would make this fail. */
    assert(rc == SQLITE_OK);
    (void)rc;
    lm_points_clear(db);
    lm_track_clear(&db->track);
    lm_links_clear(db);
    lm_names_clear(&db->temp_before);
    lm_err_clear(&db->latch);
    free(db->dump);
    for (i = 0; i < 3; i++)
        free(db->own[i]);
    free(db);
}
