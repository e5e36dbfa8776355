/* SPDX-License-Identifier: MIT */
/*
 * Rows that do not fit: found, and told, up to five. Where rows are only
 * looked at, a query finds them. Where copying failed, they are tried one by
 * one in the new table, which is empty again by then: so every kind of
 * constraint tells of itself.
 */
#include <stdlib.h>
#include <string.h>

#include "alter.h"

const char *lm_rowid_name(const lm_createtable *def)
{
    static const char *const names[] = {"rowid", "_rowid_", "oid"};
    size_t i;

    for (i = 0; i < 3 && !def->without_rowid; i++)
        if (lm_createtable_column(def, names[i]) == NULL)
            return names[i];
    return NULL;
}

static int add_misfit(lm_alter_run *a, const lm_value *rowid,
                      const lm_value *value)
{
    lm_alter_result *out = a->out;
    lm_misfit *m;
    const char *bytes;

    if (out->misfit_count == LM_MISFITS)
        return LM_OK;
    m = &out->misfits[out->misfit_count++];
    memset(m, 0, sizeof *m);
    m->has_row = rowid->type == LM_INTEGER;
    m->row = m->has_row ? rowid->as.integer : 0;
    m->has_value = value != NULL;
    if (value != NULL)
        m->value = *value;
    if (value == NULL || (value->type != LM_TEXT && value->type != LM_BLOB))
        return LM_OK;
    bytes = lm_arena_add(&out->arena, value->as.text.bytes == NULL ? ""
                         : value->as.text.bytes, value->as.text.size);
    m->value.as.text.bytes = bytes;
    return bytes == NULL ? lm_err_nomem(a->db->err) : LM_OK;
}

int lm_rows_misfit(lm_alter_run *a, const lm_value *rowid,
                   const lm_value *value)
{
    return add_misfit(a, rowid, value);
}

/* "rowid 1, 4, 7", or "" where rows have no number. */
static const char *shown(lm_alter_run *a)
{
    const lm_alter_result *out = a->out;
    lm_buf b = {0};
    size_t i;

    for (i = 0; i < out->misfit_count && out->misfits[i].has_row; i++)
        lm_buf_printf(&b, "%s%lld", i == 0 ? " (rowid " : ", ",
                      (long long)out->misfits[i].row);
    if (i > 0)
        lm_buf_puts(&b, i == LM_MISFITS ? ", …)" : ")");
    return lm_alter_take(a, &b);
}

int lm_rows_refuse(lm_alter_run *a, const char *why)
{
    const char *list = shown(a);

    if (list == NULL || why == NULL)
        return LM_ENOMEM;
    return lm_alter_refuse(a, LM_REASON_ROWS, "%s%s", why, list);
}

static int on_row(void *user, lm_db *db, const lm_value *row)
{
    (void)db;
    return add_misfit(user, &row[0], &row[1]);
}

/* Where a condition holds, rows do not fit; `column` NULL: none is to
 * blame. */
static int look(lm_alter_run *a, const char *where, const char *column,
                const char *why)
{
    lm_createtable now = {0};
    const char *rowid, *sql;
    int rc;

    if (where == NULL || why == NULL)
        return LM_ENOMEM;
    rc = lm_createtable_parse(a->draft.stored, strlen(a->draft.stored), &now,
                              a->db->err);
    rowid = rc == LM_OK ? lm_rowid_name(&now) : NULL;
    sql = lm_alter_text(a, "SELECT %s, %s FROM %s WHERE %s LIMIT %d",
                        rowid == NULL ? "NULL" : rowid,
                        column == NULL ? "NULL" : column, lm_alter_here(a),
                        where, LM_MISFITS);
    lm_createtable_clear(&now);
    if (rc == LM_OK && sql == NULL)
        rc = LM_ENOMEM;
    if (rc == LM_OK)
        rc = lm_db_each(a->db, sql, NULL, 0, on_row, a);
    if (rc != LM_OK)
        return lm_alter_rejected(a, LM_REASON_DEFINITION, "");
    return a->out->misfit_count == 0 ? LM_OK : lm_rows_refuse(a, why);
}

int lm_rows_null(lm_alter_run *a, const char *column)
{
    const char *name = lm_alter_quote(a, column);

    return look(a, lm_alter_text(a, "%s IS NULL", name), name,
                lm_alter_text(a, "rows have NULL in %s, which is to be NOT "
                              "NULL", column));
}

int lm_rows_null_value(lm_alter_run *a, const char *column,
                       const char *value)
{
    return look(a, lm_alter_text(a, "%s IS NULL", value), "NULL",
                lm_alter_text(a, "the value for %s, which is to be NOT NULL, "
                              "is NULL", column));
}

