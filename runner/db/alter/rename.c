/* SPDX-License-Identifier: MIT */
/*
 * New names. SQLite's RENAME follows them into indexes, triggers, views and
 * the foreign keys of other tables, so it is used whatever else is done:
 * what is pending is done first. It does not follow them into statistics and
 * full-text tables.
 */
#include <stdlib.h>
#include <string.h>

#include "probe.h"

/* One column and its new name. */
typedef struct pair {
    const char *from, *to;  /* from: as the table spells it */
    const char *by_way;     /* a name in between, or NULL */
    size_t at;
    bool done;              /* it is called so already */
} pair;

static bool is_source(const lm_op *op, const char *name)
{
    size_t i;

    for (i = 0; i < op->column_count; i++)
        if (lm_same_name(op->columns[i], name))
            return true;
    return false;
}

static int check_pairs(lm_alter_run *a)
{
    const lm_op *op = a->op;
    size_t i, k;

    for (i = 0; i < op->column_count; i++)
        for (k = 0; k < i; k++) {
            if (lm_same_name(op->others[i], op->others[k]))
                return lm_alter_refuse(a, LM_REASON_CONTRADICTION, "two "
                                       "columns cannot both become %s",
                                       op->others[i]);
            if (lm_same_name(op->columns[i], op->columns[k]))
                return lm_alter_refuse(a, LM_REASON_CONTRADICTION, "the "
                                       "column %s is named twice",
                                       op->columns[i]);
        }
    return LM_OK;
}

/* The names follow each other: a becomes b, b becomes c. The chain is done
 * when its first name is gone and all its new ones are there. */
static bool is_chain_done(const lm_alter_run *a, size_t i)
{
    const lm_op *op = a->op;
    size_t n = a->draft.col_count, k, steps;
    const char *first = op->columns[i];

    for (steps = 0; steps < op->column_count; steps++) {
        for (k = 0; k < op->column_count; k++)
            if (lm_same_name(op->others[k], first) && k != i)
                break;
        if (k == op->column_count)
            break;
        first = op->columns[k];
    }
    if (steps == op->column_count || lm_def_find(a, first) < n ||
        lm_texts_has(&a->left, first))
        return false;
    while (is_source(op, first)) {
        for (k = 0; !lm_same_name(op->columns[k], first); k++)
            continue;
        first = op->others[k];
        if (lm_def_find(a, first) == n)
            return false;
    }
    return true;
}

static int read_pair(lm_alter_run *a, size_t i, pair *p)
{
    const lm_op *op = a->op;
    size_t there = lm_def_find(a, op->others[i]);
    int rc;

    p->to = op->others[i];
    if (is_chain_done(a, i)) {
        p->done = true;
        return LM_OK;
    }
    rc = lm_def_need(a, op->columns[i], &p->at);
    if (rc != LM_OK)
        return rc;
    p->from = a->draft.cols[p->at].source != NULL
        ? lm_alter_text(a, "%s", a->draft.def.columns[p->at].name)
        : op->columns[i];
    if (p->from == NULL)
        return LM_ENOMEM;
    p->done = strcmp(p->from, p->to) == 0;
    if (there < a->draft.col_count && there != p->at &&
        !is_source(op, p->to))
        return lm_alter_refuse(a, LM_REASON_COLUMN, "there is a column %s "
                               "already", p->to);
    return LM_OK;
}

static int refuse_fulltext(lm_alter_run *a, const char *column)
{
    const char *what = lm_alter_text(a, "reads %s by this name",
                                     column == NULL ? "it" : column);

    return what == NULL ? LM_ENOMEM : lm_fulltext_refuse(a, column, what);
}

/* A view or trigger that does not compile stops every rename, unless the
 * schema may be written (SQLite 3.38, alter.c). So does one that reads a
 * temporary table: SQLite 3.40 follows it twice, and the second time does not
 * find the old name. What does not compile afterwards is found by us. */
