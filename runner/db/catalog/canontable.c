/* SPDX-License-Identifier: MIT */
/* A table and an index in the form that they have for the fingerprint. */
#include "canon.h"

#include <stdlib.h>
#include <string.h>

#include "../../base/list.h"
#include "../../base/text.h"

/* The last one of a kind, which is the one that SQLite takes. */
const lm_constraint *lm_canon_last(const lm_column *c, lm_conkind kind)
{
    size_t i = c->count;

    while (i > 0)
        if (c->constraints[--i].kind == kind)
            return &c->constraints[i];
    return NULL;
}

static void add_conflict(lm_buf *b, lm_conflict conflict)
{
    lm_canon_field(b, conflict == LM_CONFLICT_ABORT
                          ? "" : lm_conflict_name(conflict));
}

const char *lm_canon_collation(const lm_table_info *t, const char *column)
{
    size_t i;

    for (i = 0; i < t->column_count; i++)
        if (lm_same_name(t->columns[i].name, column))
            return t->columns[i].collation;
    return "BINARY";
}

void lm_canon_not_null(lm_buf *b, const lm_constraint *con)
{
    lm_canon_count(b, con != NULL);
    if (con != NULL) {
        lm_canon_name(b, con->name);
        add_conflict(b, con->conflict);
    }
}

static void add_column(lm_buf *b, const lm_table_info *t, const lm_column *c)
{
    const lm_constraint *con;

    lm_canon_field(b, c->name);
    lm_canon_type(b, t->sql, c->type);
    lm_canon_not_null(b, lm_canon_last(c, LM_CON_NOT_NULL));
    con = lm_canon_last(c, LM_CON_DEFAULT);
    if (con != NULL)
        lm_canon_default(b, t->sql, con->inner);
    else
        lm_canon_field(b, NULL);
    lm_canon_name(b, lm_canon_collation(t, c->name));
    con = lm_canon_last(c, LM_CON_GENERATED);
    lm_canon_count(b, con != NULL);
    if (con != NULL) {
        lm_canon_expression(b, t, t->sql, con->inner);
        lm_canon_count(b, con->stored);
    }
}

/* Only a collation that is not the column's own says something. */
static void add_key(lm_buf *b, const lm_table_info *t, const char *column,
                    const char *collation, bool desc)
{
    const char *own = lm_canon_collation(t, column);

    lm_canon_name(b, column);
    lm_canon_name(b, collation == NULL || lm_same_name(collation, own)
                         ? "" : collation);
    lm_canon_count(b, desc);
}

static void add_keys(lm_buf *b, const lm_table_info *t,
                     const lm_constraint *con, const char *column)
{
    size_t i;

    if (column != NULL) {
        lm_canon_count(b, 1);
        add_key(b, t, column, NULL, con->desc);
        return;
    }
    lm_canon_count(b, con->keys.count);
    for (i = 0; i < con->keys.count; i++)
        if (con->keys.list[i].column != NULL)
            add_key(b, t, con->keys.list[i].column,
                    con->keys.list[i].collation, con->keys.list[i].desc);
}

static void add_names(lm_buf *b, const lm_strings *names)
{
    size_t i;

    lm_canon_count(b, names->count);
    for (i = 0; i < names->count; i++)
        lm_canon_name(b, names->list[i]);
}

void lm_canon_foreign(lm_buf *b, const lm_foreign_info *f)
{
    lm_canon_field(b, "foreign key");
    lm_canon_name(b, f->name);
    add_names(b, &f->columns);
    lm_canon_name(b, f->ref_table);
    add_names(b, &f->ref_columns);
    lm_canon_field(b, f->on_delete);
    lm_canon_field(b, f->on_update);
    lm_canon_count(b, f->initially_deferred);
}

