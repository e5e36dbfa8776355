/* SPDX-License-Identifier: MIT */
/* SQLite's own ALTER TABLE, where it does exactly what is asked. */
#include <stdlib.h>
#include <string.h>

#include "alter.h"

static bool is_constraint(const lm_alter_run *a)
{
    const lm_err *err = a->db->err;

    return err->code == LM_EFAILED &&
           ((err->sqlite_code & 0xFF) == SQLITE_CONSTRAINT ||
            strcmp(lm_err_text(err), "CHECK constraint failed") == 0 ||
            strcmp(lm_err_text(err), "NOT NULL constraint failed") == 0);
}

int lm_native(lm_alter_run *a)
{
    lm_texts hidden = {0};
    size_t i;
    int rc = a->was_broken ? lm_scratch_try(a) : LM_OK;

    if (rc == LM_OK)
        rc = lm_strings_hide(a, &hidden);

    for (i = 0; i < a->natives.count && rc == LM_OK; i++) {
        if (a->was_broken)
            rc = lm_rights_flag(a, SQLITE_DBCONFIG_WRITABLE_SCHEMA, true);
        if (rc == LM_OK)
            rc = lm_alone_native(a, a->natives.list[i]);
        rc = lm_blame_retry(a, rc, a->natives.list[i]);
        if (rc != LM_OK)
            rc = lm_blame_rejected(a, is_constraint(a) ? LM_REASON_ROWS
                                   : LM_REASON_DEFINITION);
    }
    if (rc == LM_OK)
        rc = lm_rights_flag(a, SQLITE_DBCONFIG_WRITABLE_SCHEMA, false);
    if (rc == LM_OK)
        rc = lm_strings_show(a, &hidden);
    free(hidden.list);
    return rc == LM_OK ? lm_scratch_exprs(a, lm_alter_here(a)) : rc;
}
