/* SPDX-License-Identifier: MIT */
#include "ledger.h"

#include <stdlib.h>
#include <string.h>

#include "../base/buf.h"
#include "../base/list.h"
#include "../base/text.h"
#include "../db/txn.h"
#include "../lex/name.h"
#include "look.h"
#include "rebuild.h"
#include "shape.h"

static char *history_name(const char *table)
{
    char *name = lm_format("%s_history", table);
    char *quoted = name == NULL ? NULL : lm_quote_ident(name);

    free(name);
    return quoted;
}

/* The statements that run for every migration, built once. */
static bool build_statements(lm_ledger *l)
{
    if (l->quoted == NULL || l->history == NULL)
        return false;
    l->insert_sql = lm_format(
        "INSERT INTO main.%s (id, position, description, checksum, effect, "
        "applied_at, duration_ms) VALUES (?, ?, ?, ?, ?, ?, ?)", l->quoted);
    l->history_sql = lm_format(
        "INSERT INTO main.%s (id, action, outcome, error, checksum, source, "
        "started_at, duration_ms, runner, sqlite, host, user, run_id, "
        "repeats) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)",
        l->history);
    return l->insert_sql != NULL && l->history_sql != NULL;
}

lm_ledger *lm_ledger_new(const char *table)
{
    lm_ledger *l = calloc(1, sizeof *l);

    if (l == NULL)
        return NULL;
    l->table = lm_strdup(table);
    l->quoted = lm_quote_ident(table);
    l->history = history_name(table);
    if (l->table == NULL || !build_statements(l)) {
        lm_ledger_free(l);
        return NULL;
    }
    return l;
}

static void forget(lm_ledger *l)
{
    lm_arena_clear(&l->strings);
    l->count = l->last_count = 0;
    l->last_position = 0;
    l->exists = l->incomplete = l->has_history = false;
}

void lm_ledger_free(lm_ledger *l)
{
    if (l == NULL)
        return;
    forget(l);
    lm_arena_clear(&l->attempt_strings);
    free(l->rows);
    free(l->last);
    free(l->attempts);
    free(l->table);
    free(l->quoted);
    free(l->history);
    free(l->insert_sql);
    free(l->history_sql);
    free(l);
}

/* A copy that lives as long as what was looked at. Anything but TEXT or BLOB
 * is "". */
static const char *keep(lm_arena *arena, const lm_value *v, lm_err *err)
{
    const char *copy;

    if (v->type != LM_TEXT && v->type != LM_BLOB)
        copy = lm_arena_add(arena, "", 0);
    else
        copy = lm_arena_add(arena, v->as.text.bytes, v->as.text.size);
    if (copy == NULL)
        lm_err_nomem(err);
    return copy;
}

static double number(const lm_value *v)
{
    if (v->type == LM_REAL)
        return v->as.real;
    return v->type == LM_INTEGER ? (double)v->as.integer : 0;
}

static int64_t whole(const lm_value *v)
{
    return v->type == LM_INTEGER ? v->as.integer : 0;
}

static int refuse_row(lm_ledger *l, lm_db *db, int64_t position)
{
    lm_err_set(lm_db_err(db), LM_EHISTORY, "the table %s holds a row whose "
               "id is no text (position %lld)", l->table,
               (long long)position);
    lm_err_hint(lm_db_err(db), "somebody else wrote to it: look at it with "
                "the sqlite3 shell and put it right, nothing was changed");
    return LM_EHISTORY;
}

