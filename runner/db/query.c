/* SPDX-License-Identifier: MIT */
/* Small queries of the runner's own. */
#include <string.h>

#include "internal.h"

lm_value lm_text_of(const char *s)
{
    lm_value v = {.type = LM_NULL};

    return s == NULL ? v : lm_text_value(s, strlen(s));
}

static int prepare_bound(lm_db *db, const char *sql, const lm_value *values,
                         int count, lm_stmt **out)
{
    int i, rc = lm_db_prepare(db, LM_RUNNER, sql, strlen(sql), out);

    for (i = 0; rc == LM_OK && i < count; i++)
        rc = lm_stmt_bind(*out, i + 1, &values[i]);
    return rc;
}

int lm_db_each(lm_db *db, const char *sql, const lm_value *values, int count,
               lm_row_fn each, void *user)
{
    const lm_value *row;
    lm_stmt *stmt;
    bool more;
    int rc = prepare_bound(db, sql, values, count, &stmt);

    while (rc == LM_OK) {
        rc = lm_stmt_step(stmt, &more);
        if (rc != LM_OK || !more)
            break;
        row = lm_stmt_row(stmt);
        rc = row == NULL ? lm_err_nomem(db->err) : each(user, db, row);
    }
    lm_stmt_release(stmt);
    return rc;
}

int lm_db_run(lm_db *db, const char *sql, const lm_value *values, int count)
{
    lm_stmt *stmt;
    bool row = false;
    int rc = prepare_bound(db, sql, values, count, &stmt);

    if (rc == LM_OK)
        rc = lm_stmt_step(stmt, &row);
    if (rc == LM_OK && row)
        rc = lm_err_set(db->err, LM_EFAILED, "a row came back from: %s",
                        sql);
    lm_stmt_release(stmt);
    return rc;
}

/* The first column of the (last) row, if it is an integer. */
static int take_integer(void *user, lm_db *db, const lm_value *row)
{
    int64_t *out = user;

    (void)db;
    if (row->type == LM_INTEGER)
        *out = row->as.integer;
    return LM_OK;
}

int lm_db_integer(lm_db *db, const char *sql, int64_t none, int64_t *out)
{
    *out = none;
    return lm_db_each(db, sql, NULL, 0, take_integer, out);
}

int lm_db_integer_of(lm_db *db, const char *sql, const char *text,
                     int64_t *out)
{
    lm_value v = lm_text_of(text);

    *out = 0;
    return lm_db_each(db, sql, &v, 1, take_integer, out);
}

int lm_db_data_version(lm_db *db, int64_t *out)
{
    return lm_db_integer(db, "PRAGMA main.data_version", 0, out);
}

int64_t lm_db_changes(lm_db *db)
{
    return sqlite3_changes64(db->handle);
}

int64_t lm_db_last_rowid(lm_db *db)
{
    return sqlite3_last_insert_rowid(db->handle);
}
