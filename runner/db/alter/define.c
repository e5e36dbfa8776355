/* SPDX-License-Identifier: MIT */
/*
 * All columns and constraints anew. What is called as before is the same
 * column; one that is not there any more goes only where that is said.
 */
#include <stdlib.h>
#include <string.h>

#include "../../lex/sqltok.h"
#include "alter.h"

static bool may_go(const lm_op *op, const char *name)
{
    size_t i;

    for (i = 0; i < op->lose_count; i++)
        if (lm_same_name(op->lose[i], name))
            return true;
    return op->value;
}

/* The text with another body; a comment at its end stays one. */
static const char *with_body(lm_alter_run *a, const char *body)
{
    const lm_createtable *def = &a->draft.def;
    lm_sqltok t;
    bool open = false;

    lm_sqltok_start(&t, body, strlen(body));
    while (lm_sqltok_next(&t) != LM_TOK_END)
        open = t.kind == LM_TOK_COMMENT && body[t.start] == '-';
    return lm_alter_text(a, "%.*s%s%s%s", (int)def->body.start,
                         a->draft.text, body, open ? "\n" : "",
                         a->draft.text + def->body.end);
}

static int parse(lm_alter_run *a, lm_createtable *out, const char **text)
{
    int rc = lm_def_piece(a, a->op->text, "the definition");

    memset(out, 0, sizeof *out);
    *text = rc == LM_OK ? with_body(a, a->op->text) : NULL;
    if (rc == LM_OK && *text == NULL)
        rc = LM_ENOMEM;
    if (rc != LM_OK)
        return rc;
    rc = lm_createtable_parse(*text, strlen(*text), out, a->db->err);
    return rc == LM_OK ? rc : lm_alter_rejected(a, LM_REASON_DEFINITION, "");
}

static bool is_generated(const lm_column *c)
{
    return lm_column_has(c, LM_CON_GENERATED) != NULL;
}

/* Values are lost with their column, and when they are computed instead. */
static int check_lost(lm_alter_run *a, const lm_createtable *new)
{
    const lm_createtable *old = &a->draft.def;
    const lm_column *c;
    const char *name;
    size_t i;

    for (i = 0; i < old->column_count; i++) {
        name = old->columns[i].name;
        c = lm_createtable_column(new, name);
        if (may_go(a->op, name))
            continue;
        if (c == NULL)
            return lm_alter_refuse(a, LM_REASON_COLUMN, "the column %s "
                                   "would be lost", name);
        if (is_generated(c) && !is_generated(&old->columns[i]))
            return lm_alter_refuse(a, LM_REASON_COLUMN, "the values of the "
                "column %s would be lost, because it becomes a generated "
                "one: name it in lose if they may go", name);
    }
    return LM_OK;
}

/* Each as by drop_column: what else uses it stops it. Constraints and
 * expressions are written anew anyway. */
static int lose(lm_alter_run *a, const lm_createtable *new)
{
    const lm_op *op = a->op;
    lm_op drop = {0};
    const char *name;
    size_t i;
    int rc = check_lost(a, new);

    drop.kind = LM_OP_DROP_COLUMN;
    drop.shown = op->shown;
    drop.cascade = LM_CASCADE_CONSTRAINTS | LM_CASCADE_GENERATED;
    for (i = a->draft.col_count; i > 0 && rc == LM_OK; i--) {
        name = a->draft.def.columns[i - 1].name;
        if (lm_createtable_column(new, name) != NULL)
            continue;
        drop.column = lm_alter_text(a, "%s", name);
        if (drop.column == NULL)
            return LM_ENOMEM;
        a->op = &drop;
        rc = lm_op_drop_column(a);
        a->op = op;
    }
    return rc;
}

static int check_new(lm_alter_run *a, const lm_createtable *new,
                     const lm_column *c, const lm_col *col)
{
    const lm_constraint *value = lm_column_has(c, LM_CON_DEFAULT);

    if (lm_column_has(c, LM_CON_NOT_NULL) == NULL || value != NULL ||
        col->value != NULL || col->source != NULL ||
        is_generated(c) ||
        (lm_column_has(c, LM_CON_PRIMARY_KEY) != NULL &&
         !new->without_rowid))
        return LM_OK;
    return lm_alter_refuse(a, LM_REASON_ROWS, "the column %s is NOT NULL: "
                           "it needs a default, or fill, for the rows that "
                           "are there", c->name);
}

