/* SPDX-License-Identifier: MIT */
/*
 * Statements: text to statement, binding, stepping, reading, and keeping
 * them by their text. Preparing costs more than running a small statement,
 * so a released one is kept for the next prepare of the same text.
 */
#include <stdlib.h>
#include <string.h>

#include "../base/text.h"
#include "../lex/sqlsplit.h"
#include "catalog.h"
#include "internal.h"
#include "txn.h"

/* So many idle statements are kept. */
enum { LM_IDLE_MAX = 32 };

static void free_stmt(lm_stmt *stmt)
{
    if (stmt == NULL)
        return;
    sqlite3_finalize(stmt->handle);
    free(stmt->trait.point_name);
    free(stmt->sql);
    free(stmt->row);
    free(stmt);
}

void lm_idle_clear(lm_db *db, bool scripts_only)
{
    lm_stmt **at = &db->idle, *stmt;

    while ((stmt = *at) != NULL) {
        if (scripts_only && stmt->actor == LM_RUNNER) {
            at = &stmt->next;
            continue;
        }
        *at = stmt->next;
        db->idle_count--;
        free_stmt(stmt);
    }
}

bool lm_stmt_is(const lm_stmt *stmt, const char *sql, size_t len)
{
    return stmt->len == len && memcmp(stmt->sql, sql, len) == 0;
}

static lm_stmt *take_idle(lm_db *db, lm_actor actor, const char *sql,
                          size_t len)
{
    lm_stmt **at, *stmt;

    for (at = &db->idle; (stmt = *at) != NULL; at = &stmt->next) {
        if (stmt->actor != actor || !lm_stmt_is(stmt, sql, len))
            continue;
        *at = stmt->next;
        stmt->next = NULL;
        db->idle_count--;
        return stmt;
    }
    return NULL;
}

static lm_stmt *new_stmt(lm_db *db, lm_actor actor, const char *sql,
                         size_t len)
{
    lm_stmt *stmt = calloc(1, sizeof *stmt);

    if (stmt == NULL)
        return NULL;
    stmt->db = db;
    stmt->actor = actor;
    stmt->sql = lm_strndup(sql, len);
    stmt->len = len;
    if (stmt->sql == NULL) {
        free(stmt);
        return NULL;
    }
    return stmt;
}

static int check_length(lm_db *db, size_t len)
{
    int limit = sqlite3_limit(db->handle, SQLITE_LIMIT_SQL_LENGTH, -1);

    if (len <= (size_t)limit)
        return LM_OK;
    return lm_err_set(db->err, LM_EFAILED, "the statement is too long: %zu "
                      "bytes, at most %d", len, limit);
}

/* A script's statement is shown with its error; the runner's would only
 * puzzle whoever reads it. */
static int fail_at(const lm_stmt *stmt, int rc)
{
    if (stmt->actor == LM_SCRIPT)
        return lm_db_fail(stmt->db, rc, stmt->sql, stmt->len);
    return lm_db_fail(stmt->db, rc, NULL, 0);
}

/* Prepare the first statement of stmt->sql; *used is where it ended. */
static int compile(lm_stmt *stmt, unsigned flags, size_t *used)
{
    lm_db *db = stmt->db;
    const char *tail = stmt->sql;
    int rc;

    db->actor = stmt->actor;
    db->learning = &stmt->trait;
    db->refusal[0] = '\0';
    rc = sqlite3_prepare_v3(db->handle, stmt->sql, (int)stmt->len + 1, flags,
                            &stmt->handle, &tail);
    db->learning = NULL;
    db->actor = LM_RUNNER;
    *used = (size_t)(tail - stmt->sql);
    if (rc != SQLITE_OK) {
        rc = fail_at(stmt, rc);
        if (stmt->actor == LM_SCRIPT)
            lm_db_latch(db);
        return rc;
    }
    if (stmt->handle != NULL)
        stmt->columns = sqlite3_column_count(stmt->handle);
    /* The authorizer is asked for what EXPLAIN only talks about, too. */
    if (sqlite3_stmt_isexplain(stmt->handle) != 0)
        stmt->trait.writes = stmt->trait.fires = stmt->trait.defines = false;
    return LM_OK;
}

static int prepare_new(lm_db *db, lm_actor actor, const char *sql,
                       size_t len, unsigned flags, size_t *used,
                       lm_stmt **out)
{
    lm_stmt *stmt;
    int rc = check_length(db, len);

    if (rc != LM_OK)
        return rc;
    stmt = new_stmt(db, actor, sql, len);
    if (stmt == NULL)
        return lm_err_nomem(db->err);
    if (actor == LM_SCRIPT)
        rc = lm_text_judge(db, sql, len, &stmt->vacuum);
    /* Most pragmas act while they are prepared, not when they step. */
    if (rc == LM_OK && actor == LM_SCRIPT)
        rc = lm_pragma_keep(db, sql, len);
    if (rc == LM_OK)
        rc = compile(stmt, flags, used);
    if (rc != LM_OK || stmt->handle == NULL) {
        free_stmt(stmt);
        *out = NULL;
        return rc;
    }
    *out = stmt;
    return LM_OK;
}

