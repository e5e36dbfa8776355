/* SPDX-License-Identifier: MIT */
/*
 * A column that gets one of the rowid's names hides it: what reads the rowid
 * by this name would read the column. Views and triggers are compared before
 * and after; this is about the others.
 */
#include <string.h>

#include "../../lex/createother.h"
#include "alter.h"

static int refuse(lm_alter_run *a, const char *column, const char *kind,
                  const char *name)
{
    lm_hanger h = {kind, a->schema, name, NULL, "read"};
    int rc = lm_alter_hanger(a, &h);

    return rc != LM_OK ? rc
        : lm_alter_refuse(a, LM_REASON_DEPENDENTS, "%s%s%s reads the rowid "
                          "as %s, and would read the column",
                          kind[0] == 'c' ? "a CHECK" : kind[0] == 'i'
                          ? "the index " : "the full-text table ",
                          kind[0] == 'c' && name != NULL ? " " : "",
                          name == NULL ? "" : name, column);
}

static int check_checks(lm_alter_run *a, const char *column)
{
    const lm_createtable *def = &a->draft.def;
    const lm_constraint *c;
    size_t i, k, n;

    for (i = 0; i <= def->column_count; i++) {
        n = i < def->column_count ? def->columns[i].count
                                  : def->constraint_count;
        c = i < def->column_count ? def->columns[i].constraints
                                  : def->constraints;
        for (k = 0; k < n; k++)
            if (c[k].kind == LM_CON_CHECK &&
                lm_text_names(a->draft.text + c[k].inner.start,
                              c[k].inner.end - c[k].inner.start, column))
                return refuse(a, column, "check", c[k].name);
    }
    return LM_OK;
}

typedef struct reading {
    lm_alter_run *a;
    const char *column;
} reading;

/* Only the condition may have it. */
static int on_index(void *user, lm_db *db, const lm_value *row)
{
    reading *r = user;
    lm_createindex i = {0};
    const char *sql = lm_alter_value(r->a, row);
    int rc = sql == NULL ? LM_ENOMEM
        : lm_createindex_parse(sql, strlen(sql), &i, db->err);

    if (rc == LM_OK && lm_text_names(sql + i.where.start, i.where.end -
                                     i.where.start, r->column))
        rc = refuse(r->a, r->column, "index", i.name);
    lm_createindex_clear(&i);
    return rc;
}

static bool is_rowid(const char *name)
{
    return lm_same_name(name, "rowid") || lm_same_name(name, "oid") ||
           lm_same_name(name, "_rowid_");
}

int lm_rowname_check(lm_alter_run *a, const char *column)
{
    reading r = {a, column};
    lm_value table = lm_text_of(a->table);
    const char *sql;
    int rc = LM_OK;

    if (!is_rowid(column) || a->draft.def.without_rowid ||
        lm_def_find(a, column) < a->draft.col_count)
        return LM_OK;
    if (a->op->kind != LM_OP_DEFINE)
        rc = check_checks(a, column);
    sql = lm_alter_text(a, "SELECT sql FROM %s.sqlite_schema WHERE type = "
        "'index' AND tbl_name = ?1 COLLATE NOCASE AND sql LIKE '%%where%%'",
        a->in);
    if (rc == LM_OK)
        rc = sql == NULL ? LM_ENOMEM
            : lm_db_each(a->db, sql, &table, 1, on_index, &r);
    if (rc == LM_OK)
        rc = lm_fulltext_rowid(a, column, &sql);
    return rc != LM_OK || sql == NULL ? rc : refuse(a, column, "fts5", sql);
}
