/* SPDX-License-Identifier: MIT */
/* Whether foreign keys would act, if they were enforced. */
#include "internal.h"

/* A foreign key points into its own schema, and scripts have main alone.
 * What only refuses (NO ACTION, RESTRICT) does not act: the check before the
 * commit finds what it would have refused. */
int lm_db_key_acts(lm_db *db, const char *table, bool updates, bool *out)
{
    static const char on_update[] =
        "SELECT count(*) FROM main.sqlite_schema AS s, "
        "pragma_foreign_key_list(s.name, 'main') AS k WHERE s.type = 'table' "
        "AND k.\"table\" = ?1 COLLATE NOCASE AND k.on_update NOT IN "
        "('NO ACTION', 'RESTRICT')";
    static const char on_delete[] =
        "SELECT count(*) FROM main.sqlite_schema AS s, "
        "pragma_foreign_key_list(s.name, 'main') AS k WHERE s.type = 'table' "
        "AND k.\"table\" = ?1 COLLATE NOCASE AND k.on_delete NOT IN "
        "('NO ACTION', 'RESTRICT')";
    int64_t n = 0;
    int rc = lm_db_integer_of(db, updates ? on_update : on_delete, table, &n);

    *out = n > 0;
    return rc;
}