static int refuse_text(lm_db *db, const char *sql, size_t len,
                       const char *what, size_t offset)
{
    lm_err_set(db->err, LM_EFAILED, "%s", what);
    lm_err_sql(db->err, sql, len, (long)offset, 0);
    return LM_EFAILED;
}

/* Nothing but blanks and comments from `used` on? */
static int check_rest(lm_db *db, const char *sql, size_t len, size_t used)
{
    lm_sqltok t;

    lm_sqltok_start(&t, sql + used, len - used);
    while (lm_sqltok_next(&t) != LM_TOK_END)
        if (t.kind != LM_TOK_SPACE && t.kind != LM_TOK_COMMENT &&
            t.kind != LM_TOK_SEMI)
            return refuse_text(db, sql, len, "more than one statement: "
                               "executescript() takes many",
                               used + t.start);
    return LM_OK;
}

/* What a script may do no more, it may not prepare either. */
static int admit(lm_db *db, lm_actor actor)
{
    if (actor == LM_RUNNER)
        return LM_OK;
    if (db->latch.code == LM_OK && lm_txn_check(db) != LM_OK)
        lm_db_latch(db);
    return lm_db_latched(db);
}

int lm_db_prepare(lm_db *db, lm_actor actor, const char *sql, size_t len,
                  lm_stmt **out)
{
    size_t used = 0;
    int rc = admit(db, actor);

    *out = NULL;
    if (rc != LM_OK)
        return rc;
    /* What was prepared before is not judged anew. */
    if (actor == LM_RUNNER || !db->altering)
        *out = take_idle(db, actor, sql, len);
    if (*out != NULL)
        return LM_OK;
    if (memchr(sql, '\0', len) != NULL)
        return refuse_text(db, sql, len, "a NUL byte in the statement",
                           strlen(sql));
    rc = prepare_new(db, actor, sql, len, SQLITE_PREPARE_PERSISTENT, &used,
                     out);
    if (rc != LM_OK)
        return rc;
    if (*out == NULL)
        return refuse_text(db, sql, len, "there is no statement in the text",
                           0);
    rc = check_rest(db, sql, len, used);
    if (rc != LM_OK) {
        free_stmt(*out);
        *out = NULL;
    }
    return rc;
}

int lm_db_prepare_first(lm_db *db, lm_actor actor, const char *sql,
                        size_t len, size_t *used, lm_stmt **out)
{
    lm_sqlsplit split;
    size_t ignored;
    int rc = admit(db, actor);

    *out = NULL;
    if (rc != LM_OK)
        return rc;
    lm_sqlsplit_start(&split, sql, len);
    switch (lm_sqlsplit_next(&split)) {
    case LM_SPLIT_DONE:
        *used = len;
        return LM_OK;
    case LM_SPLIT_OPEN_QUOTE:
        return refuse_text(db, sql, len, "a quote is never closed",
                           split.start);
    case LM_SPLIT_OPEN_TRIGGER:
        return refuse_text(db, sql, len, "the trigger has no END",
                           split.start);
    default:
        break;
    }
    *used = split.start + split.size;
    if (memchr(sql + split.start, '\0', split.size) != NULL)
        return refuse_text(db, sql, len, "a NUL byte in the statement",
                           strlen(sql));
    rc = prepare_new(db, actor, sql + split.start, split.size, 0, &ignored,
                     out);
    if (rc == LM_OK && *out != NULL)
        rc = check_rest(db, sql + split.start, split.size, ignored);
    if (rc != LM_OK) {
        free_stmt(*out);
        *out = NULL;
    }
    return rc;
}

/* After the last row: what the statement did to rows and savepoints. */
static int account(lm_stmt *stmt)
{
    lm_db *db = stmt->db;
    const lm_trait *trait = &stmt->trait;
    int64_t own = 0;

    if (trait->writes && !trait->defines) {
        own = sqlite3_changes64(db->handle);
        db->track.rows += own;
    }
    if (trait->fires &&
        sqlite3_total_changes64(db->handle) - stmt->total_before > own)
        db->track.fired = true;
    return trait->point == LM_POINT_NONE ? LM_OK
                                         : lm_point_done(db, trait);
}

