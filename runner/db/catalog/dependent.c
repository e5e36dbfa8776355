/* SPDX-License-Identifier: MIT */
/*
 * What hangs on a table or a column.
 *
 * What a view or a trigger uses is best known to SQLite: it tells the
 * authorizer of every column that it reads or writes while it compiles, stars
 * and views in between followed. A trigger compiles with the statement that
 * fires it. What SQLite does not tell is read from the text: the columns that
 * an INSERT in a trigger names, and what expressions of indexes, checks and
 * generated columns name.
 */
#include "dependent.h"

#include <stdlib.h>
#include <string.h>

#include "../../base/list.h"
#include "../../base/text.h"
#include "../../lex/sqltext.h"
#include "../../lex/sqltok.h"

const char *lm_dependent_kind_name(lm_dependent_kind kind)
{
    static const char *const names[] = {
        "view", "trigger", "index", "foreign_key", "check", "unique",
        "generated", "fts5"
    };

    return names[kind];
}

static bool is_same(const lm_dependent *a, const lm_dependent *b)
{
    if (a->kind != b->kind || a->writes != b->writes ||
        strcmp(a->schema, b->schema) != 0)
        return false;
    if ((a->name == NULL) != (b->name == NULL) ||
        (a->column == NULL) != (b->column == NULL) ||
        (a->table == NULL) != (b->table == NULL))
        return false;
    return (a->name == NULL || lm_same_name(a->name, b->name)) &&
           (a->column == NULL || lm_same_name(a->column, b->column)) &&
           (a->table == NULL || lm_same_name(a->table, b->table));
}

/* A constraint without a name is known by when it was looked at. */
static bool is_known(const lm_inquiry *q, const lm_dependent *d)
{
    lm_catalog *cat = q->cat;
    size_t i = d->name == NULL ? q->since : 0;

    for (; i < cat->dependent_count; i++)
        if (is_same(&cat->dependents[i], d)) {
            cat->dependents[i].positional |= d->positional;
            return true;
        }
    return false;
}

int lm_dependent_add(lm_inquiry *q, lm_dependent d)
{
    lm_catalog *cat = q->cat;
    lm_dependent *grown;

    if (q->column != NULL && d.column == NULL && !d.positional)
        return LM_OK;
    if (q->column != NULL && d.column != NULL &&
        !lm_same_name(q->column, d.column))
        return LM_OK;
    if (q->column != NULL)
        d.column = q->column;
    if (is_known(q, &d))
        return LM_OK;
    grown = lm_list_grow(cat->dependents, cat->dependent_count,
                         &cat->dependent_size, sizeof *grown);
    if (grown == NULL)
        return lm_err_nomem(q->db->err);
    cat->dependents = grown;
    grown[cat->dependent_count++] = d;
    return LM_OK;
}

const char *lm_inquiry_column(const lm_inquiry *q, const char *name)
{
    size_t i;

    for (i = 0; i < q->table->column_count; i++)
        if (lm_same_name(q->table->columns[i].name, name))
            return q->table->columns[i].name;
    return NULL;
}

/* The column that a token may name: a word that is no function, or a name in
 * quotes. In single quotes it is a string. */
static const char *column_of(const lm_inquiry *q, const lm_sqltok *t)
{
    lm_arena names = {0};
    const char *name, *found = NULL;

    if (t->kind != LM_TOK_WORD && t->kind != LM_TOK_QUOTED)
        return NULL;
    name = lm_sqltext_name(&names, t->text + t->start, t->size);
    if (name != NULL)
        found = lm_inquiry_column(q, name);
    lm_arena_clear(&names);
    return found;
}

/* d for each column that the expression names. */
static int add_names(lm_inquiry *q, lm_dependent d, const char *expr)
{
    lm_sqltok t, next;
    const char *column;
    int rc = LM_OK;

    if (expr == NULL)
        return LM_OK;
    lm_sqltok_start(&t, expr, strlen(expr));
    while (rc == LM_OK && lm_sql_next(&t) != LM_TOK_END) {
        column = column_of(q, &t);
        next = t;
        if (column == NULL ||
            (lm_sql_next(&next) == LM_TOK_OPERATOR &&
             next.text[next.start] == '('))
            continue;
        d.column = column;
        rc = lm_dependent_add(q, d);
    }
    return rc;
}

bool lm_inquiry_names(const char *text, const char *name)
{
    lm_arena names = {0};
    const char *found;
    lm_sqltok t;
    bool is = false;

    lm_sqltok_start(&t, text, strlen(text));
    while (!is && lm_sql_next(&t) != LM_TOK_END) {
        if (t.kind != LM_TOK_WORD && t.kind != LM_TOK_QUOTED)
            continue;
        found = lm_sqltext_name(&names, t.text + t.start, t.size);
        is = found != NULL && lm_same_name(found, name);
    }
    lm_arena_clear(&names);
    return is;
}

