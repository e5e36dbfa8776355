/* SPDX-License-Identifier: MIT */
/* The rows of the old table into the new one, and nothing made of them. */
#include <stdlib.h>
#include <string.h>

#include "rebuild.h"

/* The only column of an INTEGER PRIMARY KEY, which is the rowid itself; NULL
 * when there is none. SQLite says it, because it is not in the text alone. */
static int find_alias(lm_alter_run *a, const char **out)
{
    return lm_alter_ask(a, lm_alter_text(a, "SELECT t.name FROM "
        "pragma_table_xinfo(%s, %s) AS t WHERE t.pk = 1 AND upper(t.type) = "
        "'INTEGER' AND NOT EXISTS (SELECT 1 FROM pragma_index_list(%s, %s) "
        "WHERE origin = 'pk')", lm_alter_literal(a, a->scratch),
        a->in_text, lm_alter_literal(a, a->scratch),
        a->in_text), NULL, out);
}

typedef struct lists {
    lm_buf columns, select;
} lists;

static int add_column(lm_rebuilding *r, lists *l, const char *column,
                      const char *value)
{
    if (column == NULL || value == NULL)
        return LM_ENOMEM;
    lm_buf_printf(&l->columns, "%s%s", r->into.count == 0 ? "" : ", ",
                  column);
    lm_buf_printf(&l->select, "%s%s", r->into.count == 0 ? "" : ", ", value);
    return lm_texts_add(r->a, &r->into, column);
}

static int add_columns(lm_rebuilding *r, lists *l, const char *alias)
{
    lm_alter_run *a = r->a;
    const lm_createtable *def = &a->draft.def;
    const lm_col *c;
    const char *value;
    size_t i;
    int rc = LM_OK;

    for (i = 0; i < a->draft.col_count && rc == LM_OK; i++) {
        c = &a->draft.cols[i];
        if (lm_column_has(&def->columns[i], LM_CON_GENERATED) != NULL)
            continue;
        value = c->value;
        if (value == NULL && c->source != NULL)
            value = lm_alter_quote(a, c->source);
        /* A new rowid under a name: the old one's. */
        if (value == NULL && alias != NULL && r->rowid != NULL &&
            lm_same_name(alias, def->columns[i].name))
            value = r->rowid;
        if (value != NULL)
            rc = add_column(r, l, lm_alter_quote(a, def->columns[i].name),
                            value);
    }
    return rc;
}

/* What is copied into what. Rowids are, wherever both tables have them. */
int lm_move_plan(lm_rebuilding *r)
{
    lm_alter_run *a = r->a;
    lm_createtable now = {0};
    lists l = {{0}, {0}};
    const char *alias, *to;
    int rc = find_alias(a, &alias);

    if (rc == LM_OK)
        rc = lm_createtable_parse(a->draft.stored,
                                  strlen(a->draft.stored), &now,
                                  a->db->err);
    r->rowid = rc == LM_OK ? lm_rowid_name(&now) : NULL;
    to = lm_rowid_name(&a->draft.def);
    r->alias = alias;
    if (r->rowid != NULL && alias == NULL)
        r->to = to;
    if (rc == LM_OK && r->to != NULL)
        rc = add_column(r, &l, to, r->rowid);
    if (rc == LM_OK)
        rc = add_columns(r, &l, alias);
    lm_createtable_clear(&now);
    r->columns = lm_alter_take(a, &l.columns);
    r->select = lm_alter_take(a, &l.select);
    if (rc == LM_OK && (r->columns == NULL || r->select == NULL))
        rc = LM_ENOMEM;
    if (rc == LM_OK && r->into.count == 0)
        rc = lm_alter_refuse(a, LM_REASON_DEFINITION, "no column of the old "
                             "table is in the new one");
    return rc;
}

/* A NULL in what becomes the rowid would be given a number. */
static int check_null(lm_alter_run *a, const char *alias)
{
    size_t at = lm_def_find(a, alias);
    const lm_col *c = &a->draft.cols[at];

    if (at == a->draft.col_count)
        return LM_OK;
    if (c->value != NULL)
        return lm_rows_null_value(a, alias, c->value);
    return c->source == NULL ? LM_OK : lm_rows_null(a, c->source);
}

int lm_move_check(lm_rebuilding *r)
{
    lm_moving m = {r->rowid, NULL};
    int rc = find_alias(r->a, &m.alias);

    if (rc == LM_OK && m.alias != NULL)
        rc = check_null(r->a, m.alias);
    return rc == LM_OK ? lm_fulltext_moved(r->a, &m) : rc;
}