static int begin_step(lm_stmt *stmt)
{
    lm_db *db = stmt->db;
    int rc = admit(db, LM_SCRIPT);

    if (rc == LM_OK && !sqlite3_stmt_readonly(stmt->handle))
        rc = lm_db_quiet(db);
    if (rc != LM_OK)
        return rc;
    if (!stmt->begun) {
        stmt->begun = true;
        if (db->watch.statement != NULL)
            db->watch.statement(db->watch.user, stmt->sql, stmt->len);
        rc = lm_track_before(db, stmt);
    }
    stmt->undos_before = db->undos;
    stmt->depth_before = db->point_count;
    if (stmt->trait.fires)
        stmt->total_before = sqlite3_total_changes64(db->handle);
    return rc;
}

static int step_failed(lm_stmt *stmt, int rc)
{
    lm_db *db = stmt->db;
    bool fatal = lm_db_fatal(rc);

    /* Reset reports the same error again; the first report counts. */
    rc = fail_at(stmt, rc);
    sqlite3_reset(stmt->handle);
    if (stmt->actor == LM_SCRIPT && (fatal || lm_txn_check(db) != LM_OK))
        lm_db_latch(db);
    return rc;
}

/* Columns are counted anew at the first row: SQLite may have prepared the
 * statement again for a schema that changed. */
static void begin_rows(lm_stmt *stmt)
{
    stmt->stepping = true;
    stmt->columns = sqlite3_column_count(stmt->handle);
}

/* Of what fails everything is undone, but with OR FAIL: the rows before the
 * bad one stay, and those of its triggers are not counted. */
static bool left_nothing(const lm_stmt *stmt, int64_t total_before)
{
    const lm_db *db = stmt->db;

    return !stmt->trait.fires && !lm_db_has_temp(db) &&
           sqlite3_total_changes64(db->handle) == total_before;
}

int lm_stmt_step(lm_stmt *stmt, bool *row)
{
    lm_db *db = stmt->db;
    lm_stmt *outer = db->running;
    lm_actor outer_actor = db->actor;
    bool inside = db->own_txn && stmt->actor == LM_SCRIPT &&
                  !sqlite3_get_autocommit(db->handle);
    bool writes = !stmt->stepping && !sqlite3_stmt_readonly(stmt->handle);
    int64_t total = sqlite3_total_changes64(db->handle);
    int rc = LM_OK;

    *row = false;
    if (stmt->actor == LM_SCRIPT && !stmt->stepping)
        rc = begin_step(stmt);
    if (rc != LM_OK)
        return rc;
    db->writes += writes;
    db->actor = stmt->actor;
    db->running = stmt;
    db->refusal[0] = '\0';
    rc = sqlite3_step(stmt->handle);
    db->running = outer;
    db->actor = outer_actor;
    /* A ROLLBACK may have taken the schema back with it. */
    if (inside && sqlite3_get_autocommit(db->handle))
        lm_catalog_forget(db);
    if (rc == SQLITE_ROW) {
        *row = true;
        if (!stmt->stepping)
            begin_rows(stmt);
        return LM_OK;
    }
    stmt->stepping = false;
    if (rc != SQLITE_DONE) {
        if (writes && left_nothing(stmt, total))
            db->writes--;
        return step_failed(stmt, rc);
    }
    sqlite3_reset(stmt->handle);
    return stmt->actor == LM_SCRIPT ? account(stmt) : LM_OK;
}

bool lm_stmt_readonly(const lm_stmt *stmt)
{
    return sqlite3_stmt_readonly(stmt->handle) != 0;
}

/* Begun inside a savepoint that was rolled back since? */
static bool is_undone(const lm_stmt *stmt)
{
    const lm_db *db = stmt->db;

    return db->undos != stmt->undos_before &&
           db->undone_at < stmt->depth_before;
}

/* With RETURNING all rows are written before the first one is returned
 * (sqlite.org/lang_returning.html 3), so they count also when the rest is
 * never asked for. */
void lm_stmt_reset(lm_stmt *stmt)
{
    bool left = stmt->actor == LM_SCRIPT && stmt->trait.writes &&
                sqlite3_stmt_busy(stmt->handle) && !is_undone(stmt);

    stmt->stepping = false;
    sqlite3_reset(stmt->handle);
    sqlite3_clear_bindings(stmt->handle);
    if (left)
        account(stmt);
}

/* What changes the schema is seldom run twice, and holds locks on it. */
static bool worth_keeping(const lm_stmt *stmt)
{
    return !stmt->trait.defines && !stmt->vacuum && stmt->len < 100000;
}

void lm_stmt_release(lm_stmt *stmt)
{
    lm_db *db;
    lm_stmt **last;

    if (stmt == NULL)
        return;
    db = stmt->db;
    lm_stmt_reset(stmt);
    if (!worth_keeping(stmt)) {
        free_stmt(stmt);
        return;
    }
    stmt->next = db->idle;
    db->idle = stmt;
    if (++db->idle_count <= LM_IDLE_MAX)
        return;
    for (last = &db->idle; (*last)->next != NULL;)
        last = &(*last)->next;
    free_stmt(*last);
    *last = NULL;
    db->idle_count--;
}
