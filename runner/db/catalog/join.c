/* SPDX-License-Identifier: MIT */
/*
 * USING (a) and NATURAL JOIN: SQLite compares the columns of both sides, but
 * tells the authorizer nothing of it. So the text is looked at: which tables
 * it names, and which columns they are joined by.
 */
#include "use.h"

#include <stdlib.h>
#include <string.h>

#include "../../base/list.h"
#include "../../base/text.h"
#include "../../lex/sqltext.h"
#include "../../lex/sqltok.h"

/* The tables that a text may name, and how it joins them. */
typedef struct join {
    lm_db *db;
    lm_table_info **tables;
    size_t count, size;
    lm_strings columns;     /* of USING */
    bool natural;
    const char *last;       /* the name before, */
    bool dotted;            /* and a dot behind it */
} join;

static void clear(join *j)
{
    free(j->tables);
    free(j->columns.list);
}

static bool has_column(const lm_table_info *t, const char *name)
{
    size_t i;

    for (i = 0; i < t->column_count; i++)
        if (lm_same_name(t->columns[i].name, name))
            return true;
    return false;
}

static int add_table(join *j, const char *schema, const char *name)
{
    lm_table_info *t = lm_catalog_find_text(j->db->catalog, schema, name);
    lm_table_info **grown;
    size_t i;

    if (t == NULL)
        return LM_OK;
    for (i = 0; i < j->count; i++)
        if (j->tables[i] == t)
            return LM_OK;
    grown = lm_list_grow(j->tables, j->count, &j->size, sizeof *grown);
    if (grown == NULL)
        return lm_err_nomem(j->db->err);
    j->tables = grown;
    grown[j->count++] = t;
    return lm_catalog_describe(j->db, t);
}

static bool is_name(const lm_sqltok *t)
{
    return t->kind == LM_TOK_WORD || t->kind == LM_TOK_QUOTED ||
           t->kind == LM_TOK_STRING;
}

static bool is_schema(const join *j, const char *name)
{
    const lm_catalog *cat = j->db->catalog;
    size_t i = 0;

    while (i < cat->table_count && !lm_same_name(cat->tables[i].schema, name))
        i++;
    return i < cat->table_count;
}

static int add_names(join *j, const char *schema, lm_sqltok *t, bool *using)
{
    const char *name;
    bool listed = *using;

    if (t->kind == LM_TOK_OPERATOR && t->text[t->start] == ')')
        *using = false;
    if (t->kind == LM_TOK_OPERATOR)
        j->dotted = t->text[t->start] == '.';
    if (!is_name(t))
        return LM_OK;
    if (schema == NULL && j->dotted && is_schema(j, j->last))
        schema = j->last;
    name = lm_sqltext_name(&j->db->catalog->arena, t->text + t->start,
                           t->size);
    if (name == NULL)
        return lm_err_nomem(j->db->err);
    j->last = name;
    j->dotted = false;
    return listed ? lm_strings_add(j->db, &j->columns, name)
                  : add_table(j, schema, name);
}

static int read_text(join *j, const char *schema, const char *text)
{
    bool using = false;
    lm_sqltok t;
    int rc = LM_OK;

    lm_sqltok_start(&t, text, strlen(text));
    while (rc == LM_OK && lm_sqltok_next(&t) != LM_TOK_END) {
        if (lm_sqltok_is(&t, "USING"))
            using = true;
        else if (lm_sqltok_is(&t, "NATURAL"))
            j->natural = true;
        else
            rc = add_names(j, schema, &t, &using);
    }
    return rc;
}

/* Does another table have it, too? */
static bool is_common(const join *j, size_t table, const char *column)
{
    size_t i;

    for (i = 0; i < j->count; i++)
        if (i != table && has_column(j->tables[i], column))
            return true;
    return false;
}

static bool is_joined(const join *j, size_t table, const char *column)
{
    size_t i;

    if (j->natural && is_common(j, table, column))
        return true;
    for (i = 0; i < j->columns.count; i++)
        if (lm_same_name(j->columns.list[i], column))
            return true;
    return false;
}

static int record(const join *j, lm_recorder *r)
{
    lm_use use = {0};
    size_t i, k;

    for (i = 0; i < j->count; i++)
        for (k = 0; k < j->tables[i]->column_count; k++) {
            use.schema = j->tables[i]->schema;
            use.table = j->tables[i]->name;
            use.column = j->tables[i]->columns[k].name;
            if (is_joined(j, i, use.column))
                lm_use_record(r, use);
        }
    return r->rc;
}

static bool may_join(const char *text)
{
    lm_sqltok t;

    lm_sqltok_start(&t, text, strlen(text));
    while (lm_sqltok_next(&t) != LM_TOK_END)
        if (lm_sqltok_is(&t, "USING") || lm_sqltok_is(&t, "NATURAL"))
            return true;
    return false;
}

/* Only an object of temp can name one of another schema. */
int lm_join_record(lm_recorder *r, const char *text, const char *schema)
{
    join j = {.db = r->db};
    int rc;

    if (text == NULL || !may_join(text))
        return LM_OK;
    rc = read_text(&j, strcmp(schema, "temp") == 0 ? NULL : schema, text);
    if (rc == LM_OK)
        rc = record(&j, r);
    clear(&j);
    return rc;
}
