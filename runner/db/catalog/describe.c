/* SPDX-License-Identifier: MIT */
/* One table: its columns and its primary key; checks and unique constraints
 * as they are written. */
#include <stdlib.h>
#include <string.h>

#include "../../base/list.h"
#include "../../base/text.h"
#include "inner.h"

/* cid, name, type, notnull, dflt_value, pk, hidden */
static int add_column(void *user, lm_db *db, const lm_value *row)
{
    lm_table_info *t = user;
    lm_column_info *c = lm_list_grow(t->columns, t->column_count,
                                     &t->column_size, sizeof *c);

    if (c == NULL)
        return lm_err_nomem(db->err);
    t->columns = c;
    c += t->column_count;
    memset(c, 0, sizeof *c);
    c->name = lm_catalog_column(db, &row[1]);
    c->type = lm_catalog_column(db, &row[2]);
    c->not_null = row[3].as.integer != 0;
    c->default_text = lm_catalog_column(db, &row[4]);
    c->pk = (int)row[5].as.integer;
    c->hidden = row[6].as.integer == 1;
    if (row[6].as.integer == 2)
        c->generated = LM_GEN_VIRTUAL;
    if (row[6].as.integer == 3)
        c->generated = LM_GEN_STORED;
    c->collation = "BINARY";
    if (c->type == NULL)
        c->type = "";
    if (c->name == NULL)
        return lm_err_nomem(db->err);
    t->column_count++;
    return LM_OK;
}

/* What only the text says. Of two of a kind SQLite takes the last. */
static int complete_column(lm_db *db, const lm_createtable *text,
                           lm_column_info *c)
{
    const lm_column *column = lm_createtable_column(text, c->name);
    const lm_constraint *con;
    const char **to, *copy;
    size_t i;

    for (i = 0; column != NULL && i < column->count; i++) {
        con = &column->constraints[i];
        copy = NULL;
        to = NULL;
        if (con->kind == LM_CON_DEFAULT || con->kind == LM_CON_GENERATED) {
            to = con->kind == LM_CON_DEFAULT ? &c->default_text : &c->expr;
            copy = lm_catalog_span(db, text->text, con->inner);
        } else if (con->kind == LM_CON_COLLATE) {
            to = &c->collation;
            copy = lm_catalog_collation(db, con->collation);
        } else if (con->kind == LM_CON_PRIMARY_KEY) {
            c->autoincrement = con->autoincrement;
        }
        if (to != NULL && copy == NULL)
            return LM_ENOMEM;
        if (to != NULL)
            *to = copy;
    }
    return LM_OK;
}

/* The columns of the key in its order. In a key that names one twice some
 * places are empty. */
static int read_key(lm_db *db, lm_table_info *t)
{
    int at, last = 0, rc = LM_OK;
    size_t i;

    for (i = 0; i < t->column_count; i++)
        if (t->columns[i].pk > last)
            last = t->columns[i].pk;
    for (at = 1; at <= last; at++)
        for (i = 0; i < t->column_count && rc == LM_OK; i++)
            if (t->columns[i].pk == at)
                rc = lm_strings_add(db, &t->key, t->columns[i].name);
    return rc;
}

static int read_columns(lm_db *db, lm_table_info *t)
{
    static const char sql[] =
        "SELECT cid, name, type, \"notnull\", dflt_value, pk, hidden "
        "FROM pragma_table_xinfo(?1, ?2) ORDER BY cid";
    lm_value v[2];
    int rc;

    v[0] = lm_text_of(t->name);
    v[1] = lm_text_of(t->schema);
    rc = lm_db_each(db, sql, v, 2, add_column, t);
    /* A view that does not compile, a virtual table whose module is not
     * there: they have no columns that anybody could name. */
    if (rc == LM_EFAILED && (t->kind == LM_VIEW || t->kind == LM_VIRTUAL)) {
        lm_err_clear(db->err);
        rc = LM_OK;
    }
    return rc;
}

static int describe_columns(lm_db *db, lm_table_info *t)
{
    size_t i;
    int rc = read_columns(db, t);

    for (i = 0; t->text != NULL && i < t->column_count && rc == LM_OK; i++)
        rc = complete_column(db, t->text, &t->columns[i]);
    if (rc == LM_OK)
        rc = read_key(db, t);
    return rc;
}

static int add_check(lm_db *db, lm_table_info *t, const lm_constraint *con,
                     const char *column)
{
    lm_check_info *c = lm_list_grow(t->checks, t->check_count,
                                    &t->check_size, sizeof *c);

    if (c == NULL)
        return lm_err_nomem(db->err);
    t->checks = c;
    c += t->check_count;
    c->name = con->name;
    c->column = column;
    c->expr = lm_catalog_span(db, t->sql, con->inner);
    if (c->expr == NULL)
        return LM_ENOMEM;
    t->check_count++;
    return LM_OK;
}

