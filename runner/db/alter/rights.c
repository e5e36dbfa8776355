/* SPDX-License-Identifier: MIT */
/*
 * What altering a table may do and a script may not, from begin to end. The
 * end runs on every path; nothing in between but the work itself runs.
 *
 * Foreign keys: PRAGMA foreign_keys does nothing inside a transaction, this
 * call does. Violations that are pending stay pending.
 */
#include <stdlib.h>

#include "alter.h"

static const int flags[] = {
    SQLITE_DBCONFIG_ENABLE_FKEY, SQLITE_DBCONFIG_DEFENSIVE,
    SQLITE_DBCONFIG_WRITABLE_SCHEMA, SQLITE_DBCONFIG_LEGACY_ALTER_TABLE,
    SQLITE_DBCONFIG_DQS_DDL, SQLITE_DBCONFIG_DQS_DML,
    SQLITE_DBCONFIG_ENABLE_TRIGGER, SQLITE_DBCONFIG_ENABLE_VIEW
};

/* And what they are meanwhile. */
static const int meanwhile[] = {0, 0, 0, 0, 1, 1, 1, 1};

enum { LM_RIGHTS = sizeof flags / sizeof *flags };

struct lm_rights {
    int before[LM_RIGHTS];
    size_t known;
    int64_t unchecked;      /* PRAGMA ignore_check_constraints */
};

int lm_rights_flag(lm_alter_run *a, int what, bool on)
{
    if (what == SQLITE_DBCONFIG_WRITABLE_SCHEMA && on)
        a->written = true;
    return lm_db_config(a->db, what, (int)on);
}

int lm_rights_begin(lm_alter_run *a)
{
    struct lm_rights *r = calloc(1, sizeof *r);
    size_t i;
    int rc;

    if (r == NULL)
        return lm_err_nomem(a->db->err);
    a->rights = r;
    rc = lm_db_integer(a->db, "PRAGMA ignore_check_constraints", 0,
                       &r->unchecked);
    if (rc == LM_OK && r->unchecked != 0)
        rc = lm_alter_exec(a, "PRAGMA ignore_check_constraints = 0");
    for (i = 0; i < LM_RIGHTS && rc == LM_OK; i++) {
        if (sqlite3_db_config(a->db->handle, flags[i], -1, &r->before[i]) !=
            SQLITE_OK)
            return lm_db_fail(a->db, SQLITE_ERROR, NULL, 0);
        r->known = i + 1;
        rc = lm_rights_flag(a, flags[i], meanwhile[i] != 0);
    }
    a->fk_on = r->before[0] != 0;
    return rc;
}

/* These calls only set flags: they cannot fail. */
void lm_rights_end(lm_alter_run *a)
{
    struct lm_rights *r = a->rights;
    size_t i;

    if (r == NULL)
        return;
    for (i = 0; i < r->known; i++)
        sqlite3_db_config(a->db->handle, flags[i], r->before[i], NULL);
    if (r->unchecked != 0)
        sqlite3_exec(a->db->handle, "PRAGMA ignore_check_constraints = 1",
                     NULL, NULL, NULL);
    free(r);
    a->rights = NULL;
}
