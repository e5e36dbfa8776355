/* SPDX-License-Identifier: MIT */
/* Small queries of the runner's own. */
#include <string.h>

#include "internal.h"

int lm_db_run(lm_db *db, const char *sql, const lm_value *values, int count)
{
    lm_stmt *stmt;
    bool row = false;
    int i, rc;

    rc = lm_db_prepare(db, LM_RUNNER, sql, strlen(sql), &stmt);
    for (i = 0; rc == LM_OK && i < count; i++)
        rc = lm_stmt_bind(stmt, i + 1, &values[i]);
    if (rc == LM_OK)
        rc = lm_stmt_step(stmt, &row);
    if (rc == LM_OK && row)
        rc = lm_err_set(db->err, LM_EFAILED, "a row came back from: %s",
                        sql);
    lm_stmt_release(stmt);
    return rc;
}

int lm_db_integer(lm_db *db, const char *sql, int64_t none, int64_t *out)
{
    const lm_value *v = NULL;
    lm_stmt *stmt;
    bool row = false;
    int rc;

    *out = none;
    rc = lm_db_prepare(db, LM_RUNNER, sql, strlen(sql), &stmt);
    if (rc == LM_OK)
        rc = lm_stmt_step(stmt, &row);
    if (rc == LM_OK && row) {
        v = lm_stmt_row(stmt);
        if (v == NULL)
            rc = LM_ENOMEM;
        else if (v->type == LM_INTEGER)
            *out = v->as.integer;
    }
    lm_stmt_release(stmt);
    return rc;
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