static int add_row(void *user, lm_db *db, const lm_value *v)
{
    lm_ledger *l = user;
    lm_err *err = lm_db_err(db);
    lm_applied *grown;

    if (v[0].type != LM_TEXT ||
        memchr(v[0].as.text.bytes, '\0', v[0].as.text.size) != NULL)
        return refuse_row(l, db, whole(&v[1]));
    grown = lm_list_grow(l->rows, l->count, &l->size, sizeof *grown);
    if (grown == NULL)
        return lm_err_nomem(err);
    l->rows = grown;
    grown += l->count;
    grown->id = keep(&l->strings, &v[0], err);
    grown->position = whole(&v[1]);
    grown->description = keep(&l->strings, &v[2], err);
    grown->checksum = keep(&l->strings, &v[3], err);
    grown->effect = keep(&l->strings, &v[4], err);
    grown->applied_at = keep(&l->strings, &v[5], err);
    grown->duration_ms = number(&v[6]);
    if (err->code != LM_OK)
        return err->code;
    if (grown->position > l->last_position)
        l->last_position = grown->position;
    l->count++;
    return LM_OK;
}

static int by_id(const void *a, const void *b)
{
    return strcmp(((const lm_applied *)a)->id, ((const lm_applied *)b)->id);
}

/* Run a query built here (NULL: no memory), handing each row to `add`. */
static int each_row(lm_ledger *l, lm_db *db, char *sql, lm_row_fn add)
{
    int rc = sql == NULL ? lm_err_nomem(lm_db_err(db))
                         : lm_db_each(db, sql, NULL, 0, add, l);

    free(sql);
    return rc;
}

/* The rows of a ledger that lacks some of our columns: what is not there is
 * empty. */
static int read_rows(lm_ledger *l, lm_db *db)
{
    int rc;

    if (l->incomplete)
        rc = each_row(l, db, lm_format("SELECT id, rowid, '', '', 'unknown',"
                                       " '', 0 FROM main.%s", l->quoted),
                      add_row);
    else
        rc = each_row(l, db, lm_format("SELECT id, position, description, "
                                       "checksum, effect, applied_at, "
                                       "duration_ms FROM main.%s",
                                       l->quoted), add_row);
    if (rc == LM_OK && l->count > 1)
        lm_list_sort(l->rows, l->count, sizeof *l->rows, by_id);
    return rc;
}

static int add_last(void *user, lm_db *db, const lm_value *v)
{
    lm_ledger *l = user;
    lm_err *err = lm_db_err(db);
    lm_last *grown = lm_list_grow(l->last, l->last_count, &l->last_size,
                                  sizeof *grown);

    if (grown == NULL)
        return lm_err_nomem(err);
    l->last = grown;
    grown += l->last_count;
    grown->id = keep(&l->strings, &v[0], err);
    grown->outcome = keep(&l->strings, &v[1], err);
    if (err->code == LM_OK)
        l->last_count++;
    return err->code;
}

static int by_last_id(const void *a, const void *b)
{
    return strcmp(((const lm_last *)a)->id, ((const lm_last *)b)->id);
}

/* The last attempt of IDs that are not applied. */
static int read_last(lm_ledger *l, lm_db *db)
{
    int rc = each_row(l, db, lm_format(
        "SELECT id, outcome FROM main.%s WHERE seq IN (SELECT max(seq) "
        "FROM main.%s WHERE id NOT IN (SELECT id FROM main.%s) "
        "GROUP BY id)", l->history, l->history, l->quoted), add_last);

    if (rc == LM_OK && l->last_count > 1)
        lm_list_sort(l->last, l->last_count, sizeof *l->last, by_last_id);
    return rc;
}

const lm_applied *lm_ledger_find(const lm_ledger *l, const char *id)
{
    lm_applied key = {0};

    key.id = id;
    return l->count == 0 ? NULL
        : bsearch(&key, l->rows, l->count, sizeof key, by_id);
}

const char *lm_ledger_last_outcome(const lm_ledger *l, const char *id)
{
    lm_last key = {0};
    const lm_last *found;

    key.id = id;
    found = l->last_count == 0 ? NULL
        : bsearch(&key, l->last, l->last_count, sizeof key, by_last_id);
    return found == NULL ? NULL : found->outcome;
}

