/* SPDX-License-Identifier: MIT */
#include "rebuild.h"

#include <stdlib.h>
#include <string.h>

#include "../base/buf.h"
#include "../base/text.h"
#include "../lex/name.h"
#include "look.h"

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

/* A column of its own has to be carried over, and to stay empty later. */
static const char *column_problem(const lm_columns *c)
{
    size_t i;

    for (i = 0; i < c->count; i++) {
        if (c->list[i].generated)
            return "it has a generated column";
        if (!is_ours(c->list[i].name) && c->list[i].not_null &&
            c->list[i].value == NULL)
            return "a column of its own is NOT NULL and has no default";
    }
    return NULL;
}

static int check_columns(lm_db *db, const char *table)
{
    lm_columns c = {0};
    const char *problem;
    int rc = lm_columns_read(db, table, &c);

    problem = rc == LM_OK ? column_problem(&c) : NULL;
    if (problem != NULL)
        rc = refuse(db, table, problem);
    lm_columns_clear(&c);
    return rc;
}

/* An ID stands for one migration. */
static int check_ids(lm_db *db, const char *table)
{
    char *quoted = lm_quote_ident(table);
    char *sql = quoted == NULL ? NULL
        : lm_format("SELECT count(id) - count(DISTINCT id) FROM main.%s",
                    quoted);
    int64_t n = 0;
    int rc = sql == NULL ? lm_err_nomem(lm_db_err(db))
                         : lm_db_integer(db, sql, 0, &n);

    if (rc == LM_OK && n > 0)
        rc = refuse(db, table, "two of its rows have the same id");
    free(quoted);
    free(sql);
    return rc;
}

int lm_rebuild_possible(lm_db *db, const char *table)
{
    static const struct {
        const char *sql, *problem;
    } questions[] = {
        {"SELECT wr FROM pragma_table_list(?1) WHERE schema = 'main'",
         "it is WITHOUT ROWID, so nobody knows the order of its rows"},
        {"SELECT count(*) FROM main.sqlite_schema WHERE type = 'trigger' "
         "AND tbl_name = ?1 COLLATE NOCASE", "it has a trigger"},
        {"SELECT count(*) FROM main.sqlite_schema WHERE type IN ('view', "
         "'trigger') AND sql LIKE '%' || ?1 || '%'",
         "a view or a trigger uses it"},
        {"SELECT count(*) FROM main.sqlite_schema AS m, "
         "pragma_foreign_key_list(m.name, 'main') AS f "
         "WHERE m.type = 'table' AND (f.\"table\" = ?1 COLLATE NOCASE OR "
         "m.name = ?1 COLLATE NOCASE)", "a foreign key is on it"}
    };
    int64_t n = 0;
    size_t i;
    int rc = check_columns(db, table);

    for (i = 0; i < sizeof questions / sizeof *questions && rc == LM_OK;
         i++) {
        rc = lm_db_integer_of(db, questions[i].sql, table, &n);
        if (rc == LM_OK && n > 0)
            rc = refuse(db, table, questions[i].problem);
    }
    return rc == LM_OK ? check_ids(db, table) : rc;
}

/* What of a home-made table goes into ours. */
typedef struct carried {
    lm_buf defined, named;  /* its own columns */
    lm_buf indexes;         /* CREATE INDEX ...; each with a NUL behind it */
    bool has_time, has_description, has_duration;
} carried;

static void clear_carried(carried *c)
{
    lm_buf_clear(&c->defined);
    lm_buf_clear(&c->named);
    lm_buf_clear(&c->indexes);
}

static int carry_column(lm_db *db, const lm_column *column, carried *out)
{
    char *quoted;

    out->has_time |= lm_same_name(column->name, "applied_at");
    out->has_description |= lm_same_name(column->name, "description");
    out->has_duration |= lm_same_name(column->name, "duration_ms");
    if (is_ours(column->name))
        return LM_OK;
    quoted = lm_quote_ident(column->name);
    if (quoted == NULL)
        return lm_err_nomem(lm_db_err(db));
    lm_buf_printf(&out->defined, ",\n  %s %s%s", quoted, column->type,
                  column->not_null ? " NOT NULL" : "");
    if (column->value != NULL)
        lm_buf_printf(&out->defined, " DEFAULT (%s)", column->value);
    lm_buf_printf(&out->named, ", %s", quoted);
    free(quoted);
    return LM_OK;
}

