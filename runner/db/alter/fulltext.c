/* SPDX-License-Identifier: MIT */
/*
 * Full-text tables that have their text in a view of the table, or that know
 * its rows by their rowids. What they will ask is known beforehand: the
 * columns of their own names, from the content (sqlite.org/fts5.html 4.4.3).
 */
#include <string.h>

#include "probe.h"

/* One that is looked at. */
typedef struct fulltext {
    const char *schema, *name;
    lm_content content;
} fulltext;

typedef int (*fulltext_fn)(lm_alter_run *a, const fulltext *f);

typedef struct reading {
    lm_alter_run *a;
    const char *schema;
    fulltext_fn each;
} reading;

static int on_virtual(void *user, lm_db *db, const lm_value *row)
{
    reading *r = user;
    lm_alter_run *a = r->a;
    fulltext f = {r->schema, NULL, {NULL, NULL}};
    const char *sql = lm_alter_copy(a, row[1].as.text.bytes,
                                    row[1].as.text.size);
    int rc;

    f.name = lm_alter_copy(a, row[0].as.text.bytes, row[0].as.text.size);
    if (f.name == NULL || sql == NULL)
        return LM_ENOMEM;
    rc = lm_fulltext_content(sql, &a->arena, &f.content, db->err);
    return rc != LM_OK || f.content.table == NULL ? rc : r->each(a, &f);
}

static int each_fulltext(lm_alter_run *a, const char *schema,
                         fulltext_fn each)
{
    reading r = {a, schema, each};
    const char *sql = lm_alter_text(a, "SELECT name, sql FROM "
        "%s.sqlite_schema WHERE type = 'table' AND rootpage = 0 AND sql LIKE "
        "'%%content%%'", lm_alter_quote(a, schema));

    return sql == NULL ? LM_ENOMEM
        : lm_db_each(a->db, sql, NULL, 0, on_virtual, &r);
}

/* -- over a view ---------------------------------------------------------- */

static int add_reading(lm_alter_run *a, const fulltext *f)
{
    const char *schema = lm_alter_quote(a, f->schema), *columns, *sql;
    int64_t views;
    int rc = lm_alter_ask_integer(a, lm_alter_text(a, "SELECT count(*) FROM "
        "%s.sqlite_schema WHERE type = 'view' AND name = ?1 COLLATE NOCASE",
        schema), f->content.table, &views);

    if (rc != LM_OK || views == 0)
        return rc;
    rc = lm_alter_ask(a, lm_alter_text(a, "SELECT group_concat(', T.\"' || "
        "replace(name, '\"', '\"\"') || '\"', '') FROM pragma_table_xinfo("
        "?1, %s) WHERE hidden = 0", lm_alter_literal(a, f->schema)), f->name,
        &columns);
    if (rc == LM_EFAILED && !lm_db_fatal(a->db->err->sqlite_code)) {
        lm_err_clear(a->db->err);   /* one that cannot be read as it is */
        return LM_OK;
    }
    if (rc != LM_OK || columns == NULL)
        return rc;
    sql = lm_alter_text(a, "SELECT T.%s%s FROM %s.%s AS T",
                        f->content.rowid == NULL ? "rowid"
                        : lm_alter_quote(a, f->content.rowid), columns,
                        schema, lm_alter_quote(a, f->content.table));
    return sql == NULL ? LM_ENOMEM
        : lm_probe_fulltext(a, f->schema, f->name, sql);
}

int lm_fulltext_probes(lm_alter_run *a)
{
    int rc = each_fulltext(a, a->schema, add_reading);

    return rc != LM_OK || strcmp(a->schema, "temp") == 0 ? rc
        : each_fulltext(a, "temp", add_reading);
}
