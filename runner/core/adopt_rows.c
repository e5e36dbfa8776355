/* SPDX-License-Identifier: MIT */
#include "adopt_rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/buf.h"
#include "../base/list.h"
#include "../base/text.h"
#include "../lex/name.h"

/* ---- the query of a home-made ledger, from its columns ---- */

/* What the columns of each job are called, the better names first. */
enum { VERSION, NAME, BY_NAME, STATE, AT, LENGTH, JOBS };
static const char *const called[JOBS] = {
    [VERSION] = "version",
    [NAME] = "name",
    [BY_NAME] = "name filename migration path id",
    [STATE] = "status success state",
    [AT] = ("applied_at applied_on executed_at installed_on run_at run_on "
            "migrated_at created_at timestamp"),
    [LENGTH] = "duration_ms execution_time_ms"
};

/* The first of these names that the table has, as it stands in SQL; "" when
 * it has none. NULL: no memory. */
static char *pick(const lm_columns *c, const char *wanted)
{
    size_t i, len;

    for (; *wanted != '\0'; wanted += len + (wanted[len] == ' ')) {
        len = strcspn(wanted, " ");
        for (i = 0; i < c->count; i++)
            if (lm_same_name_n(c->list[i].name, strlen(c->list[i].name),
                               wanted, len))
                return lm_quote_ident(c->list[i].name);
    }
    return lm_strdup("");
}

static void put_state(lm_buf *to, const char *column)
{
    if (column[0] == '\0') {
        lm_buf_puts(to, "1");
        return;
    }
    lm_buf_printf(to, "CASE WHEN lower(%s) IN ('success', 'applied', 'ok', "
                  "'done', 'completed', 'up', '1', 'true') THEN 1 WHEN "
                  "lower(%s) IN ('rolled_back', 'reverted', 'down', "
                  "'skipped') THEN 0 ELSE 'has the state ' || "
                  "coalesce(quote(%s), 'NULL') END", column, column, column);
}

static const char *or_null(const char *column)
{
    return column[0] == '\0' ? "NULL" : column;
}

/* By the version where there is one; then a name beside it must fit too. */
static char *build_query(const lm_columns *c)
{
    char *got[JOBS];
    const char *key, *name;
    bool whole = true;
    lm_buf sql = {0};
    size_t i;

    for (i = 0; i < JOBS; i++) {
        got[i] = pick(c, called[i]);
        whole = whole && got[i] != NULL;
    }
    if (whole) {
        key = got[VERSION][0] != '\0' ? got[VERSION] : got[BY_NAME];
        name = key == got[VERSION] ? got[NAME] : "";
        lm_buf_printf(&sql, "%s, %s, %s, ", key, key, or_null(got[AT]));
        put_state(&sql, got[STATE]);
        lm_buf_printf(&sql, ", %s, NULL, %s, NULL, NULL",
                      or_null(got[LENGTH]), or_null(name));
    }
    for (i = 0; i < JOBS; i++)
        free(got[i]);
    if (whole)
        return lm_buf_take(&sql);
    return NULL;
}

static int query_of(lm_db *db, const lm_tool *tool, const char *table,
                    char **out)
{
    lm_columns c = {0};
    int rc = LM_OK;

    if (tool->rows != NULL)
        *out = lm_format("%s%s", tool->rows, tool->plain
                         ? ", 1, 0, NULL, NULL, NULL, NULL" : "");
    else {
        rc = lm_columns_read(db, table, &c);
        *out = rc == LM_OK ? build_query(&c) : NULL;
        lm_columns_clear(&c);
    }
    return rc == LM_OK && *out == NULL ? lm_err_nomem(lm_db_err(db)) : rc;
}

/* ---- reading ---- */

/* A date and time, or seconds or milliseconds since 1970, as our own times
 * are; anything else is NULL: SQLite alone would take "now" and "12:00" for
 * times, and 2026 for a day long ago. Go and Ruby write UTC behind it. */
static const char around[] =
    "WITH alien (ord, k, at, state, ms, sum, name, kind, file) AS (SELECT "
    "%s FROM main.%s AS t) "
    "SELECT k, name, kind, state, strftime('%%Y-%%m-%%dT%%H:%%M:%%fZ', CASE "
    "WHEN at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*' "
    "THEN coalesce(julianday(at), julianday(substr(at, 1, instr(replace(at, "
    "' +0000', ''), ' UTC') - 1))) "
    "WHEN at NOT GLOB '*[^0-9.]*' AND at + 0 >= 1e8 "
    "THEN julianday(CASE WHEN at + 0 > 1e11 THEN at / 1e3 ELSE at + 0 END, "
    "'unixepoch') END), ms, sum, file FROM alien "
    "ORDER BY ord, k, alien.at";

/* {} becomes the table. */
static char *complete(const char *query, const char *table)
{
    char *quoted = lm_quote_ident(table), *inner, *sql;
    const char *hole;
    lm_buf b = {0};

    while (quoted != NULL && (hole = strstr(query, "{}")) != NULL) {
        lm_buf_add(&b, query, (size_t)(hole - query));
        lm_buf_printf(&b, "main.%s", quoted);
        query = hole + 2;
    }
    lm_buf_puts(&b, query);
    inner = quoted == NULL ? NULL : lm_buf_take(&b);
    sql = inner == NULL ? NULL : lm_format(around, inner, quoted);
    lm_buf_clear(&b);
    free(inner);
    free(quoted);
    return sql;
}

