/* SPDX-License-Identifier: MIT */
/*
 * Cursors with rows left. DROP TABLE and DROP INDEX are refused by SQLite
 * while anything at all is read, and the schema cannot be read anew under it;
 * ALTER TABLE is not, but whoever reads this very table would see it change.
 */
#include <stdlib.h>
#include <string.h>

#include "alter.h"

typedef struct listener {
    lm_alter_run *a;
    bool reads;
} listener;

static void hear(void *user, int action, const char *table,
                 const char *column, const char *schema, const char *inside)
{
    listener *l = user;

    (void)column;
    (void)inside;
    if ((action == SQLITE_READ || action == SQLITE_INSERT ||
         action == SQLITE_UPDATE || action == SQLITE_DELETE) &&
        lm_same_name(table, l->a->table) && schema != NULL &&
        lm_same_name(schema, l->a->schema))
        l->reads = true;
}

/* What cannot be told reads it. */
static bool reads_it(lm_alter_run *a, sqlite3_stmt *s)
{
    listener l = {a, false};
    lm_db *db = a->db;
    sqlite3_stmt *again = NULL;
    lm_actor actor = db->actor;
    int rc;

    db->actor = LM_RUNNER;
    db->listener = hear;
    db->listener_user = &l;
    rc = sqlite3_prepare_v2(db->handle, sqlite3_sql(s), -1, &again, NULL);
    db->listener = NULL;
    db->actor = actor;
    sqlite3_finalize(again);
    return rc != SQLITE_OK || l.reads;
}

static int line_of(const lm_alter_run *a, sqlite3_stmt *s)
{
    size_t i;

    for (i = 0; i < a->req->held_count; i++)
        if (a->req->held[i].stmt->handle == s)
            return a->req->held[i].line;
    return 0;
}

static int refuse(lm_alter_run *a, sqlite3_stmt *s, int line)
{
    int rc;
    char *sql = lm_one_line(sqlite3_sql(s), strlen(sqlite3_sql(s)), 60);

    if (sql == NULL)
        return lm_err_nomem(a->db->err);
    if (line > 0)
        rc = lm_alter_refuse(a, LM_REASON_BUSY_CURSOR, "the cursor opened "
                             "on line %d has rows left to be read: %s",
                             line, sql);
    else
        rc = lm_alter_refuse(a, LM_REASON_BUSY_CURSOR, "a statement is "
                             "still running: %s", sql);
    lm_err_hint(a->db->err, "read its rows to the end (fetchall()), or "
                "close() it, before the table is changed");
    free(sql);
    return rc;
}

/* FTS5 and R*Tree keep a BLOB open after a write, until the next savepoint
 * (xSavepoint; sqlite.org/vtab.html 2.20): a statement that runs and has no
 * text, and no cursor. */
static bool is_cursor(sqlite3_stmt *s)
{
    return sqlite3_stmt_busy(s) && sqlite3_sql(s) != NULL;
}

static int close_blobs(lm_alter_run *a)
{
    sqlite3_stmt *s = NULL;

    while ((s = sqlite3_next_stmt(a->db->handle, s)) != NULL)
        if (sqlite3_stmt_busy(s) && sqlite3_sql(s) == NULL)
            return lm_alter_exec(a, "SAVEPOINT lumigrate_blobs; RELEASE "
                                 "lumigrate_blobs");
    return LM_OK;
}

static bool drops_index(const lm_alter_run *a)
{
    size_t i;

    for (i = 0; i < a->drops.count; i++)
        if (lm_starts(a->drops.list[i], "DROP INDEX"))
            return true;
    return false;
}

int lm_busy_check(lm_alter_run *a, lm_strategy strategy)
{
    bool any = strategy != LM_STRATEGY_NATIVE || drops_index(a);
    sqlite3_stmt *s = NULL;
    int rc = close_blobs(a);

    while (rc == LM_OK && (s = sqlite3_next_stmt(a->db->handle, s)) != NULL)
        if (is_cursor(s) && (any || reads_it(a, s)))
            rc = refuse(a, s, line_of(a, s));
    return rc;
}

static sqlite3_stmt *find_busy(lm_alter_run *a)
{
    sqlite3_stmt *s = NULL;

    while ((s = sqlite3_next_stmt(a->db->handle, s)) != NULL)
        if (is_cursor(s))
            return s;
    return NULL;
}

/* The cursors that were held may be closed by now. */
int lm_busy_after(lm_alter_run *a)
{
    int rc = close_blobs(a);
    sqlite3_stmt *s = find_busy(a);

    if (rc != LM_OK)
        return rc;
    if (s != NULL && a->req->sweep != NULL) {
        a->req->sweep(a->req->sweep_user);
        s = find_busy(a);
    }
    return s == NULL ? LM_OK : refuse(a, s, 0);
}