static int refuse_shape(lm_ledger *l, lm_db *db, lm_shape shape)
{
    lm_err *err = lm_db_err(db);

    lm_err_set(err, LM_EHISTORY, "the table %s in this database belongs to "
               "%s; it was not touched", l->table, lm_shape_tool(shape));
    lm_err_hint(err, "keep lumigrate's own record in another table with "
                "--table NAME (LUMIGRATE_TABLE); lumigrate adopt takes over "
                "what the other tool has applied, with --table NAME or with "
                "--rename, by which the old table becomes %s_TOOL",
                l->table);
    return LM_EHISTORY;
}

static int look_inside(lm_ledger *l, lm_db *db)
{
    lm_look look = {0};
    int rc = lm_db_data_version(db, &l->version);

    if (rc == LM_OK)
        rc = lm_look_at(db, l->table, &look);
    if (rc != LM_OK)
        return rc;
    l->has_history = look.has_history;
    if (!look.exists)
        return LM_OK;
    if (look.shape == LM_SHAPE_HOME_MADE) {
        l->incomplete = true;
        rc = lm_rebuild_possible(db, l->table);
    } else if (look.shape != LM_SHAPE_OURS)
        rc = refuse_shape(l, db, look.shape);
    l->exists = rc == LM_OK;
    return rc == LM_OK ? read_rows(l, db) : rc;
}

int lm_ledger_look(lm_ledger *l, lm_db *db)
{
    bool began;
    int rc;

    forget(l);
    rc = lm_txn_read_begin(db, &began);
    if (rc == LM_OK)
        rc = look_inside(l, db);
    if (rc == LM_OK && l->closer)
        rc = lm_ledger_look_closer(l, db);
    lm_txn_read_end(db, began);
    return rc;
}

int lm_ledger_look_closer(lm_ledger *l, lm_db *db)
{
    l->closer = true;
    if (!l->has_history || l->incomplete || !l->exists)
        return LM_OK;
    return read_last(l, db);
}

static int create(lm_ledger *l, lm_db *db, bool history_only)
{
    char *sql = lm_format("CREATE TABLE main.%s %s", l->quoted,
                          lm_ledger_body);
    char *history = lm_format("CREATE TABLE main.%s %s", l->history,
                              lm_history_body);
    int rc = LM_OK;

    if (sql == NULL || history == NULL)
        rc = lm_err_nomem(lm_db_err(db));
    if (rc == LM_OK && !history_only)
        rc = lm_db_run(db, sql, NULL, 0);
    if (rc == LM_OK && !l->has_history)
        rc = lm_db_run(db, history, NULL, 0);
    free(sql);
    free(history);
    return rc;
}

/* Under the lock things may stand otherwise than they did before it. */
static int prepare_locked(lm_ledger *l, lm_db *db, const char **what)
{
    int rc = lm_ledger_look(l, db);

    *what = NULL;
    if (rc != LM_OK)
        return rc;
    if (!l->exists) {
        rc = create(l, db, false);
        *what = "created";
        return rc;
    }
    if (l->incomplete) {
        rc = lm_rebuild_ledger(db, l->table, l->quoted);
        *what = "rebuilt";
    }
    if (rc == LM_OK && !l->has_history)
        rc = create(l, db, true);
    return rc;
}

int lm_ledger_prepare(lm_ledger *l, lm_db *db, const char **what)
{
    int rc;

    *what = NULL;
    if (l->exists && !l->incomplete && l->has_history)
        return LM_OK;
    rc = lm_txn_begin(db);
    if (rc != LM_OK)
        return rc;
    rc = prepare_locked(l, db, what);
    if (rc == LM_OK)
        rc = lm_txn_commit(db);
    else
        lm_txn_rollback(db);
    return rc == LM_OK ? lm_ledger_look(l, db) : rc;
}

int lm_ledger_make(lm_ledger *l, lm_db *db, const char **what)
{
    int rc;

    *what = NULL;
    rc = prepare_locked(l, db, what);
    return rc == LM_OK ? lm_ledger_look(l, db) : rc;
}

int lm_ledger_renew(lm_ledger *l, lm_db *db)
{
    int64_t now;
    int rc = lm_db_data_version(db, &now);

    if (rc == LM_OK && now != l->version)
        rc = lm_ledger_look(l, db);
    return rc;
}