/* A value as text: NULL and "" are NULL; a number is its decimal. *odd is
 * set for what can be no name. */
static const char *text_of(lm_aliens *a, const lm_value *v, bool *odd)
{
    char number[40];

    switch (v->type) {
    case LM_INTEGER:
        snprintf(number, sizeof number, "%lld", (long long)v->as.integer);
        return lm_arena_add(&a->strings, number, strlen(number));
    case LM_REAL:
        snprintf(number, sizeof number, "%.17g", v->as.real);
        return lm_arena_add(&a->strings, number, strlen(number));
    case LM_TEXT:
        *odd = *odd || memchr(v->as.text.bytes, '\0', v->as.text.size);
        return v->as.text.size == 0 ? NULL
            : lm_arena_add(&a->strings, v->as.text.bytes, v->as.text.size);
    case LM_BLOB:
        *odd = true;
        return NULL;
    default:
        return NULL;
    }
}

static double number_of(const lm_value *v)
{
    if (v->type == LM_REAL)
        return v->as.real;
    return v->type == LM_INTEGER ? (double)v->as.integer : 0;
}

static int refuse_row(lm_aliens *a, lm_db *db, const char *key,
                      const char *why)
{
    lm_err *err = lm_db_err(db);

    lm_err_set(err, LM_EHISTORY, "%s, the ledger of %s: %.255s %.255s",
               a->table, a->tool->shown,
               key == NULL ? "a row without a name" : key, why);
    lm_err_hint(err, "put that right with the tool itself first, so that it "
                "is either applied or not; then adopt");
    return LM_EHISTORY;
}

static int add_row(void *user, lm_db *db, const lm_value *v)
{
    lm_aliens *a = user;
    lm_alien *row = lm_list_grow(a->list, a->count, &a->size, sizeof *row);
    const char *why;
    bool odd = false, unread = false;

    if (row == NULL)
        return lm_err_nomem(lm_db_err(db));
    a->list = row;
    row += a->count;
    memset(row, 0, sizeof *row);
    row->key = text_of(a, &v[0], &odd);
    row->name = text_of(a, &v[1], &odd);
    row->kind = text_of(a, &v[2], &odd);
    why = text_of(a, &v[3], &odd);
    row->at = text_of(a, &v[4], &odd);
    row->ms = number_of(&v[5]);
    row->sum = text_of(a, &v[6], &unread);
    row->file = text_of(a, &v[7], &odd);
    if (odd)
        return refuse_row(a, db, row->key, "holds what is no text");
    if (v[3].type != LM_INTEGER)
        return refuse_row(a, db, row->key, why == NULL ? "says nothing"
                                                       : why);
    row->applied = v[3].as.integer != 0;
    if (row->key == NULL && row->kind == NULL)
        return refuse_row(a, db, NULL, "is in it");
    a->count++;
    return LM_OK;
}

static int refuse_lock(lm_aliens *a, lm_db *db, const char *lock)
{
    lm_err_set(lm_db_err(db), LM_EHISTORY, "%s is at work in this database, "
               "or was killed at it: its table %s holds a lock",
               a->tool->shown, lock);
    lm_err_hint(lm_db_err(db), "let it end, or take its lock away with the "
                "tool itself when it is dead; then adopt");
    return LM_EHISTORY;
}

/* Where the table has no such column, the one around it is meant: then each
 * row is a lock. */
static int count_locks(lm_aliens *a, lm_db *db, const char *lock, int64_t *n)
{
    lm_columns c = {0};
    char *quoted = lm_quote_ident(lock), *sql = quoted == NULL ? NULL
        : lm_format("SELECT (SELECT count(*) FROM main.%s WHERE %s <> 0) "
                    "FROM (SELECT 1 AS is_locked)", quoted,
                    a->tool->lock[0] == '_' ? "is_locked" : "1");
    int rc = sql == NULL ? lm_err_nomem(lm_db_err(db))
                         : lm_columns_read(db, lock, &c);

    *n = 0;
    if (rc == LM_OK && c.count > 0)
        rc = lm_db_integer(db, sql, 0, n);
    lm_columns_clear(&c);
    free(quoted);
    free(sql);
    return rc;
}

/* Something else at work, or one that was killed at it. */
static int check_lock(lm_aliens *a, lm_db *db)
{
    const char *name = a->tool->lock;
    char *lock;
    int64_t n = 0;
    int rc;

    if (name == NULL)
        return LM_OK;
    lock = lm_format("%s%s", name[0] == '_' ? a->table : "", name);
    rc = lock == NULL ? lm_err_nomem(lm_db_err(db))
                      : count_locks(a, db, lock, &n);
    if (n > 0)
        rc = refuse_lock(a, db, lock);
    free(lock);
    return rc;
}

int lm_aliens_read(lm_db *db, const lm_tool *tool, const char *table,
                   lm_aliens *out)
{
    char *query = NULL, *sql = NULL;
    int rc;

    memset(out, 0, sizeof *out);
    out->tool = tool;
    out->table = table;
    rc = check_lock(out, db);
    if (rc == LM_OK)
        rc = query_of(db, tool, table, &query);
    if (rc == LM_OK) {
        sql = complete(query, table);
        rc = sql == NULL ? lm_err_nomem(lm_db_err(db))
                         : lm_db_each(db, sql, NULL, 0, add_row, out);
    }
    free(query);
    free(sql);
    return rc;
}

void lm_aliens_clear(lm_aliens *a)
{
    free(a->list);
    lm_arena_clear(&a->strings);
    memset(a, 0, sizeof *a);
}