/* false: it is told elsewhere, or says nothing. */
bool lm_canon_constraint(lm_buf *b, const lm_table_info *t,
                         const lm_constraint *con, const char *column)
{
    if (con->kind == LM_CON_CHECK) {
        lm_canon_field(b, "check");
        lm_canon_name(b, con->name);
        lm_canon_expression(b, t, t->sql, con->inner);
        return true;
    }
    if (con->kind != LM_CON_PRIMARY_KEY && con->kind != LM_CON_UNIQUE)
        return false;
    lm_canon_field(b, con->kind == LM_CON_UNIQUE ? "unique" : "primary key");
    lm_canon_name(b, con->name);
    add_keys(b, t, con, column);
    add_conflict(b, con->conflict);
    lm_canon_count(b, con->autoincrement);
    return true;
}

/* The constraints of a table, wherever they are written. */
typedef struct constraints {
    char **list;
    size_t count, size;
    bool failed;
} constraints;

static void keep(constraints *all, lm_buf *b)
{
    char **grown = lm_list_grow(all->list, all->count, &all->size,
                                sizeof *grown);
    char *line = lm_buf_take(b);

    if (grown != NULL)
        all->list = grown;
    if (grown != NULL && line != NULL) {
        grown[all->count++] = line;
        return;
    }
    all->failed = true;
    free(line);
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void list_constraints(constraints *all, const lm_table_info *t)
{
    const lm_createtable *text = t->text;
    lm_buf b = {0};
    size_t i, k;

    for (i = 0; i < text->column_count; i++)
        for (k = 0; k < text->columns[i].count; k++)
            if (lm_canon_constraint(&b, t, &text->columns[i].constraints[k],
                                    text->columns[i].name))
                keep(all, &b);
    for (i = 0; i < text->constraint_count; i++)
        if (lm_canon_constraint(&b, t, &text->constraints[i], NULL))
            keep(all, &b);
    for (i = 0; i < t->foreign_count; i++) {
        lm_canon_foreign(&b, &t->foreign[i]);
        keep(all, &b);
    }
    if (all->count > 0)
        qsort(all->list, all->count, sizeof *all->list, compare);
}

/* INTEGER PRIMARY KEY DESC is no rowid alias where PRIMARY KEY(x DESC) is
 * one (sqlite.org/lang_createtable.html 5): the alias itself counts. */
int lm_canon_table(lm_db *db, const lm_table_info *t, lm_buf *b)
{
    constraints all = {0};
    size_t i;

    lm_canon_field(b, "table");
    lm_canon_field(b, t->name);
    lm_canon_count(b, t->strict);
    lm_canon_count(b, t->without_rowid);
    lm_canon_count(b, t->rowid_alias);
    lm_canon_count(b, t->text->column_count);
    for (i = 0; i < t->text->column_count; i++)
        add_column(b, t, &t->text->columns[i]);
    list_constraints(&all, t);
    for (i = 0; i < all.count; i++)
        lm_canon_field(b, all.list[i]);
    for (i = 0; i < all.count; i++)
        free(all.list[i]);
    free(all.list);
    if (all.failed || lm_buf_failed(b))
        return lm_err_nomem(db->err);
    return LM_OK;
}

void lm_canon_parts(lm_buf *b, const lm_table_info *t,
                    const lm_index_info *index)
{
    const lm_index_part *part;
    lm_span span = {0, 0};
    size_t i;

    lm_canon_count(b, index->count);
    for (i = 0; i < index->count; i++) {
        part = &index->parts[i];
        if (part->name != NULL) {
            add_key(b, t, part->name, part->collation, part->desc);
            continue;
        }
        span.end = strlen(part->expr);
        lm_canon_expression(b, t, part->expr, span);
        lm_canon_name(b, part->collation);
        lm_canon_count(b, part->desc);
    }
}

void lm_canon_where(lm_buf *b, const lm_table_info *t,
                    const lm_index_info *index)
{
    lm_span span = {0, 0};

    span.end = index->where == NULL ? 0 : strlen(index->where);
    if (span.end > 0)
        lm_canon_expression(b, t, index->where, span);
}

void lm_canon_index(const lm_table_info *t, const lm_index_info *index,
                    lm_buf *b)
{
    lm_canon_field(b, "index");
    lm_canon_field(b, index->name);
    lm_canon_name(b, t->name);
    lm_canon_count(b, index->unique);
    lm_canon_parts(b, t, index);
    lm_canon_where(b, t, index);
}
