/* SPDX-License-Identifier: MIT */
/*
 * Rows that point nowhere, while a rebuild has both tables: those of the new
 * one must have done so in the old one. A row is known again by its key: the
 * rowid where it is copied, else the new table's primary key, as the old row
 * has it. Where the key is computed, rows are known by what stands in the
 * foreign key's columns, if that is copied: rows with one value share their
 * fate.
 *
 * An old value is compared as it would be stored: the unary + takes its own
 * affinity away, so that the new column's applies, and BINARY is as fine as
 * any collation that keeps keys apart. NULL is nobody's key.
 */
#include <string.h>

#include "rebuild.h"

typedef struct match {
    lm_rebuilding *r;
    lm_buf key, old;    /* the new key, and what it was copied from */
    bool computed;      /* some of it was not copied */
    lm_buf copied;      /* the columns that were, as literals */
} match;

/* The foreign keys of a table, with the condition under which a row, which is
 * called lm_child, violates each. One that points to the table `own` means
 * this one: by that name it is the old one still. */
static const char *keys_of(lm_alter_run *a, const char *table,
                           const char *own, const char *copied)
{
    const char *t = lm_alter_literal(a, table);
    const char *s = a->in_text;

    own = lm_alter_literal(a, own);
    if (t == NULL || own == NULL)
        return NULL;
    return lm_alter_text(a, "(SELECT p, lower(group_concat(quote(p) || "
        "quote(c) || quote(d))) AS k, group_concat(format("
        "'lm_child.\"%%w\" IS NOT NULL', c), ' AND ') || iif(EXISTS (SELECT "
        "1 FROM pragma_table_list(q) WHERE schema = %s), format(' AND NOT "
        "EXISTS (SELECT 1 FROM \"%%w\".\"%%w\" AS lm_parent WHERE %%s)', %s, "
        "q, group_concat(format('lm_parent.\"%%w\" = +lm_child.\"%%w\"', d, "
        "c), ' AND ')), '') AS test, group_concat(format("
        "'lm_child.\"%%w\" COLLATE BINARY', c)) AS new, group_concat("
        "format('+lm_child.\"%%w\"', c)) AS old, group_concat(format("
        "'quote(lm_child.\"%%w\")', c), '||') AS value, min(c COLLATE "
        "NOCASE IN (%s)) AS copied FROM (SELECT id, \"table\" AS p, q, "
        "\"from\" AS c, coalesce(\"to\", (SELECT name FROM "
        "pragma_table_info(q, %s) WHERE pk = seq + 1), '') AS d FROM (SELECT "
        "*, iif(\"table\" = %s COLLATE NOCASE, %s, \"table\") AS q FROM "
        "pragma_foreign_key_list(%s, %s)) ORDER BY id, seq) GROUP BY id)", s,
        s, copied, s, own, t, t, s);
}

/* -- the key -------------------------------------------------------------- */

static int add_part(match *m, const char *new, const char *old)
{
    const char *comma = m->key.len > 0 ? ", " : "";

    if (new == NULL || old == NULL)
        return LM_ENOMEM;
    lm_buf_printf(&m->key, "%slm_child.%s COLLATE BINARY", comma, new);
    lm_buf_printf(&m->old, "%s+lm_child.%s", comma, old);
    return LM_OK;
}

/* What of the old row this column is; NULL: it is computed. */
static const char *source_of(const match *m, const char *column)
{
    lm_alter_run *a = m->r->a;
    size_t at = lm_def_find(a, column);

    if (at == a->draft.col_count || a->draft.cols[at].value != NULL)
        return NULL;
    if (a->draft.cols[at].source != NULL)
        return lm_alter_quote(a, a->draft.cols[at].source);
    return m->r->alias != NULL && lm_same_name(m->r->alias, column)
        ? m->r->rowid : NULL;
}

static int on_key(void *user, lm_db *db, const lm_value *row)
{
    match *m = user;
    lm_alter_run *a = m->r->a;
    const char *name = lm_alter_value(a, row), *source;

    (void)db;
    if (name == NULL)
        return LM_ENOMEM;
    source = source_of(m, name);
    m->computed = m->computed || source == NULL;
    return source == NULL ? LM_OK
        : add_part(m, lm_alter_quote(a, name), source);
}

static int find_key(match *m)
{
    lm_rebuilding *r = m->r;
    lm_alter_run *a = r->a;
    lm_value v[2];

    if (r->to != NULL)
        return add_part(m, r->to, r->rowid);
    v[0] = lm_text_of(a->scratch);
    v[1] = lm_text_of(a->schema);
    return lm_db_each(a->db, "SELECT name FROM pragma_table_info(?1, ?2) "
                      "WHERE pk > 0", v, 2, on_key, m);
}

/* -- the rows ------------------------------------------------------------- */

static int on_row(void *user, lm_db *db, const lm_value *row)
{
    (void)db;
    return lm_rows_misfit(user, row, NULL);
}

/* The condition that a new row is the copy of one that violated the key, too.
 * By its columns: and of none that did not. */
static const char *known(match *m, const lm_value *row)
{
    lm_alter_run *a = m->r->a;
    const char *key = lm_buf_text(&m->key), *old = lm_buf_text(&m->old);
    const char *test = lm_alter_value(a, &row[2]);
    const char *here = lm_alter_here(a), *by;

    if (test == NULL || here == NULL)
        return NULL;
    if (m->computed) {
        key = lm_alter_value(a, &row[3]);
        old = lm_alter_value(a, &row[4]);
    }
    if (key == NULL || old == NULL)
        return NULL;
    by = lm_alter_text(a, "coalesce((%s) IN (SELECT %s FROM %s AS lm_child "
                       "WHERE %s), 0)", key, old, here, test);
    return by == NULL || !m->computed ? by
        : lm_alter_text(a, "%s AND NOT coalesce((%s) IN (SELECT %s FROM %s "
                        "AS lm_child WHERE NOT (%s)), 0)", by, key, old, here,
                        test);
}

