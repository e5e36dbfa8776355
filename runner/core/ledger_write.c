/* SPDX-License-Identifier: MIT */
/* Rows of the ledger, as migrations are applied. */
#include <stdlib.h>

#include "../base/text.h"
#include "ledger.h"

static lm_value real(double n)
{
    lm_value v = {.type = LM_REAL};

    v.as.real = n;
    return v;
}

static int refuse_position(lm_ledger *l, lm_db *db)
{
    lm_err_set(lm_db_err(db), LM_EHISTORY, "the table %s holds a row with "
               "the highest position there is: none can come after it",
               l->table);
    lm_err_hint(lm_db_err(db), "somebody else wrote to it: give that row a "
                "smaller position with the sqlite3 shell");
    return LM_EHISTORY;
}

int lm_ledger_run(lm_db *db, char *sql, const lm_value *v, int count)
{
    int rc = sql == NULL ? lm_err_nomem(lm_db_err(db))
                         : lm_db_run(db, sql, v, count);

    free(sql);
    return rc;
}

int lm_ledger_blame_trigger(lm_db *db)
{
    lm_err_hint(lm_db_err(db), "somebody has put a trigger on it: drop that, "
                "only lumigrate writes to this table");
    return LM_EHISTORY;
}

static int check_written(lm_ledger *l, lm_db *db)
{
    if (lm_db_changes(db) == 1)
        return LM_OK;
    lm_err_set(lm_db_err(db), LM_EHISTORY, "the row of the migration did not "
               "get into the table %s", l->table);
    return lm_ledger_blame_trigger(db);
}

int lm_ledger_insert(lm_ledger *l, lm_db *db, const lm_record *r)
{
    lm_value v[7];
    int rc;

    if (l->last_position == INT64_MAX)
        return refuse_position(l, db);
    v[0] = lm_text_of(r->source->id);
    v[1].type = LM_INTEGER;
    v[1].as.integer = ++l->last_position;
    v[2] = lm_text_of(r->source->description);
    v[3] = lm_text_of(r->source->checksum);
    v[4] = lm_text_of(r->effect);
    v[5] = lm_text_of(r->started_at);
    v[6] = real(r->duration_ms);
    rc = lm_db_run(db, l->insert_sql, v, 7);
    return rc == LM_OK ? check_written(l, db) : rc;
}

int lm_ledger_replace(lm_ledger *l, lm_db *db, const lm_record *r)
{
    char *sql = lm_format("UPDATE main.%s SET description = ?1, checksum = "
                          "?2, effect = ?3, applied_at = ?4, duration_ms = "
                          "?5 WHERE id = ?6", l->quoted);
    lm_value v[6];
    int rc;

    v[0] = lm_text_of(r->source->description);
    v[1] = lm_text_of(r->source->checksum);
    v[2] = lm_text_of(r->effect);
    v[3] = lm_text_of(r->started_at);
    v[4] = real(r->duration_ms);
    v[5] = lm_text_of(r->source->id);
    rc = lm_ledger_run(db, sql, v, 6);
    return rc == LM_OK ? check_written(l, db) : rc;
}
