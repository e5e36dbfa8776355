/* SPDX-License-Identifier: MIT */
/* What hangs on what an operation names, for those who only look. */
#include <string.h>

#include "alter.h"

static int note(lm_alter_run *a, const char *column)
{
    const lm_dependent *list;
    lm_hanger h;
    size_t i, n;
    int rc = lm_alter_dependents(a, column, &list, &n);

    for (i = 0; i < n && rc == LM_OK; i++) {
        h.kind = lm_dependent_kind_name(list[i].kind);
        h.schema = list[i].schema;
        h.name = list[i].name;
        h.column = list[i].column;
        h.how = list[i].writes ? "write" : "read";
        h.table = list[i].table;
        rc = lm_alter_hanger(a, &h);
    }
    return rc;
}

static int note_stored(lm_alter_run *a, const char *name)
{
    size_t at = lm_def_find(a, name);

    if (at == a->draft.col_count || a->draft.cols[at].source == NULL)
        return LM_OK;
    return note(a, a->draft.cols[at].source);
}

int lm_dry_note(lm_alter_run *a)
{
    const lm_op *op = a->op;
    size_t i;
    int rc = LM_OK;

    if (op->column == NULL && op->column_count == 0)
        return note(a, NULL);
    if (op->column != NULL)
        rc = note_stored(a, op->column);
    for (i = 0; i < op->column_count && rc == LM_OK; i++)
        rc = note_stored(a, op->columns[i]);
    return rc;
}
