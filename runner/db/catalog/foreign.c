/* SPDX-License-Identifier: MIT */
/* Foreign keys: those of a table, and those that point to it. */
#include <stdlib.h>
#include <string.h>

#include "../../base/list.h"
#include "../../base/text.h"
#include "inner.h"

static int begin_key(lm_db *db, lm_table_info *t, const lm_value *row)
{
    lm_foreign_info *f = lm_list_grow(t->foreign, t->foreign_count,
                                      &t->foreign_size, sizeof *f);

    if (f == NULL)
        return lm_err_nomem(db->err);
    t->foreign = f;
    f += t->foreign_count++;
    memset(f, 0, sizeof *f);
    f->table = t->name;
    f->ref_table = lm_catalog_column(db, &row[2]);
    f->implicit = row[4].type != LM_TEXT;
    f->on_update = lm_catalog_column(db, &row[5]);
    f->on_delete = lm_catalog_column(db, &row[6]);
    if (f->ref_table == NULL || f->on_update == NULL || f->on_delete == NULL)
        return lm_err_nomem(db->err);
    return LM_OK;
}

/* id, seq, table, from, to, on_update, on_delete */
static int add_link(void *user, lm_db *db, const lm_value *row)
{
    lm_table_info *t = user;
    lm_foreign_info *f;
    int rc = LM_OK;

    if (row[1].as.integer == 0)
        rc = begin_key(db, t, row);
    if (rc != LM_OK || t->foreign_count == 0)
        return rc;
    f = &t->foreign[t->foreign_count - 1];
    rc = lm_strings_add(db, &f->columns, lm_catalog_column(db, &row[3]));
    if (rc == LM_OK && row[4].type == LM_TEXT)
        rc = lm_strings_add(db, &f->ref_columns,
                            lm_catalog_column(db, &row[4]));
    return rc;
}

/* The name and the deferral of key number `at` in order of declaration. */
static void take_text(lm_foreign_info *f, const lm_constraint *con)
{
    f->name = con->name;
    f->deferrable = con->deferrable;
    f->initially_deferred = con->initially_deferred;
}

static void complete(lm_table_info *t)
{
    const lm_createtable *text = t->text;
    const lm_column *c;
    size_t i, k, at = 0;

    for (i = 0; i < text->column_count; i++) {
        c = &text->columns[i];
        for (k = 0; k < c->count; k++)
            if (c->constraints[k].kind == LM_CON_FOREIGN_KEY &&
                at < t->foreign_count)
                take_text(&t->foreign[at++], &c->constraints[k]);
    }
    for (i = 0; i < text->constraint_count; i++)
        if (text->constraints[i].kind == LM_CON_FOREIGN_KEY &&
            at < t->foreign_count)
            take_text(&t->foreign[at++], &text->constraints[i]);
}

static int add_target(void *user, lm_db *db, const lm_value *row)
{
    lm_foreign_info *f = user;

    return lm_strings_add(db, &f->ref_columns, lm_catalog_column(db, row));
}

/* A key that names no columns means the primary key of the parent, in the
 * order of that key. */
static int resolve(lm_db *db, const lm_table_info *t, lm_foreign_info *f)
{
    static const char sql[] =
        "SELECT name FROM pragma_table_xinfo(?1, ?2) WHERE pk > 0 "
        "ORDER BY pk";
    const lm_table_info *parent = lm_catalog_find_text(db->catalog,
                                                       t->schema,
                                                       f->ref_table);
    lm_value v[2];

    if (parent == NULL || parent->kind == LM_VIEW)
        return LM_OK;
    v[0] = lm_text_of(f->ref_table);
    v[1] = lm_text_of(t->schema);
    return lm_db_each(db, sql, v, 2, add_target, f);
}

/* SQLite lists the last key that was declared first. */
int lm_describe_foreign(lm_db *db, lm_table_info *t)
{
    static const char sql[] =
        "SELECT id, seq, \"table\", \"from\", \"to\", on_update, on_delete "
        "FROM pragma_foreign_key_list(?1, ?2) ORDER BY id DESC, seq";
    lm_value v[2];
    size_t i;
    int rc;

    v[0] = lm_text_of(t->name);
    v[1] = lm_text_of(t->schema);
    rc = lm_db_each(db, sql, v, 2, add_link, t);
    for (i = 0; i < t->foreign_count && rc == LM_OK; i++)
        if (t->foreign[i].implicit)
            rc = resolve(db, t, &t->foreign[i]);
    if (rc == LM_OK)
        complete(t);
    return rc;
}

static int add_reference(lm_db *db, const lm_foreign_info *f)
{
    lm_catalog *cat = db->catalog;
    const lm_foreign_info **grown =
        lm_list_grow(cat->references, cat->reference_count,
                     &cat->reference_size, sizeof *grown);

    if (grown == NULL)
        return lm_err_nomem(db->err);
    cat->references = grown;
    grown[cat->reference_count++] = f;
    return LM_OK;
}

/* No foreign key is made without this word. */
static bool may_refer(const lm_table_info *t)
{
    static const char word[] = "references";
    const char *s;

    if (t->sql == NULL || t->kind == LM_VIEW || t->kind == LM_VIRTUAL)
        return false;
    for (s = t->sql; *s != '\0'; s++)
        if (lm_fold((unsigned char)*s) == 'r' &&
            lm_same_name_n(s, strnlen(s, sizeof word - 1), word,
                           sizeof word - 1))
            return true;
    return false;
}

static int add_references_of(lm_db *db, lm_table_info *child,
                             const char *parent)
{
    size_t i;
    int rc;

    if (!may_refer(child))
        return LM_OK;
    rc = lm_catalog_describe(db, child);
    for (i = 0; i < child->foreign_count && rc == LM_OK; i++)
        if (lm_same_name(child->foreign[i].ref_table, parent))
            rc = add_reference(db, &child->foreign[i]);
    return rc;
}

/* A foreign key stays within its schema. A parent may be missing. */
int lm_catalog_referenced_by(lm_db *db, const char *schema, lm_name table,
                             const lm_foreign_info *const **out,
                             size_t *count)
{
    const lm_table_info *t;
    lm_catalog *cat;
    size_t i;
    int rc = lm_catalog_open_at(db, schema, &cat);

    *out = NULL;
    *count = 0;
    if (rc != LM_OK || memchr(table.text, '\0', table.size) != NULL)
        return rc;
    t = lm_catalog_find(cat, schema, table);
    if (schema == NULL)
        schema = t == NULL ? "main" : t->schema;
    cat->reference_count = 0;
    for (i = 0; i < cat->table_count && rc == LM_OK; i++)
        if (lm_same_name(cat->tables[i].schema, schema))
            rc = add_references_of(db, &cat->tables[i], table.text);
    *out = cat->references;
    *count = cat->reference_count;
    return rc;
}