static int copy_failed(lm_rebuilding *r)
{
    lm_alter_run *a = r->a;
    lm_err *err = a->db->err;
    int code = err->sqlite_code & 0xFF, rc;

    if (err->code != LM_EFAILED || lm_db_fatal(err->sqlite_code))
        return err->code;
    if (code == SQLITE_CONSTRAINT || code == SQLITE_MISMATCH) {
        char *why = lm_strdup(lm_err_text(err));

        a->out->sqlite_code = err->sqlite_code;
        lm_err_clear(err);
        rc = lm_rows_try(a, &r->into, r->columns, r->select, r->rowid);
        if (rc == LM_OK)
            rc = why == NULL ? lm_err_nomem(err)
                             : lm_rows_refuse(a, lm_alter_show(a, why));
        free(why);
        return rc;
    }
    return lm_alter_rejected(a, LM_REASON_DEFINITION, "copying the rows");
}

/* OR ABORT: no ON CONFLICT clause of the table acts on rows that move. */
static const char *copy_text(lm_rebuilding *r, bool wide)
{
    lm_alter_run *a = r->a;
    const char *what = wide
        ? lm_alter_text(a, "VALUES (%s)", lm_alter_marks(a, r->into.count))
        : lm_alter_text(a, "SELECT %s FROM %s", r->select, lm_alter_here(a));

    return what == NULL ? NULL
        : lm_alter_text(a, "INSERT OR ABORT INTO %s.%s (%s) %s",
                        a->in, a->scratch, r->columns,
                        what);
}

static int copy(lm_rebuilding *r, const char *sql, bool wide)
{
    lm_alter_run *a = r->a;
    int rc;

    if (!wide && !a->req->dry_run) {
        rc = lm_alter_step(a, sql);
        r->rows = rc == LM_OK ? sqlite3_changes64(a->db->handle) : 0;
        return rc;
    }
    rc = lm_alter_plan_step(a, sql);
    if (rc == LM_OK && a->req->dry_run)
        rc = lm_alter_compile(a, wide ? lm_wide_select(r) : sql);
    else if (rc == LM_OK)
        rc = lm_wide_copy(r, sql);
    return rc;
}

int lm_move_rows(lm_rebuilding *r)
{
    lm_alter_run *a = r->a;
    bool wide = r->to != NULL && lm_wide_is(a, r->into.count);
    const char *sql = copy_text(r, wide);
    int64_t before = 0;
    int rc;

    if (sql == NULL)
        return LM_ENOMEM;
    /* What is not a column must not become a string. */
    rc = lm_rights_flag(a, SQLITE_DBCONFIG_DQS_DML, false);
    if (rc == LM_OK && !a->req->dry_run)
        rc = lm_alter_ask_integer(a, lm_alter_text(a, "SELECT count(*) FROM "
                                  "%s", lm_alter_here(a)), NULL, &before);
    if (rc == LM_OK)
        rc = copy(r, sql, wide);
    if (rc != LM_OK)
        rc = copy_failed(r);
    if (rc == LM_OK)
        rc = lm_rights_flag(a, SQLITE_DBCONFIG_DQS_DML, true);
    if (rc == LM_OK && r->rows != before)
        rc = lm_alter_refuse(a, LM_REASON_ROWS, "%lld rows, but %lld were "
                             "copied", (long long)before,
                             (long long)r->rows);
    return rc;
}

/* ANY converts nothing in a STRICT table and is NUMERIC in another. */
int lm_move_verify(lm_rebuilding *r)
{
    lm_alter_run *a = r->a;
    const lm_createtable *def = &a->draft.def;
    const char *name, *count;
    int64_t same;
    size_t i;
    int rc = LM_OK;

    for (i = 0; i < def->column_count && rc == LM_OK && a->any_loosened &&
         !a->req->dry_run; i++) {
        if (!lm_def_same(a, def->columns[i].type, "ANY") ||
            a->draft.cols[i].type_set != NULL ||
            a->draft.cols[i].source == NULL)
            continue;
        name = lm_alter_quote(a, a->draft.cols[i].source);
        count = name == NULL ? NULL : lm_alter_text(a, "SELECT count(*) "
            "FILTER (WHERE typeof(%s) = 'text') || ' ' || count(*) FILTER "
            "(WHERE typeof(%s) = 'real') FROM", name, name);
        rc = lm_alter_ask_integer(a, lm_alter_text(a, "SELECT (%s %s) = "
            "(%s %s.%s)", count, lm_alter_here(a), count,
            a->in, a->scratch), NULL, &same);
        if (rc == LM_OK && same == 0)
            rc = lm_alter_refuse(a, LM_REASON_ROWS, "values of the column "
                                 "%s would be converted: ANY keeps them "
                                 "only in a STRICT table; give it another "
                                 "type with set_type", name);
    }
    return rc;
}
