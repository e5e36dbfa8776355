/* SPDX-License-Identifier: MIT */
/*
 * The questions behind the guards.
 *
 * sqlite3_table_column_metadata answers the two most frequent ones from
 * SQLite's own parsed schema, without preparing anything. It knows no views,
 * of a virtual table that was not used yet no columns, and calls rowid a
 * column; so what it does not find is asked for by a statement that would
 * read it, and rowid by a pragma, which takes five times as long.
 */
#include "schema.h"

#include <stdlib.h>
#include <string.h>

#include "../base/buf.h"
#include "../base/text.h"
#include "../lex/name.h"
#include "internal.h"

static bool holds_nul(lm_name n)
{
    return memchr(n.text, '\0', n.size) != NULL;
}

static bool known_schema(const char *schema)
{
    return schema == NULL || lm_same_name(schema, "main") ||
           lm_same_name(schema, "temp");
}

static lm_value name_value(lm_name n)
{
    return lm_text_value(n.text, n.size);
}

/* Ask a query that gives 1 or nothing, its parameters bound in order. */
static int ask(lm_db *db, const char *sql, const lm_value *values, int count,
               bool *out)
{
    lm_stmt *stmt;
    int i, rc;

    rc = lm_db_prepare(db, LM_RUNNER, sql, strlen(sql), &stmt);
    for (i = 0; rc == LM_OK && i < count; i++)
        rc = lm_stmt_bind(stmt, i + 1, &values[i]);
    if (rc == LM_OK)
        rc = lm_stmt_step(stmt, out);
    lm_stmt_release(stmt);
    return rc;
}

/* Is there an object of this type and name? Looked for in temp, then main,
 * or in the one schema that was named. */
static int ask_object(lm_db *db, const char *schema, const char *type,
                      lm_name name, bool *out)
{
    static const char in_main[] =
        "SELECT 1 FROM main.sqlite_schema "
        "WHERE type = ?1 AND name = ?2 COLLATE NOCASE";
    static const char in_temp[] =
        "SELECT 1 FROM temp.sqlite_schema "
        "WHERE type = ?1 AND name = ?2 COLLATE NOCASE";
    lm_value v[2];
    int rc = LM_OK;

    *out = false;
    if (holds_nul(name) || !known_schema(schema))
        return LM_OK;
    v[0] = lm_text_value(type, strlen(type));
    v[1] = name_value(name);
    if (lm_db_has_temp(db) &&
        (schema == NULL || lm_same_name(schema, "temp")))
        rc = ask(db, in_temp, v, 2, out);
    if (rc == LM_OK && !*out &&
        (schema == NULL || lm_same_name(schema, "main")))
        rc = ask(db, in_main, v, 2, out);
    return rc;
}

/* SQLite's answer for a table, and a column of it (NULL: the table alone).
 * Views answer false, and so does a virtual table that cannot be loaded; the
 * reason tells that from one that is not there. */
static int metadata(lm_db *db, const char *schema, const char *table,
                    const char *column, bool *out, bool *loaded)
{
    int rc = sqlite3_table_column_metadata(db->handle, schema, table, column,
                                           NULL, NULL, NULL, NULL, NULL);

    *out = rc == SQLITE_OK;
    *loaded = *out || lm_starts(sqlite3_errmsg(db->handle),
                                "no such table column");
    if (rc == SQLITE_OK || (rc & 0xFF) == SQLITE_ERROR)
        return LM_OK;
    return lm_db_fail(db, rc, NULL, 0);
}

/* Which schema an unqualified name means: temp hides main. */
static int resolve(lm_db *db, const char *schema, lm_name table,
                   const char **out)
{
    bool temp = false;
    int rc = LM_OK;

    *out = schema;
    if (schema != NULL)
        return LM_OK;
    rc = ask_object(db, "temp", "table", table, &temp);
    if (rc == LM_OK && !temp)
        rc = ask_object(db, "temp", "view", table, &temp);
    *out = temp ? "temp" : "main";
    return rc;
}

int lm_schema_table(lm_db *db, const char *schema, lm_name table, bool *out)
{
    bool view = false, loaded;
    int rc;

    *out = false;
    if (holds_nul(table) || !known_schema(schema))
        return LM_OK;
    rc = metadata(db, schema, table.text, NULL, out, &loaded);
    /* A virtual table whose module is not there is a table all the same. */
    if (rc == LM_OK && !loaded)
        rc = ask_object(db, schema, "table", table, out);
    if (rc == LM_OK && *out && schema == NULL)
        rc = ask_object(db, "temp", "view", table, &view);
    *out = *out && !view;
    return rc;
}