/* parent, condition now and before (NULL: there was no such key), its columns
 * now and before, and whether they are copied */
static int on_link(void *user, lm_db *db, const lm_value *row)
{
    match *m = user;
    lm_alter_run *a = m->r->a;
    const char *rowid = lm_rowid_name(&a->draft.def), *sql, *was = "0";
    bool told = !m->computed || row[5].as.integer != 0;
    const char *parent = lm_alter_value(a, &row[0]);
    const char *test = lm_alter_value(a, &row[1]);
    int rc;

    if (row[2].type == LM_TEXT && told)
        was = known(m, row);
    if (parent == NULL || test == NULL || was == NULL)
        return LM_ENOMEM;
    sql = lm_alter_text(a, "SELECT %s%s FROM %s.%s AS lm_child WHERE %s AND "
                        "NOT (%s) LIMIT %d", rowid == NULL ? "" : "lm_child.",
                        rowid == NULL ? "NULL" : rowid,
                        a->in, a->scratch, test, was,
                        LM_MISFITS);
    rc = sql == NULL ? LM_ENOMEM : lm_db_each(db, sql, NULL, 0, on_row, a);
    if (rc != LM_OK || a->out->misfit_count == 0)
        return rc;
    return lm_keys_refuse(a, a->table, lm_alter_text(a, "%s%s", parent,
        told ? "" : ", and which of them did before cannot be told: "
        "their key and these columns are both computed"));
}

static int list_copied(match *m)
{
    lm_alter_run *a = m->r->a;
    const char *name;
    size_t i;

    for (i = 0; i < a->draft.col_count; i++) {
        name = a->draft.def.columns[i].name;
        if (a->draft.cols[i].value != NULL ||
            a->draft.cols[i].source == NULL ||
            !lm_same_name(a->draft.cols[i].source, name))
            continue;
        name = lm_alter_literal(a, name);
        if (name == NULL)
            return LM_ENOMEM;
        lm_buf_printf(&m->copied, "%s%s", m->copied.len > 0 ? ", " : "",
                      name);
    }
    return lm_buf_failed(&m->copied) ? lm_err_nomem(a->db->err) : LM_OK;
}

static int look(match *m)
{
    lm_alter_run *a = m->r->a;
    const char *copied = lm_buf_text(&m->copied);
    const char *now = keys_of(a, a->scratch, a->table, copied);
    const char *before = keys_of(a, a->table, a->table, copied);
    const char *sql = now == NULL || before == NULL ? NULL
        : lm_alter_text(a, "SELECT n.p, n.test, o.test, n.new, n.old, "
                        "n.copied FROM %s AS n LEFT JOIN %s AS o ON o.k = "
                        "n.k", now, before);

    return sql == NULL ? LM_ENOMEM
        : lm_db_each(a->db, sql, NULL, 0, on_link, m);
}

int lm_match_rows(lm_rebuilding *r)
{
    match m = {0};
    int rc;

    m.r = r;
    rc = list_copied(&m);
    if (rc == LM_OK)
        rc = find_key(&m);
    m.computed = m.computed || m.key.len == 0;
    if (rc == LM_OK && (lm_buf_failed(&m.key) || lm_buf_failed(&m.old)))
        rc = lm_err_nomem(r->a->db->err);
    if (rc == LM_OK)
        rc = look(&m);
    lm_buf_clear(&m.key);
    lm_buf_clear(&m.old);
    lm_buf_clear(&m.copied);
    return rc == LM_OK ? lm_keys_give(r->a) : rc;
}

/* -- other tables --------------------------------------------------------- */

typedef struct values {
    lm_alter_run *a;
    const char *table;
    lm_row_fn each;
    void *user;
} values;

/* parent, foreign key, condition, value */
static int on_other(void *user, lm_db *db, const lm_value *row)
{
    values *v = user;
    lm_alter_run *a = v->a;
    const char *parent = lm_alter_value(a, &row[0]);
    const char *key = lm_alter_value(a, &row[1]);
    const char *test = lm_alter_value(a, &row[2]);
    const char *value = lm_alter_value(a, &row[3]);
    const char *sql;

    parent = parent == NULL ? NULL : lm_alter_literal(a, parent);
    key = key == NULL ? NULL : lm_alter_literal(a, key);
    if (parent == NULL || key == NULL || test == NULL || value == NULL)
        return LM_ENOMEM;
    sql = lm_alter_text(a, "SELECT DISTINCT %s, %s, %s FROM %s.%s AS "
                        "lm_child WHERE %s", parent, key, value,
                        a->in,
                        lm_alter_quote(a, v->table), test);
    return sql == NULL ? LM_ENOMEM
        : lm_db_each(db, sql, NULL, 0, v->each, v->user);
}

int lm_match_values(lm_alter_run *a, const char *table, lm_row_fn each,
                    void *user)
{
    values v = {a, table, each, user};
    const char *keys = keys_of(a, table, table, "");
    const char *sql = keys == NULL ? NULL
        : lm_alter_text(a, "SELECT p, k, test, value FROM %s", keys);

    return sql == NULL ? LM_ENOMEM
        : lm_db_each(a->db, sql, NULL, 0, on_other, &v);
}
