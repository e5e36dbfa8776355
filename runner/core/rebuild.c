/* SPDX-License-Identifier: MIT */
#include "rebuild.h"

#include <stdlib.h>
#include <string.h>

#include "../base/buf.h"
#include "../base/text.h"
#include "../lex/name.h"
#include "look.h"

/* One integer from a query with one text bound. */
static int ask(lm_db *db, const char *sql, const char *name, int64_t *out)
{
    lm_value v = {.type = LM_TEXT};
    const lm_value *row;
    lm_stmt *stmt;
    bool more = false;
    int rc = lm_db_prepare(db, LM_RUNNER, sql, strlen(sql), &stmt);

    *out = 0;
    v.as.text.bytes = name;
    v.as.text.size = strlen(name);
    if (rc == LM_OK)
        rc = lm_stmt_bind(stmt, 1, &v);
    if (rc == LM_OK)
        rc = lm_stmt_step(stmt, &more);
    if (rc == LM_OK && more) {
        row = lm_stmt_row(stmt);
        if (row == NULL)
            rc = LM_ENOMEM;
        else if (row->type == LM_INTEGER)
            *out = row->as.integer;
    }
    lm_stmt_release(stmt);
    return rc;
}

static int refuse(lm_db *db, const char *table, const char *why)
{
    lm_err_set(lm_db_err(db), LM_EHISTORY, "the table %s has a text id, but "
               "cannot be taken over: %s; it was not touched", table, why);
    lm_err_hint(lm_db_err(db), "keep lumigrate's own record in another "
                "table with --table NAME (LUMIGRATE_TABLE)");
    return LM_EHISTORY;
}

/* Columns of ours are filled by us, others must be able to stay empty in the
 * rows to come. */
static bool is_ours(const char *name)
{
    static const char *const names[] = {
        "id", "position", "description", "checksum", "effect", "applied_at",
        "duration_ms"
    };
    size_t i;

    for (i = 0; i < sizeof names / sizeof *names; i++)
        if (lm_same_name(names[i], name))
            return true;
    return false;
}

int lm_rebuild_possible(lm_db *db, const char *table)
{
    static const char triggers[] =
        "SELECT count(*) FROM main.sqlite_schema WHERE type = 'trigger' "
        "AND tbl_name = ?1 COLLATE NOCASE";
    static const char keys[] =
        "SELECT count(*) FROM main.sqlite_schema AS m, "
        "pragma_foreign_key_list(m.name, 'main') AS f "
        "WHERE m.type = 'table' AND (f.\"table\" = ?1 COLLATE NOCASE OR "
        "m.name = ?1 COLLATE NOCASE)";
    static const char views[] =
        "SELECT count(*) FROM main.sqlite_schema WHERE type IN ('view', "
        "'trigger') AND sql LIKE '%' || ?1 || '%'";
    lm_columns c = {0};
    int64_t n = 0;
    size_t i;
    int rc = lm_columns_read(db, table, &c);

    for (i = 0; i < c.count && rc == LM_OK; i++)
        if (!is_ours(c.list[i].name) && c.list[i].not_null &&
            !c.list[i].has_default)
            rc = refuse(db, table, "a column of its own is NOT NULL and has "
                        "no default");
    lm_columns_clear(&c);
    if (rc == LM_OK)
        rc = ask(db, triggers, table, &n);
    if (rc == LM_OK && n > 0)
        rc = refuse(db, table, "it has a trigger");
    if (rc == LM_OK)
        rc = ask(db, views, table, &n);
    if (rc == LM_OK && n > 0)
        rc = refuse(db, table, "a view or a trigger uses it");
    if (rc == LM_OK)
        rc = ask(db, keys, table, &n);
    if (rc == LM_OK && n > 0)
        rc = refuse(db, table, "a foreign key is on it");
    return rc;
}

/* Its own columns: ", "a" TYPE" for the new table, ", "a"" for the copy. */
static int own_columns(lm_db *db, const char *table, lm_buf *defined,
                       lm_buf *named, bool *has_time)
{
    lm_columns c = {0};
    char *quoted;
    size_t i;
    int rc = lm_columns_read(db, table, &c);

    for (i = 0; i < c.count && rc == LM_OK; i++) {
        if (lm_same_name(c.list[i].name, "applied_at"))
            *has_time = true;
        if (is_ours(c.list[i].name))
            continue;
        quoted = lm_quote_ident(c.list[i].name);
        if (quoted == NULL)
            rc = lm_err_nomem(lm_db_err(db));
        else {
            lm_buf_printf(defined, ",\n  %s %s", quoted, c.list[i].type);
            lm_buf_printf(named, ", %s", quoted);
        }
        free(quoted);
    }
    lm_columns_clear(&c);
    return rc;
}

/* A time that SQLite can read becomes ours; another, or none, is ''. A number
 * is taken for seconds since 1970. */
static const char time_sql[] =
    "coalesce(strftime('%Y-%m-%dT%H:%M:%fZ', applied_at, CASE WHEN "
    "typeof(applied_at) IN ('integer', 'real') THEN 'unixepoch' ELSE "
    "'+0 seconds' END), '')";

int lm_rebuild_ledger(lm_db *db, const char *table, const char *quoted)
{
    lm_buf defined = {0}, named = {0}, sql[4] = {{0}, {0}, {0}, {0}};
    const char *applied_at = "''";
    bool has_time = false;
    size_t i;
    int rc = own_columns(db, table, &defined, &named, &has_time);

    if (has_time)
        applied_at = time_sql;
    lm_buf_printf(&sql[0], "CREATE TABLE main.lumigrate_ledger_new (\n"
        "  id          TEXT    NOT NULL PRIMARY KEY,\n"
        "  position    INTEGER NOT NULL UNIQUE,\n"
        "  description TEXT    NOT NULL,\n"
        "  checksum    TEXT    NOT NULL,\n"
        "  effect      TEXT    NOT NULL,\n"
        "  applied_at  TEXT    NOT NULL,\n"
        "  duration_ms REAL    NOT NULL%s\n)", lm_buf_text(&defined));
    lm_buf_printf(&sql[1], "INSERT INTO main.lumigrate_ledger_new "
        "SELECT id, row_number() OVER (ORDER BY rowid), '', '', 'unknown', "
        "%s, 0%s FROM main.%s", applied_at, lm_buf_text(&named), quoted);
    lm_buf_printf(&sql[2], "DROP TABLE main.%s", quoted);
    lm_buf_printf(&sql[3], "ALTER TABLE main.lumigrate_ledger_new RENAME TO "
                  "%s", quoted);
    for (i = 0; i < 4; i++) {
        if (rc == LM_OK && lm_buf_failed(&sql[i]))
            rc = lm_err_nomem(lm_db_err(db));
        if (rc == LM_OK)
            rc = lm_db_run(db, lm_buf_text(&sql[i]), NULL, 0);
        lm_buf_clear(&sql[i]);
    }
    lm_buf_clear(&defined);
    lm_buf_clear(&named);
    return rc;
}