int lm_schema_view(lm_db *db, const char *schema, lm_name view, bool *out)
{
    bool hidden = false;
    int rc = ask_object(db, schema, "view", view, out);

    if (rc == LM_OK && *out && schema == NULL)
        rc = ask_object(db, "temp", "table", view, &hidden);
    *out = *out && !hidden;
    return rc;
}

static bool is_rowid_name(lm_name c)
{
    return lm_same_name(c.text, "rowid") || lm_same_name(c.text, "oid") ||
           lm_same_name(c.text, "_rowid_");
}

/* A column that is really called rowid. */
static int ask_rowid(lm_db *db, const char *where, lm_name table,
                     lm_name column, bool *out)
{
    static const char sql[] =
        "SELECT 1 FROM pragma_table_xinfo(?1, ?2) "
        "WHERE name = ?3 COLLATE NOCASE";
    lm_value v[3];

    v[0] = name_value(table);
    v[1] = lm_text_value(where, strlen(where));
    v[2] = name_value(column);
    return ask(db, sql, v, 3, out);
}

/* Behind a table's name a word in double quotes cannot become a string. */
static int ask_readable(lm_db *db, const char *where, lm_name table,
                        lm_name column, bool *out)
{
    char *t = lm_quote_ident(table.text), *c = lm_quote_ident(column.text);
    lm_buf sql = {0};
    lm_stmt *stmt = NULL;
    int rc;

    if (t != NULL && c != NULL)
        lm_buf_printf(&sql, "SELECT t.%s FROM %s.%s AS t", c, where, t);
    if (t == NULL || c == NULL || lm_buf_failed(&sql))
        rc = lm_err_nomem(db->err);
    else
        rc = lm_db_prepare(db, LM_RUNNER, lm_buf_text(&sql), sql.len, &stmt);
    *out = stmt != NULL;
    lm_stmt_release(stmt);
    lm_buf_clear(&sql);
    free(c);
    free(t);
    return rc;
}

/* Of views, hidden columns, and whatever is not there. */
static int ask_column(lm_db *db, const char *schema, lm_name table,
                      lm_name column, bool *out)
{
    const char *where;
    int rc = resolve(db, schema, table, &where);

    if (rc != LM_OK)
        return rc;
    rc = (is_rowid_name(column) ? ask_rowid : ask_readable)
        (db, where, table, column, out);
    if (rc == LM_EFAILED) {
        /* A view that does not compile has no columns to ask for. */
        lm_err_clear(db->err);
        *out = false;
        rc = LM_OK;
    }
    return rc;
}

int lm_schema_column(lm_db *db, const char *schema, lm_name table,
                     lm_name column, bool *out)
{
    bool loaded;
    int rc;

    *out = false;
    if (holds_nul(table) || holds_nul(column) || !known_schema(schema))
        return LM_OK;
    if (is_rowid_name(column))
        return ask_column(db, schema, table, column, out);
    rc = metadata(db, schema, table.text, column.text, out, &loaded);
    if (rc == LM_OK && !*out)
        rc = ask_column(db, schema, table, column, out);
    return rc;
}

int lm_schema_index(lm_db *db, const char *schema, lm_name index, bool *out)
{
    return ask_object(db, schema, "index", index, out);
}

int lm_schema_trigger(lm_db *db, const char *schema, lm_name trigger,
                      bool *out)
{
    return ask_object(db, schema, "trigger", trigger, out);
}

/* Call for each group of rows that share column 0 whether column 1, in
 * order, names exactly these columns. */
static int match_groups(lm_stmt *stmt, const lm_name *columns, size_t count,
                        bool *out)
{
    const lm_value *row;
    int64_t group = -1;
    size_t at = 0;
    bool more, fits = false;
    int rc;

    *out = false;
    for (;;) {
        rc = lm_stmt_step(stmt, &more);
        if (rc != LM_OK)
            return rc;
        row = more ? lm_stmt_row(stmt) : NULL;
        if (more && row == NULL)
            return LM_ENOMEM;
        if (!more || row[0].as.integer != group) {
            if (group >= 0 && fits && at == count)
                *out = true;
            if (!more || *out)
                return LM_OK;
            group = row[0].as.integer;
            at = 0;
            fits = true;
        }
        fits = fits && at < count && row[1].type == LM_TEXT &&
               lm_same_name_n(row[1].as.text.bytes, row[1].as.text.size,
                              columns[at].text, columns[at].size);
        at++;
    }
}