static int fill(lm_alter_run *a, lm_col *col, const char *name)
{
    const lm_op *op = a->op;
    size_t i;
    int rc = LM_OK;

    for (i = 0; i < op->column_count && rc == LM_OK; i++) {
        if (!lm_same_name(op->columns[i], name))
            continue;
        rc = lm_def_piece(a, op->others[i], "fill");
        if (rc == LM_OK)
            col->value = lm_alter_text(a, "(%s\n)", op->others[i]);
        if (rc == LM_OK && col->value == NULL)
            rc = LM_ENOMEM;
    }
    return rc;
}

/* Which of the columns each one is. */
static int match(lm_alter_run *a, const lm_createtable *new, lm_col *cols)
{
    const lm_def *d = &a->draft;
    const char *name;
    size_t i, at;
    int rc = LM_OK;

    for (i = 0; i < new->column_count && rc == LM_OK; i++) {
        name = lm_alter_text(a, "%s", new->columns[i].name);
        if (name == NULL)
            return LM_ENOMEM;
        at = lm_def_find(a, name);
        if (at < d->col_count)
            cols[i] = d->cols[at];
        else {
            cols[i].added = true;
            rc = lm_texts_add(a, &a->new_names, name);
            if (rc == LM_OK)
                rc = lm_strings_check(a, name);
            if (rc == LM_OK)
                rc = lm_rowname_check(a, name);
        }
        if (rc == LM_OK)
            rc = fill(a, &cols[i], name);
        if (rc == LM_OK)
            rc = check_new(a, new, &new->columns[i], &cols[i]);
    }
    return rc;
}

static int check_fill(lm_alter_run *a, const lm_createtable *new)
{
    const lm_column *c;
    const char *name;
    size_t i;

    for (i = 0; i < a->op->column_count; i++) {
        name = a->op->columns[i];
        c = lm_createtable_column(new, name);
        if (c == NULL)
            return lm_alter_refuse(a, LM_REASON_COLUMN, "fill: there is no "
                                   "column %s in the definition", name);
        if (is_generated(c))
            return lm_alter_refuse(a, LM_REASON_DEFINITION, "the column %s "
                                   "is generated: fill cannot be given",
                                   name);
    }
    return LM_OK;
}

/* What stood there before may stay as it was. */
static int note_expr(lm_alter_run *a, const lm_constraint *c)
{
    const char *expr = lm_def_span(a, c->inner);
    int rc = expr == NULL ? LM_ENOMEM : LM_OK;

    if (rc == LM_OK && strstr(a->draft.stored, expr) == NULL)
        rc = lm_pure_check(a, expr, c->kind == LM_CON_GENERATED);
    return rc == LM_OK ? lm_texts_add(a, &a->exprs, expr) : rc;
}

static int note_exprs(lm_alter_run *a)
{
    const lm_createtable *def = &a->draft.def;
    const lm_constraint *c;
    size_t i, k;
    int rc = LM_OK;

    for (i = 0; i < def->constraint_count && rc == LM_OK; i++)
        if (def->constraints[i].kind == LM_CON_CHECK)
            rc = note_expr(a, &def->constraints[i]);
    for (i = 0; i < def->column_count; i++)
        for (k = 0; k < def->columns[i].count && rc == LM_OK; k++) {
            c = &def->columns[i].constraints[k];
            if (c->kind == LM_CON_CHECK || c->kind == LM_CON_GENERATED)
                rc = note_expr(a, c);
        }
    return rc;
}

static int put(lm_alter_run *a, const lm_createtable *new)
{
    lm_def *d = &a->draft;
    lm_col *cols = calloc(new->column_count + 1, sizeof *cols);
    bool moved;
    int rc = cols == NULL ? lm_err_nomem(a->db->err) : match(a, new, cols);

    moved = rc == LM_OK && !lm_key_same(&d->def, new);
    if (moved)
        rc = lm_key_check_references(a);
    if (rc != LM_OK) {
        free(cols);
        return rc;
    }
    free(d->cols);
    d->cols = cols;
    d->col_count = new->column_count;
    a->needs |= LM_NEEDS_REBUILD;
    a->key_risk = true;
    a->key_moved = a->key_moved || moved;
    rc = lm_def_set(a, with_body(a, a->op->text));
    return rc == LM_OK ? note_exprs(a) : rc;
}

static bool is_same(const lm_alter_run *a)
{
    const lm_createtable *def = &a->draft.def;

    return lm_def_same(a, def->body, a->op->text);
}

int lm_op_define(lm_alter_run *a)
{
    lm_createtable new;
    const char *text;
    int rc = parse(a, &new, &text);

    if (rc == LM_OK)
        rc = check_fill(a, &new);
    if (rc == LM_OK && !is_same(a)) {
        rc = lose(a, &new);
        if (rc == LM_OK)
            rc = put(a, &new);
    }
    lm_createtable_clear(&new);
    return rc;
}
