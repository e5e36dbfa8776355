/* SPDX-License-Identifier: MIT */
/*
 * As many columns as there can be, and a rowid without a name of its own: one
 * more than a SELECT gives (sqlite.org/limits.html 2), though not than an
 * INSERT takes. So the rowids are read alone, and each row by its own.
 */
#include <string.h>

#include "rebuild.h"

typedef struct wide {
    lm_alter_run *a;
    sqlite3_stmt *ids, *from, *to;
} wide;

bool lm_wide_is(const lm_alter_run *a, size_t columns)
{
    return columns > (size_t)sqlite3_limit(a->db->handle,
                                           SQLITE_LIMIT_COLUMN, -1);
}

/* Without the rowid, which is the first. */
const char *lm_wide_select(lm_rebuilding *r)
{
    return lm_alter_text(r->a, "SELECT %s FROM %s WHERE %s = ?",
                         r->select + strlen(r->rowid) + 2,
                         lm_alter_here(r->a), r->rowid);
}

static int copy_row(const wide *w)
{
    int n = sqlite3_column_count(w->from), i, rc;

    sqlite3_bind_value(w->from, 1, sqlite3_column_value(w->ids, 0));
    sqlite3_bind_value(w->to, 1, sqlite3_column_value(w->ids, 0));
    rc = sqlite3_step(w->from);
    for (i = 0; i < n && rc == SQLITE_ROW; i++)
        if (sqlite3_bind_value(w->to, i + 2,
                               sqlite3_column_value(w->from, i)) != SQLITE_OK)
            rc = SQLITE_NOMEM;
    if (rc == SQLITE_ROW)
        rc = sqlite3_step(w->to);
    rc = rc == SQLITE_DONE ? LM_OK : lm_db_fail(w->a->db, rc, NULL, 0);
    sqlite3_reset(w->from);
    sqlite3_reset(w->to);
    return rc;
}

int lm_wide_copy(lm_rebuilding *r, const char *sql)
{
    lm_alter_run *a = r->a;
    wide w = {a, NULL, NULL, NULL};
    int step = SQLITE_DONE;
    int rc = lm_alter_prepare(a, lm_alter_text(a, "SELECT %s FROM %s",
                              r->rowid, lm_alter_here(a)), &w.ids);

    if (rc == LM_OK)
        rc = lm_alter_prepare(a, lm_wide_select(r), &w.from);
    if (rc == LM_OK)
        rc = lm_alter_prepare(a, sql, &w.to);
    while (rc == LM_OK && (step = sqlite3_step(w.ids)) == SQLITE_ROW) {
        rc = copy_row(&w);
        r->rows += rc == LM_OK;
    }
    if (rc == LM_OK && step != SQLITE_DONE)
        rc = lm_db_fail(a->db, step, NULL, 0);
    sqlite3_finalize(w.ids);
    sqlite3_finalize(w.from);
    sqlite3_finalize(w.to);
    return rc;
}
