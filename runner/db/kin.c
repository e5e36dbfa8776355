/* SPDX-License-Identifier: MIT */
#include "kin.h"

#include <stdlib.h>

#include "../base/text.h"
#include "internal.h"

int lm_kin_application(lm_db *db, int64_t *id)
{
    return lm_db_integer(db, "PRAGMA main.application_id", 0, id);
}

static int add_name(void *user, lm_db *db, const lm_value *row)
{
    char *name = row->type != LM_TEXT ? NULL
        : lm_strndup(row->as.text.bytes, row->as.text.size);
    int rc = LM_OK;

    if (name == NULL)
        return lm_err_nomem(db->err);
    if (!lm_db_is_own(db, name))
        rc = lm_names_add(user, name, db->err);
    free(name);
    return rc;
}

static int read_names(lm_db *db, lm_names *out)
{
    return lm_db_each(db, "SELECT name FROM main.sqlite_schema WHERE type = "
                      "'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
                      NULL, 0, add_name, out);
}

int lm_kin_tables(lm_db *a, lm_db *b, size_t counts[2], size_t *shared)
{
    lm_names in_a = {0}, in_b = {0};
    size_t i;
    int rc = read_names(a, &in_a);

    *shared = 0;
    if (rc == LM_OK)
        rc = read_names(b, &in_b);
    for (i = 0; i < in_a.count; i++)
        *shared += lm_names_has(&in_b, in_a.list[i]);
    counts[0] = in_a.count;
    counts[1] = in_b.count;
    lm_names_clear(&in_a);
    lm_names_clear(&in_b);
    return rc;
}
