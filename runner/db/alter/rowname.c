/* SPDX-License-Identifier: MIT */
/*
 * A column that gets one of the rowid's names hides it, and one that is called
 * true or false hides that: what has the name would read the column. Views and
 * triggers are compared before and after; this is about the others.
 */
#include <string.h>

#include "../../lex/createother.h"
#include "alter.h"

static bool is_truth(const char *name)
{
    return lm_same_name(name, "true") || lm_same_name(name, "false");
}

static int refuse(lm_alter_run *a, const char *column, const char *kind,
                  const char *name)
{
    lm_hanger h = {kind, a->schema, name, NULL, "read",
                   kind[0] == 'f' ? NULL : a->first};
    int rc = lm_alter_hanger(a, &h);

    return rc != LM_OK ? rc
        : lm_alter_refuse(a, LM_REASON_DEPENDENTS, "%s%s%s %s %s, and would "
                          "read the column",
                          kind[0] == 'c' ? "a CHECK" : kind[0] == 'g'
                          ? "the generated column" : kind[0] == 'i'
                          ? "the index" : "the full-text table",
                          name == NULL ? "" : " ", name == NULL ? "" : name,
                          is_truth(column) ? "has the value"
                          : "reads the rowid as", column);
}

/* In double quotes true is a string. */
static int has(lm_alter_run *a, const char *text, lm_span span,
               const char *name, bool *out)
{
    text = lm_alter_copy(a, text + span.start, span.end - span.start);
    *out = text != NULL && (is_truth(name)
        ? lm_text_says(text, name)
        : lm_text_names(text, strlen(text), name));
    return text == NULL ? LM_ENOMEM : LM_OK;
}

static int check_checks(lm_alter_run *a, const char *column)
{
    const lm_createtable *def = &a->draft.def;
    const lm_constraint *c;
    bool found = false;
    size_t i, k, n;
    int rc = LM_OK;

    for (i = 0; i <= def->column_count && rc == LM_OK; i++) {
        n = i < def->column_count ? def->columns[i].count
                                  : def->constraint_count;
        c = i < def->column_count ? def->columns[i].constraints
                                  : def->constraints;
        for (k = 0; k < n && rc == LM_OK && !found; k++)
            if (c[k].kind == LM_CON_CHECK || c[k].kind == LM_CON_GENERATED)
                rc = has(a, a->draft.text, c[k].inner, column, &found);
        if (rc == LM_OK && found)
            rc = c[k - 1].kind == LM_CON_CHECK
                ? refuse(a, column, "check", c[k - 1].name)
                : refuse(a, column, "generated", def->columns[i].name);
    }
    return rc;
}

typedef struct reading {
    lm_alter_run *a;
    const char *column;
} reading;

/* Only the condition may read the rowid. */
static int on_index(void *user, lm_db *db, const lm_value *row)
{
    reading *r = user;
    lm_createindex i = {0};
    bool found = false;
    size_t k;
    const char *sql = lm_alter_value(r->a, row);
    int rc = sql == NULL ? LM_ENOMEM
        : lm_createindex_parse(sql, strlen(sql), &i, db->err);

    if (rc == LM_OK)
        rc = has(r->a, sql, i.where, r->column, &found);
    for (k = 0; k < i.keys.count && rc == LM_OK && !found &&
                is_truth(r->column); k++)
        rc = has(r->a, sql, i.keys.list[k].all, r->column, &found);
    if (rc == LM_OK && found)
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

    if ((!is_truth(column) &&
         (!is_rowid(column) || a->draft.def.without_rowid)) ||
        lm_def_find(a, column) < a->draft.col_count)
        return LM_OK;
    if (a->op->kind != LM_OP_DEFINE)
        rc = check_checks(a, column);
    sql = lm_alter_text(a, "SELECT sql FROM %s.sqlite_schema WHERE type = "
        "'index' AND tbl_name = ?1 COLLATE NOCASE AND sql IS NOT NULL", a->in);
    if (rc == LM_OK)
        rc = sql == NULL ? LM_ENOMEM
            : lm_db_each(a->db, sql, &table, 1, on_index, &r);
    if (rc == LM_OK)
        rc = lm_fulltext_rowid(a, column, &sql);
    return rc != LM_OK || sql == NULL ? rc : refuse(a, column, "fts5", sql);
}
