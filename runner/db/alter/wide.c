/* SPDX-License-Identifier: MIT */
/*
 * As many columns as there can be, and a rowid without a name of its own: one
 * more than a SELECT gives (sqlite.org/limits.html 2), though not than an
 * INSERT takes. So the rowids are read alone, and each row by its own.
 */
#include <string.h>

#include "rebuild.h"

enum { IDS, FROM, TO, STATEMENTS };

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

static int copy_row(lm_db *db, sqlite3_stmt *const *s)
{
    int n = sqlite3_column_count(s[FROM]), i, rc;

    sqlite3_bind_value(s[FROM], 1, sqlite3_column_value(s[IDS], 0));
    sqlite3_bind_value(s[TO], 1, sqlite3_column_value(s[IDS], 0));
    rc = sqlite3_step(s[FROM]);
    for (i = 0; i < n && rc == SQLITE_ROW; i++)
        if (sqlite3_bind_value(s[TO], i + 2, sqlite3_column_value(s[FROM],
                               i)) != SQLITE_OK)
            rc = SQLITE_NOMEM;
    if (rc == SQLITE_ROW)
        rc = sqlite3_step(s[TO]);
    rc = rc == SQLITE_DONE ? LM_OK : lm_db_fail(db, rc, NULL, 0);
    sqlite3_reset(s[FROM]);
    sqlite3_reset(s[TO]);
    return rc;
}

int lm_wide_copy(lm_rebuilding *r, const char *sql)
{
    lm_alter_run *a = r->a;
    const char *texts[STATEMENTS];
    sqlite3_stmt *s[STATEMENTS] = {NULL};
    int step = SQLITE_DONE, i, rc = LM_OK;

    texts[IDS] = lm_alter_text(a, "SELECT %s FROM %s", r->rowid,
                               lm_alter_here(a));
    texts[FROM] = lm_wide_select(r);
    texts[TO] = sql;
    for (i = 0; i < STATEMENTS && rc == LM_OK; i++)
        rc = lm_alter_prepare(a, texts[i], &s[i]);
    while (rc == LM_OK && (step = sqlite3_step(s[IDS])) == SQLITE_ROW) {
        rc = copy_row(a->db, s);
        r->rows += rc == LM_OK;
    }
    if (rc == LM_OK && step != SQLITE_DONE)
        rc = lm_db_fail(a->db, step, NULL, 0);
    for (i = 0; i < STATEMENTS; i++)
        sqlite3_finalize(s[i]);
    return rc;
}