static int rename_step(lm_alter_run *a, const char *sql)
{
    lm_texts hidden = {0};
    int rc = lm_strings_hide(a, &hidden);

    if (rc == LM_OK && (a->was_broken || strcmp(a->schema, "temp") == 0))
        rc = lm_rights_flag(a, SQLITE_DBCONFIG_WRITABLE_SCHEMA, true);
    if (rc == LM_OK)
        rc = lm_alter_step(a, sql);
    rc = lm_blame_retry(a, rc, sql);
    if (rc != LM_OK)
        rc = lm_blame_rejected(a, LM_REASON_DEPENDENTS);
    if (rc == LM_OK)
        rc = lm_rights_flag(a, SQLITE_DBCONFIG_WRITABLE_SCHEMA, false);
    if (rc == LM_OK)
        rc = lm_strings_show(a, &hidden);
    free(hidden.list);
    return rc;
}

/* SQLite 3.40 looks for the table of an index in temp first then, and finds
 * no such column. */
static int rename_one(lm_alter_run *a, const char *from, const char *to)
{
    const char *meant;
    lm_detour detour;
    int rc = lm_strings_keep(a, to);

    if (rc == LM_OK)
        rc = lm_detour_begin(a, from, &detour);
    if (rc == LM_OK)
        rc = rename_step(a, lm_alter_text(a, "ALTER TABLE %s RENAME COLUMN "
                         "%s TO %s", lm_alter_here(a),
                         lm_alter_quote(a, from), lm_alter_name(a, to)));
    if (rc == LM_OK)
        return lm_detour_end(a, to, &detour);
    if (rc == LM_EFAILED && strcmp(a->schema, "temp") != 0 &&
        lm_alter_meant(a, a->table, &meant) == LM_OK &&
        strcmp(meant, "temp") == 0)
        lm_err_hint(a->db->err, "a temporary table or view has the same name: "
                    "drop it first");
    return rc;
}

static const char *free_column(lm_alter_run *a, size_t i)
{
    const char *name;

    do
        name = lm_alter_text(a, "_lumigrate_%zu", i++);
    while (name != NULL && lm_def_find(a, name) < a->draft.col_count);
    return name;
}

static int rename_all(lm_alter_run *a, pair *pairs, size_t n)
{
    size_t i;
    int rc = LM_OK;

    for (i = 0; i < n && rc == LM_OK; i++) {
        size_t there = pairs[i].done ? a->draft.col_count
                                     : lm_def_find(a, pairs[i].to);

        if (there == a->draft.col_count || there == pairs[i].at)
            continue;
        pairs[i].by_way = free_column(a, i);
        rc = pairs[i].by_way == NULL ? LM_ENOMEM
            : rename_one(a, pairs[i].from, pairs[i].by_way);
    }
    for (i = 0; i < n && rc == LM_OK; i++)
        if (!pairs[i].done && pairs[i].by_way == NULL)
            rc = rename_one(a, pairs[i].from, pairs[i].to);
    for (i = 0; i < n && rc == LM_OK; i++)
        if (pairs[i].by_way != NULL)
            rc = rename_one(a, pairs[i].by_way, pairs[i].to);
    return rc;
}

static int note_names(lm_alter_run *a, const pair *pairs, size_t n)
{
    size_t i;
    int rc = LM_OK;

    for (i = 0; i < n && rc == LM_OK; i++) {
        if (pairs[i].done)
            continue;
        a->draft.cols[pairs[i].at].source = pairs[i].to;
        rc = lm_texts_add(a, &a->left, pairs[i].from);
        if (rc == LM_OK)
            rc = lm_texts_add(a, &a->renamed, pairs[i].from);
        if (rc == LM_OK)
            rc = lm_texts_add(a, &a->new_names, pairs[i].to);
    }
    return rc;
}

