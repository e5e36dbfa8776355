/* SPDX-License-Identifier: MIT */
/* The ledger's part in the way back: what was applied, and taking it out. */
#include <stdlib.h>
#include <string.h>

#include "../base/text.h"
#include "ledger.h"

static int check_removed(lm_ledger *l, lm_db *db)
{
    if (lm_db_changes(db) == 1)
        return LM_OK;
    lm_err_set(lm_db_err(db), LM_EHISTORY, "the row of the migration could "
               "not be taken out of the table %s", l->table);
    return lm_ledger_blame_trigger(db);
}

/* The next one comes after what is left. */
static void forget_row(lm_ledger *l, const lm_applied *row)
{
    const lm_applied *found = lm_ledger_find(l, row->id);
    size_t i;

    if (found != NULL) {
        i = (size_t)(found - l->rows);
        l->count--;
        memmove(l->rows + i, l->rows + i + 1,
                (l->count - i) * sizeof *l->rows);
    }
    if (row->position < l->last_position)
        return;
    l->last_position = 0;
    for (i = 0; i < l->count; i++)
        if (l->rows[i].position > l->last_position)
            l->last_position = l->rows[i].position;
}

int lm_ledger_revert(lm_ledger *l, lm_db *db, const lm_applied *row)
{
    char *sql = lm_format("DELETE FROM main.%s WHERE id = ?1 AND position = "
                          "?2", l->quoted);
    lm_value v[2];
    int rc;

    v[0] = lm_text_of(row->id);
    v[1].type = LM_INTEGER;
    v[1].as.integer = row->position;
    rc = lm_ledger_run(db, sql, v, 2);
    if (rc == LM_OK)
        rc = check_removed(l, db);
    if (rc == LM_OK)
        forget_row(l, row);
    return rc;
}

/* A text is kept once for its checksum. */
int lm_history_text(lm_ledger *l, lm_db *db, const char *id, lm_row_fn each,
                    void *user)
{
    const lm_applied *row = lm_ledger_find(l, id);
    lm_value v[2];
    char *sql;
    int rc;

    if (!l->has_history)
        return LM_OK;
    sql = lm_format(
        "SELECT (SELECT t.source FROM main.%s t WHERE t.id = ?1 AND "
        "t.checksum = h.checksum AND t.source IS NOT NULL LIMIT 1) FROM "
        "main.%s h WHERE h.id = ?1 ORDER BY h.checksum IS ?2 DESC, "
        "h.outcome = 'done' AND h.action IN ('up', 'reapply') DESC, "
        "h.seq DESC LIMIT 1", l->history, l->history);
    v[0] = lm_text_of(id);
    v[1] = lm_text_of(row == NULL ? "" : row->checksum);
    rc = sql == NULL ? lm_err_nomem(lm_db_err(db))
                     : lm_db_each(db, sql, v, 2, each, user);
    free(sql);
    return rc;
}

int lm_history_texts(lm_ledger *l, lm_db *db, int64_t from, lm_row_fn each,
                     void *user)
{
    char *sql;
    lm_value v = {.type = LM_INTEGER};
    int rc;

    if (!l->has_history || l->incomplete)
        return LM_OK;
    v.as.integer = from;
    sql = lm_format("SELECT h.id, h.source FROM main.%s h JOIN main.%s l "
                    "ON l.id = h.id AND l.checksum = h.checksum "
                    "WHERE l.position >= ?1 AND h.source IS NOT NULL "
                    "ORDER BY h.seq", l->history, l->quoted);
    rc = sql == NULL ? lm_err_nomem(lm_db_err(db))
                     : lm_db_each(db, sql, &v, 1, each, user);
    free(sql);
    return rc;
}

int lm_history_halves(lm_ledger *l, lm_db *db, lm_row_fn each, void *user)
{
    char *sql;
    int rc;

    if (!l->has_history)
        return LM_OK;
    sql = lm_format("SELECT id, outcome FROM main.%s WHERE seq IN (SELECT "
                    "max(seq) FROM main.%s GROUP BY id) AND action = 'down' "
                    "AND outcome IN ('started', 'interrupted')",
                    l->history, l->history);
    rc = sql == NULL ? lm_err_nomem(lm_db_err(db))
                     : lm_db_each(db, sql, NULL, 0, each, user);
    free(sql);
    return rc;
}