static int carry_indexes(lm_db *db, const char *table, carried *out)
{
    static const char sql[] =
        "SELECT sql FROM main.sqlite_schema WHERE type = 'index' "
        "AND tbl_name = ?1 COLLATE NOCASE AND sql IS NOT NULL";
    lm_value v = {.type = LM_TEXT};
    const lm_value *row;
    lm_stmt *stmt;
    bool more;
    int rc = lm_db_prepare(db, LM_RUNNER, sql, sizeof sql - 1, &stmt);

    v.as.text.bytes = table;
    v.as.text.size = strlen(table);
    if (rc == LM_OK)
        rc = lm_stmt_bind(stmt, 1, &v);
    while (rc == LM_OK) {
        rc = lm_stmt_step(stmt, &more);
        if (rc != LM_OK || !more)
            break;
        row = lm_stmt_row(stmt);
        if (row == NULL)
            rc = LM_ENOMEM;
        else {
            lm_buf_add(&out->indexes, row->as.text.bytes,
                       row->as.text.size);
            lm_buf_putc(&out->indexes, '\0');
        }
    }
    lm_stmt_release(stmt);
    return rc;
}

static int carry(lm_db *db, const char *table, carried *out)
{
    lm_columns c = {0};
    size_t i;
    int rc = lm_columns_read(db, table, &c);

    for (i = 0; i < c.count && rc == LM_OK; i++)
        rc = carry_column(db, &c.list[i], out);
    lm_columns_clear(&c);
    if (rc == LM_OK)
        rc = carry_indexes(db, table, out);
    if (rc == LM_OK &&
        (lm_buf_failed(&out->defined) || lm_buf_failed(&out->named) ||
         lm_buf_failed(&out->indexes)))
        rc = lm_err_nomem(lm_db_err(db));
    return rc;
}

/* A date and time becomes ours, a number is seconds or milliseconds since
 * 1970 (a TEXT column stores it as text); anything else is ''. SQLite alone
 * would take "now" and "12:00" for times, and 2026 for a day long ago. */
static const char time_sql[] =
    "coalesce(strftime('%Y-%m-%dT%H:%M:%fZ', CASE "
    "WHEN applied_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*' "
    "THEN julianday(applied_at) "
    "WHEN applied_at NOT GLOB '*[^0-9.]*' AND applied_at + 0 >= 1e8 "
    "THEN julianday(CASE WHEN applied_at + 0 > 1e11 THEN applied_at / 1e3 "
    "ELSE applied_at + 0 END, 'unixepoch') END), '')";

/* Its rows wait in a table aside. (ALTER TABLE RENAME would be shorter, but
 * refuses to work beside a view that is broken.) */
static int move_rows(lm_db *db, const char *quoted, const carried *c)
{
    lm_buf sql[5] = {{0}, {0}, {0}, {0}, {0}};
    size_t i, n = strlen(lm_ledger_body);
    int rc = LM_OK;

    lm_buf_printf(&sql[0], "CREATE TABLE main.lumigrate_ledger_old AS "
                  "SELECT rowid AS lumigrate_rowid, * FROM main.%s", quoted);
    lm_buf_printf(&sql[1], "DROP TABLE main.%s", quoted);
    /* Our own definition, with its columns before the last parenthesis. */
    lm_buf_printf(&sql[2], "CREATE TABLE main.%s %.*s%s\n)", quoted,
                  (int)n - 2, lm_ledger_body, lm_buf_text(&c->defined));
    lm_buf_printf(&sql[3], "INSERT INTO main.%s SELECT id, row_number() "
                  "OVER (ORDER BY lumigrate_rowid), %s, '', 'unknown', %s, "
                  "%s%s FROM main.lumigrate_ledger_old", quoted,
                  c->has_description ? "coalesce(description, '')" : "''",
                  c->has_time ? time_sql : "''",
                  c->has_duration ? "coalesce(duration_ms, 0)" : "0",
                  lm_buf_text(&c->named));
    lm_buf_puts(&sql[4], "DROP TABLE main.lumigrate_ledger_old");
    for (i = 0; i < 5; i++) {
        if (rc == LM_OK && lm_buf_failed(&sql[i]))
            rc = lm_err_nomem(lm_db_err(db));
        if (rc == LM_OK)
            rc = lm_db_run(db, lm_buf_text(&sql[i]), NULL, 0);
        lm_buf_clear(&sql[i]);
    }
    return rc;
}

int lm_rebuild_ledger(lm_db *db, const char *table, const char *quoted)
{
    carried c = {{0}, {0}, {0}, false, false, false};
    const char *index, *end;
    int rc = carry(db, table, &c);

    if (rc == LM_OK)
        rc = move_rows(db, quoted, &c);
    index = lm_buf_text(&c.indexes);
    end = index + c.indexes.len;
    for (; index < end && rc == LM_OK; index += strlen(index) + 1)
        rc = lm_db_run(db, index, NULL, 0);
    clear_carried(&c);
    return rc;
}
