/* SPDX-License-Identifier: MIT */
/*
 * The stored text changed in place (sqlite.org/pragma.html
 * #pragma_writable_schema). Other connections notice by the schema's version,
 * this one by reading all of it anew. The text was tried before, as a table
 * of another name: what SQLite cannot read back would be damage.
 */
#include "alter.h"

int lm_store_text(lm_alter_run *a, const char *text)
{
    const char *sql = lm_alter_literal(a, text);
    const char *name = lm_alter_literal(a, a->table);
    int64_t version = 0;
    int rc;

    if (sql == NULL || name == NULL)
        return LM_ENOMEM;
    rc = lm_rights_flag(a, SQLITE_DBCONFIG_WRITABLE_SCHEMA, true);
    if (rc == LM_OK)
        rc = lm_alter_step(a, lm_alter_text(a, "UPDATE %s.sqlite_schema SET "
            "sql = %s WHERE type = 'table' AND name = %s COLLATE NOCASE",
            a->in, sql, name));
    if (rc == LM_OK)
        rc = lm_alter_ask_integer(a, lm_alter_text(a,
            "PRAGMA %s.schema_version", a->in), NULL, &version);
    if (rc == LM_OK)
        rc = lm_alter_step(a, lm_alter_text(a, "PRAGMA %s.schema_version = "
            "%lld", a->in, (long long)((version + 1) & 0x7FFFFFFF)));
    if (rc == LM_OK)
        rc = lm_store_forget(a);
    return rc;
}

int lm_store_forget(lm_alter_run *a)
{
    return lm_alter_exec(a, "PRAGMA writable_schema = RESET");
}

/* A schema is read when the next statement needs it, and what cannot be read
 * is no damage yet: it is of this transaction. */
static int read_schema(lm_alter_run *a, const char *schema)
{
    const char *sql = lm_alter_text(a, "SELECT 1 FROM %s.sqlite_schema",
                                    lm_alter_quote(a, schema));
    sqlite3_stmt *stmt = NULL;
    int rc;

    if (sql == NULL)
        return LM_ENOMEM;
    rc = sqlite3_prepare_v2(a->db->handle, sql, -1, &stmt, NULL);
    sqlite3_finalize(stmt);
    if (rc == SQLITE_OK)
        return LM_OK;
    if ((rc & 0xFF) != SQLITE_CORRUPT && (rc & 0xFF) != SQLITE_ERROR)
        return lm_db_fail(a->db, rc, NULL, 0);
    sql = lm_alter_text(a, "%s", sqlite3_errmsg(a->db->handle));
    rc = sql == NULL ? LM_ENOMEM : lm_blame_note(a, sql);
    return rc != LM_OK ? rc
        : lm_alter_refuse(a, LM_REASON_DEPENDENTS, "SQLite could not read "
                          "the schema any more: %s", sql);
}

int lm_store_reread(lm_alter_run *a)
{
    const char *schemas[] = {a->schema, "main", "temp"};
    size_t i;
    int rc;

    if (!a->written)
        return LM_OK;
    rc = lm_store_forget(a);
    for (i = 0; i < 3 && rc == LM_OK; i++)
        rc = read_schema(a, schemas[i]);
    return rc;
}

/* No row changes, so rows are looked at and not moved. */
static int look_at_rows(lm_alter_run *a)
{
    size_t i;
    int rc = LM_OK;

    for (i = 0; i < a->unnull.count && rc == LM_OK; i++)
        if (lm_def_find(a, a->unnull.list[i]) < a->draft.col_count)
            rc = lm_rows_null(a, a->unnull.list[i]);
    for (i = 0; i < a->checks.count && rc == LM_OK; i++)
        rc = lm_rows_check(a, a->checks.list[i]);
    return rc;
}

int lm_edit(lm_alter_run *a)
{
    const char *scratch;
    int rc = lm_scratch_make(a);

    scratch = a->scratch;
    if (rc == LM_OK)
        rc = look_at_rows(a);
    if (rc == LM_OK)
        rc = lm_busy_after(a);
    if (rc == LM_OK)
        rc = lm_alter_exec(a, lm_alter_text(a, "DROP TABLE %s.%s",
            a->in, scratch));
    if (rc == LM_OK)
        rc = lm_store_text(a, a->draft.text);
    a->scratch = NULL;
    return rc;
}