/* The name as the column has it. */
static const char *column_name(const lm_table_info *t, const char *name)
{
    size_t i;

    for (i = 0; i < t->column_count; i++)
        if (lm_same_name(t->columns[i].name, name))
            return t->columns[i].name;
    return name;
}

static int add_unique(lm_db *db, lm_table_info *t, const lm_constraint *con,
                      const char *column)
{
    lm_unique_info *u = lm_list_grow(t->uniques, t->unique_count,
                                     &t->unique_size, sizeof *u);
    const lm_key *key;
    int rc = LM_OK;
    size_t i;

    if (u == NULL)
        return lm_err_nomem(db->err);
    t->uniques = u;
    u += t->unique_count++;
    memset(u, 0, sizeof *u);
    u->name = con->name;
    u->column = column;
    if (column != NULL)
        return lm_strings_add(db, &u->columns, column);
    for (i = 0; i < con->keys.count && rc == LM_OK; i++) {
        key = &con->keys.list[i];
        if (key->column != NULL)
            rc = lm_strings_add(db, &u->columns,
                                column_name(t, key->column));
    }
    return rc;
}

static int add_constraint(lm_db *db, lm_table_info *t,
                          const lm_constraint *con, const char *column)
{
    size_t i;

    switch (con->kind) {
    case LM_CON_CHECK:
        return add_check(db, t, con, column);
    case LM_CON_UNIQUE:
        return add_unique(db, t, con, column);
    case LM_CON_PRIMARY_KEY:
        t->key_name = con->name;
        t->autoincrement = con->autoincrement;
        for (i = 0; i < t->column_count; i++)
            if (t->columns[i].pk > 0)
                t->columns[i].autoincrement = con->autoincrement;
        return LM_OK;
    default:
        return LM_OK;
    }
}

static int read_constraints(lm_db *db, lm_table_info *t)
{
    const lm_createtable *text = t->text;
    const lm_column *c;
    size_t i, k;
    int rc = LM_OK;

    for (i = 0; i < text->column_count && rc == LM_OK; i++) {
        c = &text->columns[i];
        for (k = 0; k < c->count && rc == LM_OK; k++)
            rc = add_constraint(db, t, &c->constraints[k], c->name);
    }
    for (i = 0; i < text->constraint_count && rc == LM_OK; i++)
        rc = add_constraint(db, t, &text->constraints[i], NULL);
    return rc;
}

/* Only an ordinary table has a text that this grammar is for. */
static int read_text(lm_db *db, lm_table_info *t)
{
    lm_createtable *text;
    int rc;

    if (t->sql == NULL || t->kind == LM_VIEW || t->kind == LM_VIRTUAL)
        return LM_OK;
    text = malloc(sizeof *text);
    if (text == NULL)
        return lm_err_nomem(db->err);
    rc = lm_createtable_parse(t->sql, strlen(t->sql), text, db->err);
    if (rc == LM_OK) {
        t->text = text;
        return LM_OK;
    }
    free(text);
    lm_err_hint(db->err, "SQLite keeps a text for the table %s that is not "
                "the grammar of SQLite 3.40", t->name);
    return rc;
}

static void find_alias(lm_table_info *t)
{
    size_t i;

    t->rowid_alias = t->text != NULL && t->key.count == 1;
    for (i = 0; i < t->index_count; i++)
        if (t->indexes[i].origin == LM_ORIGIN_PRIMARY_KEY)
            t->rowid_alias = false;
    for (i = 0; i < t->column_count; i++)
        t->columns[i].rowid_alias = t->rowid_alias && t->columns[i].pk > 0;
}

/* Halfway means anew: what was found before memory ran out is not kept. */
int lm_catalog_describe(lm_db *db, lm_table_info *t)
{
    int rc;

    if (t->described)
        return LM_OK;
    rc = read_text(db, t);
    if (rc == LM_OK)
        rc = describe_columns(db, t);
    if (rc == LM_OK && t->text != NULL)
        rc = read_constraints(db, t);
    if (rc == LM_OK)
        rc = lm_describe_indexes(db, t);
    if (rc == LM_OK && t->text != NULL)
        rc = lm_describe_foreign(db, t);
    find_alias(t);
    t->described = rc == LM_OK;
    if (rc != LM_OK)
        db->catalog->read = false;
    return rc;
}