int lm_op_rename_columns(lm_alter_run *a)
{
    const lm_op *op = a->op;
    size_t n = op->column_count, i, todo = 0;
    lm_sounds old = {0};
    pair *pairs = calloc(n + 1, sizeof *pairs);
    int rc = pairs == NULL ? lm_err_nomem(a->db->err) : check_pairs(a);

    for (i = 0; i < n && rc == LM_OK; i++) {
        rc = read_pair(a, i, &pairs[i]);
        todo += rc == LM_OK && !pairs[i].done;
    }
    for (i = 0; i < n && rc == LM_OK && todo > 0; i++)
        if (!pairs[i].done && a->draft.cols[pairs[i].at].source != NULL &&
            !lm_same_name(pairs[i].from, pairs[i].to))
            rc = refuse_fulltext(a, pairs[i].from);
    for (i = 0; i < n && rc == LM_OK && todo > 0; i++)
        rc = lm_rowname_check(a, pairs[i].to);
    if (rc == LM_OK && todo > 0)
        rc = lm_alter_flush(a);
    if (rc == LM_OK && todo > 0)
        rc = lm_alter_start(a, LM_STRATEGY_NATIVE);
    if (rc == LM_OK && todo > 0)
        rc = lm_programs_read(a, &old);
    if (rc == LM_OK && todo > 0)
        rc = rename_all(a, pairs, n);
    if (rc == LM_OK && todo > 0)
        rc = lm_programs_same(a, &old);
    lm_sounds_clear(&old);
    if (rc == LM_OK && todo > 0)
        rc = note_names(a, pairs, n);
    if (rc == LM_OK && todo > 0)
        rc = lm_def_load(a);
    free(pairs);
    return rc;
}

/* Index and table names have one space in a schema. */
static int check_name(lm_alter_run *a, const char *to)
{
    int64_t taken;
    int rc;

    if (lm_db_is_own(a->db, to))
        return lm_alter_refuse(a, LM_REASON_TABLE, "%s belongs to the "
                               "runner", to);
    if (strlen(to) >= 7 && lm_same_name_n(to, 7, "sqlite_", 7))
        return lm_alter_refuse(a, LM_REASON_TABLE, "the name %s is reserved "
                               "for SQLite's own tables", to);
    rc = lm_alter_ask_integer(a, lm_alter_text(a, "SELECT count(*) FROM "
        "%s.sqlite_schema WHERE type IN ('table', 'view', 'index') AND "
        "name = ?1 COLLATE NOCASE", a->in), to,
        &taken);
    if (rc == LM_OK && taken > 0 && !lm_same_name(to, a->table))
        rc = lm_alter_refuse(a, LM_REASON_TABLE, "the name %s is taken "
                             "already", to);
    return rc;
}

static int rename_table(lm_alter_run *a, const char *to)
{
    int rc = rename_step(a, lm_alter_text(a, "ALTER TABLE %s RENAME TO %s",
                         lm_alter_here(a), lm_alter_quote(a, to)));

    if (rc == LM_OK)
        rc = lm_follow_name(a, a->table, to);
    if (rc == LM_OK)
        rc = lm_keep_renamed(a, a->table, to);
    if (rc == LM_OK)
        a->table = to;
    a->stale = true;
    return rc;
}

int lm_op_rename_to(lm_alter_run *a)
{
    const char *to = a->op->text, *by_way;
    lm_sounds old = {0};
    int rc;

    if (strcmp(to, a->table) == 0 ||
        (size_t)(a->op - a->req->ops) < a->renames_done)
        return LM_OK;
    rc = check_name(a, to);
    if (rc == LM_OK && !lm_same_name(to, a->table))
        rc = refuse_fulltext(a, NULL);
    if (rc == LM_OK)
        rc = lm_alter_flush(a);
    if (rc == LM_OK)
        rc = lm_alter_start(a, LM_STRATEGY_NATIVE);
    if (rc == LM_OK)
        rc = lm_programs_read(a, &old);
    if (rc == LM_OK && lm_same_name(to, a->table)) {
        by_way = lm_alter_free_name(a);
        rc = by_way == NULL ? LM_ENOMEM : rename_table(a, by_way);
    }
    if (rc == LM_OK)
        rc = rename_table(a, to);
    if (rc == LM_OK)
        rc = lm_programs_same(a, &old);
    lm_sounds_clear(&old);
    /* Its foreign keys are the same under the new name: nothing to check. */
    if (rc == LM_OK && strcmp(a->schema, "main") == 0)
        rc = lm_names_add(&a->db->track.linked, to, a->db->err);
    return rc == LM_OK ? lm_def_load(a) : rc;
}