static int add_indexes(lm_inquiry *q)
{
    const lm_index_info *index;
    lm_dependent d;
    size_t i, k;
    int rc = LM_OK;

    for (i = 0; i < q->table->index_count && rc == LM_OK; i++) {
        index = &q->table->indexes[i];
        if (index->origin != LM_ORIGIN_INDEX)
            continue;
        memset(&d, 0, sizeof d);
        d.kind = LM_DEP_INDEX;
        d.schema = q->table->schema;
        d.name = index->name;
        d.table = q->table->name;
        for (k = 0; k < index->count && rc == LM_OK; k++) {
            d.column = index->parts[k].name;
            rc = d.column != NULL
                ? lm_dependent_add(q, d)
                : add_names(q, d, index->parts[k].expr);
        }
        if (rc == LM_OK)
            rc = add_names(q, d, index->where);
    }
    return rc;
}

static int add_constraints(lm_inquiry *q)
{
    const lm_table_info *t = q->table;
    lm_dependent d = {.schema = t->schema, .table = t->name};
    size_t i, k;
    int rc = LM_OK;

    d.kind = LM_DEP_CHECK;
    for (i = 0; i < t->check_count && rc == LM_OK; i++) {
        q->since = q->cat->dependent_count;
        d.name = t->checks[i].name;
        rc = add_names(q, d, t->checks[i].expr);
    }
    d.kind = LM_DEP_UNIQUE;
    for (i = 0; i < t->unique_count && rc == LM_OK; i++) {
        q->since = q->cat->dependent_count;
        d.name = t->uniques[i].name;
        for (k = 0; k < t->uniques[i].columns.count && rc == LM_OK; k++) {
            d.column = lm_inquiry_column(q, t->uniques[i].columns.list[k]);
            rc = lm_dependent_add(q, d);
        }
    }
    d.kind = LM_DEP_GENERATED;
    for (i = 0; i < t->column_count && rc == LM_OK; i++) {
        d.name = t->columns[i].name;
        rc = add_names(q, d, t->columns[i].expr);
    }
    return rc;
}

static int add_key(lm_inquiry *q, const lm_foreign_info *f,
                   const lm_strings *columns)
{
    lm_dependent d = {.kind = LM_DEP_FOREIGN_KEY};
    size_t i;
    int rc = LM_OK;

    d.schema = q->table->schema;
    d.name = f->name;
    d.table = f->table;
    q->since = q->cat->dependent_count;
    if (columns->count == 0)
        return lm_dependent_add(q, d);
    for (i = 0; i < columns->count && rc == LM_OK; i++) {
        d.column = lm_inquiry_column(q, columns->list[i]);
        if (d.column != NULL)
            rc = lm_dependent_add(q, d);
    }
    return rc;
}

/* Its own, and those of others that point to it. */
static int add_foreign(lm_inquiry *q)
{
    const lm_table_info *t = q->table;
    const lm_foreign_info *const *list;
    lm_name name = {t->name, strlen(t->name)};
    size_t i, count;
    int rc = LM_OK;

    for (i = 0; i < t->foreign_count && rc == LM_OK; i++)
        rc = add_key(q, &t->foreign[i], &t->foreign[i].columns);
    if (rc == LM_OK)
        rc = lm_catalog_referenced_by(q->db, t->schema, name, &list,
                                      &count);
    for (i = 0; rc == LM_OK && i < count; i++)
        rc = add_key(q, list[i], &list[i]->ref_columns);
    return rc;
}

static int inquire(lm_inquiry *q)
{
    int rc = add_indexes(q);

    if (rc == LM_OK)
        rc = add_constraints(q);
    if (rc == LM_OK)
        rc = add_foreign(q);
    if (rc == LM_OK)
        rc = lm_inquire_code(q);
    if (rc == LM_OK)
        rc = lm_inquire_fulltext(q);
    return rc;
}

int lm_catalog_dependents(lm_db *db, const char *schema, lm_name table,
                          const lm_name *column, const lm_dependent **out,
                          size_t *count)
{
    lm_inquiry q = {.db = db};
    lm_table_info *t = NULL;
    int rc = lm_catalog_open_at(db, schema, &q.cat);

    *out = NULL;
    *count = 0;
    if (rc == LM_OK)
        t = lm_catalog_find(q.cat, schema, table);
    if (t == NULL || !t->listed)
        return rc;
    rc = lm_catalog_describe(db, t);
    q.table = t;
    if (rc == LM_OK && column != NULL) {
        if (memchr(column->text, '\0', column->size) == NULL)
            q.column = lm_inquiry_column(&q, column->text);
        if (q.column == NULL)
            return LM_OK;
    }
    q.cat->dependent_count = 0;
    if (rc == LM_OK)
        rc = inquire(&q);
    if (rc == LM_OK) {
        *out = q.cat->dependents;
        *count = q.cat->dependent_count;
    }
    return rc;
}
