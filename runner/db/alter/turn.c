/* SPDX-License-Identifier: MIT */
/*
 * Calls apply in the order given. Values are computed over the stored rows,
 * so where an expression names a column that an earlier operation of the same
 * call gave, took or converted, what is pending is done first. So it is where
 * a new column gets another default: the rows have the one it came with.
 */
#include <string.h>

#include "../../lex/sqltext.h"
#include "../../lex/sqltok.h"
#include "alter.h"

static bool names(const char *expr, const char *column)
{
    return expr != NULL && lm_text_names(expr, strlen(expr), column);
}

static bool op_names(const lm_op *op, const char *column)
{
    size_t i;

    if (names(op->fill, column))
        return true;
    for (i = 0; i < op->column_count && op->kind == LM_OP_DEFINE; i++)
        if (names(op->others[i], column))
            return true;
    return false;
}

/* A value may be read by way of a generated column, a SELECT (a view), or a
 * function of the script. */
static int may_read(lm_alter_run *a, const char *expr, bool *out)
{
    const lm_createtable *def = &a->draft.def;
    const char *name;
    lm_sqltok t, next;
    int64_t n = 0;
    size_t i;
    int rc = LM_OK;

    for (i = 0; i < def->column_count && expr != NULL; i++)
        if (lm_column_has(&def->columns[i], LM_CON_GENERATED) != NULL)
            *out = *out || names(expr, def->columns[i].name);
    lm_sqltok_start(&t, expr, expr == NULL ? 0 : strlen(expr));
    while (rc == LM_OK && !*out && lm_sql_next(&t) != LM_TOK_END) {
        *out = lm_sqltok_is(&t, "SELECT");
        next = t;
        if (lm_sql_next(&next) != LM_TOK_OPERATOR ||
            next.text[next.start] != '(')
            continue;
        name = lm_sqltext_name(&a->arena, t.text + t.start, t.size);
        rc = name == NULL ? lm_err_nomem(a->db->err)
            : lm_alter_ask_integer(a, "SELECT count(*) FROM "
                  "pragma_function_list WHERE name = ?1 COLLATE NOCASE AND "
                  "NOT builtin", name, &n);
        *out = *out || n > 0;
    }
    return rc;
}

static int op_may_read(lm_alter_run *a, bool *out)
{
    const lm_op *op = a->op;
    size_t i;
    int rc = may_read(a, op->fill, out);

    for (i = 0; i < op->column_count && op->kind == LM_OP_DEFINE &&
         rc == LM_OK; i++)
        rc = may_read(a, op->others[i], out);
    return rc;
}

static bool is_touched(const lm_alter_run *a)
{
    static const char *const rowids[] = {"rowid", "_rowid_", "oid"};
    size_t i;

    for (i = 0; i < a->touched.count; i++)
        if (op_names(a->op, a->touched.list[i]))
            return true;
    for (i = 0; i < 3; i++)
        if ((a->touched.count > 0 || a->key_moved) &&
            op_names(a->op, rowids[i]))
            return true;
    return false;
}

/* A new column that is not there yet, whose rows get the default of now. */
static bool is_default_due(const lm_alter_run *a)
{
    const lm_op *op = a->op;
    size_t i;

    for (i = 0; i < a->draft.col_count; i++)
        if (a->draft.cols[i].source == NULL &&
            (op->kind == LM_OP_DEFINE || (op->kind == LM_OP_SET_DEFAULT &&
             lm_same_name(a->draft.def.columns[i].name, op->column))))
            return true;
    return false;
}

int lm_turn_begin(lm_alter_run *a)
{
    bool touched = is_touched(a) || is_default_due(a);
    int rc = LM_OK;

    if (!touched && (a->touched.count > 0 || a->key_moved))
        rc = op_may_read(a, &touched);
    return rc == LM_OK && touched ? lm_alter_flush(a) : rc;
}

static int touch_all(lm_alter_run *a)
{
    size_t i;
    int rc = LM_OK;

    for (i = 0; i < a->draft.col_count && rc == LM_OK; i++)
        rc = lm_texts_add(a, &a->touched, lm_alter_text(a, "%s",
                          a->draft.def.columns[i].name));
    return rc;
}

int lm_turn_end(lm_alter_run *a)
{
    switch (a->op->kind) {
    case LM_OP_ADD_COLUMN:
    case LM_OP_DROP_COLUMN:
    case LM_OP_SET_TYPE:
    case LM_OP_SET_COLLATE:
        return a->needs == 0 ? LM_OK
            : lm_texts_add(a, &a->touched, a->op->column);
    case LM_OP_SET_NOT_NULL:
        return a->needs == 0 || a->op->fill == NULL ? LM_OK
            : lm_texts_add(a, &a->touched, a->op->column);
    case LM_OP_DEFINE:
        return a->needs == 0 ? LM_OK : touch_all(a);
    default:
        return LM_OK;
    }
}
