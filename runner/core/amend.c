/* SPDX-License-Identifier: MIT */
/* Rows of the ledger that are put right by hand, one by one. */
#include "../base/text.h"
#include "ledger.h"

static int check_one(lm_ledger *l, lm_db *db, const char *id)
{
    if (lm_db_changes(db) == 1)
        return LM_OK;
    lm_err_set(lm_db_err(db), LM_EHISTORY, "the row of %s in the table %s "
               "did not change", id, l->table);
    return lm_ledger_blame_trigger(db);
}

int lm_ledger_forget(lm_ledger *l, lm_db *db, const char *id)
{
    char *sql = lm_format("DELETE FROM main.%s WHERE id = ?1", l->quoted);
    lm_value v = lm_text_of(id);
    int rc = lm_ledger_run(db, sql, &v, 1);

    return rc == LM_OK ? check_one(l, db, id) : rc;
}

int lm_ledger_accept(lm_ledger *l, lm_db *db, const lm_source *source)
{
    char *sql = lm_format("UPDATE main.%s SET checksum = ?2, description = "
                          "?3 WHERE id = ?1", l->quoted);
    lm_value v[3];
    int rc;

    v[0] = lm_text_of(source->id);
    v[1] = lm_text_of(source->checksum);
    v[2] = lm_text_of(source->description);
    rc = lm_ledger_run(db, sql, v, 3);
    return rc == LM_OK ? check_one(l, db, source->id) : rc;
}