static int ask_groups(lm_db *db, const char *sql, const lm_value *values,
                      int bound, lm_stmt **out)
{
    int i, rc = lm_db_prepare(db, LM_RUNNER, sql, strlen(sql), out);

    for (i = 0; rc == LM_OK && i < bound; i++)
        rc = lm_stmt_bind(*out, i + 1, &values[i]);
    return rc;
}

int lm_schema_index_on(lm_db *db, const char *schema, lm_name table,
                       const lm_name *columns, size_t count, bool *out)
{
    static const char sql[] =
        "SELECT l.seq, x.name FROM pragma_index_list(?1, ?2) AS l, "
        "pragma_index_xinfo(l.name, ?2) AS x WHERE x.key = 1 "
        "ORDER BY l.seq, x.seqno";
    const char *where;
    lm_value v[2];
    lm_stmt *stmt = NULL;
    int rc;

    *out = false;
    if (holds_nul(table) || !known_schema(schema) || count == 0)
        return LM_OK;
    rc = resolve(db, schema, table, &where);
    if (rc != LM_OK)
        return rc;
    v[0] = name_value(table);
    v[1] = lm_text_value(where, strlen(where));
    rc = ask_groups(db, sql, v, 2, &stmt);
    if (rc == LM_OK)
        rc = match_groups(stmt, columns, count, out);
    lm_stmt_release(stmt);
    return rc;
}

int lm_schema_foreign_key(lm_db *db, const char *schema, lm_name table,
                          const lm_name *columns, size_t count,
                          lm_name parent, bool *out)
{
    static const char sql[] =
        "SELECT id, \"from\" FROM pragma_foreign_key_list(?1, ?2) "
        "WHERE \"table\" = ?3 COLLATE NOCASE ORDER BY id, seq";
    const char *where;
    lm_value v[3];
    lm_stmt *stmt = NULL;
    int rc;

    *out = false;
    if (holds_nul(table) || holds_nul(parent) || !known_schema(schema) ||
        count == 0)
        return LM_OK;
    rc = resolve(db, schema, table, &where);
    if (rc != LM_OK)
        return rc;
    v[0] = name_value(table);
    v[1] = lm_text_value(where, strlen(where));
    v[2] = name_value(parent);
    rc = ask_groups(db, sql, v, 3, &stmt);
    if (rc == LM_OK)
        rc = match_groups(stmt, columns, count, out);
    lm_stmt_release(stmt);
    return rc;
}

/* In the middle of SELECT 1 FROM t WHERE "a" IS ?1 AND ... A quoted name that
 * is no column would be a string to SQLite, so columns are asked for first. */
static int row_query(lm_db *db, const char *where, lm_name table,
                     const lm_name *columns, size_t count, lm_buf *sql)
{
    char *quoted = lm_quote_ident(table.text);
    size_t i;

    if (quoted != NULL)
        lm_buf_printf(sql, "SELECT 1 FROM %s.%s", where, quoted);
    for (i = 0; i < count && quoted != NULL; i++) {
        free(quoted);
        quoted = lm_quote_ident(columns[i].text);
        if (quoted != NULL)
            lm_buf_printf(sql, "%s %s IS ?%zu", i == 0 ? " WHERE" : " AND",
                          quoted, i + 1);
    }
    lm_buf_puts(sql, " LIMIT 1");
    if (quoted == NULL || lm_buf_failed(sql)) {
        free(quoted);
        return lm_err_nomem(db->err);
    }
    free(quoted);
    return LM_OK;
}

static int have_columns(lm_db *db, const char *schema, lm_name table,
                        const lm_name *columns, size_t count, bool *out)
{
    size_t i;
    int rc = lm_schema_table(db, schema, table, out);

    if (rc == LM_OK && !*out)
        rc = lm_schema_view(db, schema, table, out);
    for (i = 0; i < count && rc == LM_OK && *out; i++)
        rc = lm_schema_column(db, schema, table, columns[i], out);
    return rc;
}

int lm_schema_row(lm_db *db, const char *schema, lm_name table,
                  const lm_name *columns, const lm_value *values,
                  size_t count, bool *out)
{
    lm_buf sql = {0};
    const char *where;
    int rc;

    *out = false;
    if (holds_nul(table) || !known_schema(schema))
        return LM_OK;
    rc = have_columns(db, schema, table, columns, count, out);
    if (rc != LM_OK || !*out)
        return rc;
    *out = false;
    rc = resolve(db, schema, table, &where);
    if (rc == LM_OK)
        rc = row_query(db, where, table, columns, count, &sql);
    if (rc == LM_OK)
        rc = ask(db, lm_buf_text(&sql), values, (int)count, out);
    lm_buf_clear(&sql);
    return rc;
}
