/* SPDX-License-Identifier: MIT */
/*
 * A rename is done at once, and what comes behind it may be refused for an
 * open cursor. Undoing the rename would end that very cursor: so where an
 * operation behind it is sure to need that none is open, it is asked first.
 */
#include "alter.h"

static bool has(const lm_createtable *def, lm_conkind kind)
{
    size_t i;

    for (i = 0; i < def->constraint_count; i++)
        if (def->constraints[i].kind == kind)
            return true;
    for (i = 0; i < def->column_count; i++)
        if (lm_column_has(&def->columns[i], kind) != NULL)
            return true;
    return false;
}

static bool is_renamed(const lm_alter_run *a, const char *column)
{
    const lm_op *op, *end = a->req->ops + a->req->count;
    size_t i;

    for (op = a->op; op < end; op++)
        for (i = 0; op->kind == LM_OP_RENAME_COLUMNS && i < op->column_count;
             i++)
            if (lm_same_name(op->columns[i], column) ||
                lm_same_name(op->others[i], column))
                return true;
    return false;
}

static bool changes_column(const lm_alter_run *a, const lm_op *op)
{
    size_t at = lm_def_find(a, op->column);
    const lm_column *c = &a->draft.def.columns[at];

    if (at == a->draft.col_count || is_renamed(a, op->column))
        return false;
    switch (op->kind) {
    case LM_OP_SET_TYPE:
        return op->fill != NULL || !lm_def_same(a, c->type, op->text);
    case LM_OP_SET_NOT_NULL:
        return (lm_column_has(c, LM_CON_NOT_NULL) != NULL) != op->value;
    case LM_OP_SET_DEFAULT:
        return (lm_column_has(c, LM_CON_DEFAULT) == NULL) !=
               (op->text == NULL);
    default:
        return (lm_column_has(c, LM_CON_COLLATE) == NULL) !=
               (op->text == NULL);
    }
}

/* Whatever the renames make of the definition: not what is there already. */
static bool is_sure(const lm_alter_run *a, const lm_op *op)
{
    const lm_createtable *def = &a->draft.def;

    switch (op->kind) {
    case LM_OP_REBUILD:
        return true;
    case LM_OP_SET_TYPE:
    case LM_OP_SET_NOT_NULL:
    case LM_OP_SET_DEFAULT:
    case LM_OP_SET_COLLATE:
        return changes_column(a, op);
    case LM_OP_ADD_CHECK:
        return !has(def, LM_CON_CHECK);
    case LM_OP_ADD_UNIQUE:
        return !has(def, LM_CON_UNIQUE);
    case LM_OP_ADD_FOREIGN_KEY:
        return !has(def, LM_CON_FOREIGN_KEY);
    case LM_OP_SET_STRICT:
        return def->strict != op->value;
    case LM_OP_SET_WITHOUT_ROWID:
        return def->without_rowid != op->value;
    default:
        return false;
    }
}

int lm_ahead_check(lm_alter_run *a)
{
    const lm_op *now = a->op, *end = a->req->ops + a->req->count, *op = now;
    int rc;

    if (now->kind != LM_OP_RENAME_TO && now->kind != LM_OP_RENAME_COLUMNS)
        return LM_OK;
    do
        op++;
    while (op < end && !is_sure(a, op));
    if (op == end)
        return LM_OK;
    a->op = op;
    rc = lm_busy_check(a, LM_STRATEGY_REBUILD);
    a->op = now;
    return rc;
}