int lm_rows_check(lm_alter_run *a, const char *expr)
{
    return look(a, lm_alter_text(a, "NOT (%s\n)", expr), NULL,
                lm_alter_text(a, "rows do not satisfy CHECK (%s)", expr));
}

/* -- one by one ----------------------------------------------------------- */

/* "NOT NULL constraint failed: t.c": which of the columns is c? */
static int blamed(const char *message, const lm_texts *into)
{
    const char *dot = strrchr(message, '.');
    lm_arena arena = {0};
    const char *name;
    size_t i;
    int found = -1;

    for (i = 0; dot != NULL && i < into->count && found < 0; i++) {
        name = lm_sqltext_name(&arena, into->list[i],
                               strlen(into->list[i]));
        if (name != NULL && lm_same_name(name, dot + 1))
            found = (int)i;
    }
    lm_arena_clear(&arena);
    return found;
}

typedef struct trial {
    lm_alter_run *a;
    const lm_texts *into;
    sqlite3_stmt *from, *to;
    char *why;              /* of the first that failed */
} trial;

static int try_row(trial *t)
{
    lm_db *db = t->a->db;
    int n = (int)t->into->count, i, at, rc;
    lm_value rowid, value;

    for (i = 0; i < n; i++)
        sqlite3_bind_value(t->to, i + 1, sqlite3_column_value(t->from,
                                                              i + 1));
    rc = sqlite3_step(t->to);
    sqlite3_reset(t->to);
    if (rc == SQLITE_DONE)
        return LM_OK;
    if ((rc & 0xFF) != SQLITE_CONSTRAINT && (rc & 0xFF) != SQLITE_MISMATCH)
        return lm_db_fail(db, rc, NULL, 0);
    if (t->why == NULL) {
        t->why = lm_strdup(sqlite3_errmsg(db->handle));
        t->a->out->sqlite_code = sqlite3_extended_errcode(db->handle);
    }
    if (t->why == NULL)
        return lm_err_nomem(db->err);
    at = blamed(sqlite3_errmsg(db->handle), t->into);
    lm_value_load(sqlite3_column_value(t->from, 0), &rowid);
    if (at >= 0)
        lm_value_load(sqlite3_column_value(t->from, at + 1), &value);
    return add_misfit(t->a, &rowid, at >= 0 ? &value : NULL);
}

int lm_alter_prepare(lm_alter_run *a, const char *sql, sqlite3_stmt **out)
{
    int rc;

    if (sql == NULL)
        return LM_ENOMEM;
    rc = sqlite3_prepare_v2(a->db->handle, sql, -1, out, NULL);
    return rc == SQLITE_OK ? LM_OK : lm_db_fail(a->db, rc, NULL, 0);
}

const char *lm_alter_marks(lm_alter_run *a, size_t n)
{
    lm_buf b = {0};
    size_t i;

    for (i = 0; i < n; i++)
        lm_buf_puts(&b, i == 0 ? "?" : ", ?");
    return lm_alter_take(a, &b);
}

/* `into` and `select`: the columns and what goes into them. Leaves the error
 * set: which rows did not fit; where none is found, LM_OK. */
int lm_rows_try(lm_alter_run *a, const lm_texts *into, const char *columns,
                const char *select, const char *rowid)
{
    trial t = {a, into, NULL, NULL, NULL};
    const char *marks = lm_alter_marks(a, into->count);
    int step = SQLITE_ROW, rc;

    if (lm_wide_is(a, into->count + 1))
        return LM_OK;
    rc = lm_alter_prepare(a, lm_alter_text(a, "SELECT %s, %s FROM %s",
                 rowid == NULL ? "NULL" : rowid, select, lm_alter_here(a)),
                 &t.from);
    if (rc == LM_OK)
        rc = lm_alter_prepare(a, lm_alter_text(a, "INSERT OR ABORT INTO "
                     "%s.%s (%s) VALUES (%s)", a->in,
                     a->scratch, columns, marks), &t.to);
    while (rc == LM_OK && a->out->misfit_count < LM_MISFITS &&
           (step = sqlite3_step(t.from)) == SQLITE_ROW)
        rc = try_row(&t);
    if (rc == LM_OK && step != SQLITE_ROW && step != SQLITE_DONE)
        rc = lm_db_fail(a->db, step, NULL, 0);
    sqlite3_finalize(t.from);
    sqlite3_finalize(t.to);
    if (rc == LM_OK && t.why != NULL) {
        rc = lm_rows_refuse(a, lm_alter_show(a, t.why));
    }
    free(t.why);
    return rc;
}
