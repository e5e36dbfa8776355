/* SPDX-License-Identifier: MIT */
/*
 * Full-text tables that have their text in a view of the table, or that know
 * its rows by their rowids. What they will ask is known beforehand: the
 * columns of their own names, from the content (sqlite.org/fts5.html 4.4.3).
 */
#include <stdlib.h>
#include <string.h>

#include "probe.h"
#include "rebuild.h"

/* One that is looked at. */
typedef struct fulltext {
    const char *schema, *name;
    lm_content content;
} fulltext;

typedef int (*fulltext_fn)(lm_alter_run *a, const fulltext *f, void *user);

typedef struct reading {
    lm_alter_run *a;
    void *user;
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
    return rc != LM_OK || f.content.table == NULL ? rc
        : r->each(a, &f, r->user);
}

static int each_fulltext(lm_alter_run *a, const char *schema,
                         fulltext_fn each, void *user)
{
    reading r = {a, user, schema, each};
    const char *sql = lm_alter_text(a, "SELECT name, sql FROM "
        "%s.sqlite_schema WHERE type = 'table' AND rootpage = 0 AND sql LIKE "
        "'%%content%%'", lm_alter_quote(a, schema));

    return sql == NULL ? LM_ENOMEM
        : lm_db_each(a->db, sql, NULL, 0, on_virtual, &r);
}

/* -- over a view ---------------------------------------------------------- */

static int add_reading(lm_alter_run *a, const fulltext *f, void *unused)
{
    const char *schema = lm_alter_quote(a, f->schema), *columns, *sql;
    int64_t views;
    int rc;

    (void)unused;
    rc = lm_alter_ask_integer(a, lm_alter_text(a, "SELECT count(*) FROM "
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
    int rc = each_fulltext(a, a->schema, add_reading, NULL);

    return rc != LM_OK || strcmp(a->schema, "temp") == 0 ? rc
        : each_fulltext(a, "temp", add_reading, NULL);
}

/* -- all of them ---------------------------------------------------------- */

typedef struct naming_all {
    lm_texts views;         /* that read the table */
    lm_texts *out;
} naming_all;

static int note_name(lm_alter_run *a, const fulltext *f, void *user)
{
    naming_all *all = user;

    return !lm_same_name(f->content.table, a->table) &&
           !lm_texts_has(&all->views, f->content.table)
        ? LM_OK : lm_texts_add(a, all->out, f->name);
}

int lm_fulltext_names(lm_alter_run *a, lm_texts *out)
{
    naming_all all = {{NULL, 0, 0}, out};
    const lm_dependent *list;
    size_t i, n;
    int rc = lm_alter_dependents(a, NULL, &list, &n);

    for (i = 0; i < n && rc == LM_OK; i++)
        if (list[i].kind == LM_DEP_VIEW &&
            lm_same_name(list[i].schema, a->schema))
            rc = lm_texts_add(a, &all.views, lm_alter_text(a, "%s",
                                                           list[i].name));
    if (rc == LM_OK)
        rc = each_fulltext(a, a->schema, note_name, &all);
    free(all.views.list);
    return rc;
}

/* -- by rowid ------------------------------------------------------------- */

/* What is copied into the column; NULL: nothing, or it is not there. */
static const char *value_of(lm_alter_run *a, const char *column)
{
    size_t at = lm_def_find(a, column);
    const lm_col *c = &a->draft.cols[at];

    if (at == a->draft.col_count)
        return NULL;
    return c->value != NULL ? c->value
         : c->source != NULL ? lm_alter_quote(a, c->source) : NULL;
}

/* Has the table now a column of this name? Else it is the rowid. */
static int has_column(lm_alter_run *a, const char *name, bool *out)
{
    lm_createtable now = {0};
    int rc = lm_createtable_parse(a->draft.stored, strlen(a->draft.stored),
                                  &now, a->db->err);

    *out = rc == LM_OK && lm_createtable_column(&now, name) != NULL;
    lm_createtable_clear(&now);
    return rc;
}

/* -- the name itself ------------------------------------------------------ */

typedef struct naming {
    const char *rowid;
    const char *found;
} naming;

static int check_name(lm_alter_run *a, const fulltext *f, void *user)
{
    naming *n = user;
    const char *key = f->content.rowid;

    if (lm_same_name(f->content.table, a->table) &&
        lm_same_name(key == NULL ? "rowid" : key, n->rowid))
        n->found = f->name;
    return LM_OK;
}

int lm_fulltext_rowid(lm_alter_run *a, const char *rowid, const char **out)
{
    naming n = {rowid, NULL};
    int rc = each_fulltext(a, a->schema, check_name, &n);

    *out = n.found;
    return rc;
}

/* -- rows that move ------------------------------------------------------- */

typedef struct moved_rows {
    const lm_moving *moving;
    lm_texts said;
} moved_rows;

static int check_moved(lm_alter_run *a, const fulltext *f, void *user)
{
    moved_rows *all = user;
    const lm_moving *m = all->moving;
    lm_hanger h = {"fts5", f->schema, f->name, NULL, "read", NULL};
    const char *key = f->content.rowid, *from, *to;
    bool column;
    int64_t moved = 0;
    int rc;

    if (!lm_same_name(f->content.table, a->table))
        return LM_OK;
    key = key == NULL ? "rowid" : key;
    rc = has_column(a, key, &column);
    from = column ? lm_alter_quote(a, key) : m->rowid;
    to = column ? value_of(a, key)
       : m->alias == NULL ? NULL : value_of(a, m->alias);
    if (rc == LM_OK && from != NULL && to != NULL)
        rc = lm_alter_ask_integer(a, lm_alter_text(a, "SELECT count(*) FROM "
            "%s WHERE %s IS NOT (%s)", lm_alter_here(a), from, to), NULL,
            &moved);
    if (rc != LM_OK || moved == 0)
        return rc;
    rc = lm_alter_hanger(a, &h);
    return rc != LM_OK ? rc
        : lm_texts_add(a, &all->said, lm_alter_text(a, "the full-text table "
              "%s finds its rows by %s, and %lld of them would get another "
              "one", f->name, key, (long long)moved));
}

int lm_fulltext_moved(lm_alter_run *a, const lm_moving *moving)
{
    moved_rows all = {moving, {NULL, 0, 0}};
    int rc = each_fulltext(a, a->schema, check_moved, &all);

    if (rc == LM_OK)
        rc = lm_alter_refuse_all(a, LM_REASON_DEPENDENTS, "", &all.said);
    free(all.said.list);
    return rc;
}

/* -- over the table itself ------------------------------------------------ */

int lm_fulltext_refuse(lm_alter_run *a, const char *column, const char *what)
{
    const lm_dependent *list;
    lm_hanger h = {"fts5", a->schema, NULL, column, "read", NULL};
    lm_texts said = {0};
    size_t i, n;
    int rc = lm_alter_dependents(a, column, &list, &n);

    for (i = 0; i < n && rc == LM_OK; i++) {
        if (list[i].kind != LM_DEP_FTS5 ||
            (said.count > 0 && lm_same_name(h.name, list[i].name)))
            continue;
        h.name = list[i].name;
        rc = lm_alter_hanger(a, &h);
        if (rc == LM_OK)
            rc = lm_texts_add(a, &said, lm_alter_text(a, "the full-text "
                                "table %s %s", h.name, what));
    }
    if (rc == LM_OK)
        rc = lm_alter_refuse_all(a, LM_REASON_DEPENDENTS, "", &said);
    free(said.list);
    return rc;
}
