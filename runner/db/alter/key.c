/* SPDX-License-Identifier: MIT */
/* The primary key, AUTOINCREMENT, and the options behind the body. */
#include <stdlib.h>
#include <string.h>

#include "alter.h"

/* The primary key, wherever it stands; *column is the place of its column, or
 * the column count when it stands at the table. */
static const lm_constraint *key_of(const lm_createtable *def, size_t *column,
                                   size_t *table)
{
    const lm_constraint *c;
    size_t i;

    *column = def->column_count;
    *table = 0;
    for (i = 0; i < def->column_count; i++) {
        c = lm_column_has(&def->columns[i], LM_CON_PRIMARY_KEY);
        if (c != NULL) {
            *column = i;
            return c;
        }
    }
    for (i = 0; i < def->constraint_count; i++)
        if (def->constraints[i].kind == LM_CON_PRIMARY_KEY) {
            *table = i;
            return &def->constraints[i];
        }
    return NULL;
}

static const lm_constraint *find_key(const lm_alter_run *a, size_t *column,
                                     size_t *table)
{
    return key_of(&a->draft.def, column, table);
}

/* The i-th column of the key; NULL: there is none. */
static const char *key_column(const lm_createtable *def, size_t i)
{
    size_t column, table;
    const lm_constraint *c = key_of(def, &column, &table);

    if (c == NULL)
        return NULL;
    if (column < def->column_count)
        return i == 0 ? def->columns[column].name : NULL;
    return i < c->keys.count ? c->keys.list[i].column : NULL;
}

bool lm_key_same(const lm_createtable *a, const lm_createtable *b)
{
    const char *x, *y;
    size_t i = 0;

    do {
        x = key_column(a, i);
        y = key_column(b, i++);
        if ((x == NULL) != (y == NULL) ||
            (x != NULL && !lm_same_name(x, y)))
            return false;
    } while (x != NULL);
    return true;
}

static bool is_key(const lm_alter_run *a)
{
    const lm_op *op = a->op;
    size_t column, table;
    const lm_constraint *c = find_key(a, &column, &table);

    if (c == NULL)
        return false;
    if (column < a->draft.def.column_count)
        return op->column_count == 1 &&
               lm_same_name(a->draft.def.columns[column].name,
                            op->columns[0]);
    return lm_keys_are(&c->keys, op->columns, op->column_count);
}

/* REFERENCES without columns means the primary key, whichever that is. */
int lm_key_check_references(lm_alter_run *a)
{
    const lm_foreign_info *const *list;
    lm_name table = {a->table, strlen(a->table)};
    lm_hanger h = {"foreign_key", a->schema, NULL, NULL, "read", NULL};
    lm_texts said = {0};
    size_t i, n;
    int rc = lm_catalog_referenced_by(a->db, a->schema, table, &list, &n);

    for (i = 0; i < n && rc == LM_OK; i++) {
        if (!list[i]->implicit)
            continue;
        h.name = list[i]->name;
        h.table = list[i]->table;
        rc = lm_alter_hanger(a, &h);
        if (rc == LM_OK)
            rc = lm_texts_add(a, &said, lm_alter_text(a, "a foreign key of "
                "%s refers to the primary key without naming its columns",
                h.table));
    }
    if (rc == LM_OK)
        rc = lm_alter_refuse_all(a, LM_REASON_DEPENDENTS, "", &said);
    free(said.list);
    return rc;
}

int lm_op_set_primary_key(lm_alter_run *a)
{
    size_t column, table;
    const lm_constraint *c;
    const char *list, *name = "";
    int rc = lm_op_columns(a, &list);

    if (rc != LM_OK)
        return rc;
    if (is_key(a)) {
        a->pk_set = true;
        return LM_OK;
    }
    if (a->pk_set)
        return lm_alter_refuse(a, LM_REASON_CONTRADICTION, "an operation "
                               "before this one set another primary key");
    a->pk_set = true;
    rc = lm_key_check_references(a);
    c = find_key(a, &column, &table);
    if (rc != LM_OK)
        return rc;
    if (c != NULL && column < a->draft.def.column_count)
        rc = lm_def_cut(a, c->item.span);
    else if (c != NULL)
        rc = lm_body_drop_constraint(a, table);
    if (a->op->name != NULL) {
        name = lm_alter_name(a, a->op->name);
        name = name == NULL ? NULL : lm_alter_text(a, "CONSTRAINT %s ",
                                                   name);
    }
    if (rc == LM_OK && name == NULL)
        rc = LM_ENOMEM;
    if (rc == LM_OK)
        rc = lm_body_add_constraint(a, lm_alter_text(a,
            "%sPRIMARY KEY (%s)", name, list));
    a->needs |= LM_NEEDS_REBUILD;
    a->key_moved = a->key_risk = true;
    return rc;
}

static int contradicts(lm_alter_run *a)
{
    return lm_alter_refuse(a, LM_REASON_CONTRADICTION, "an operation before "
                           "this one set it to %s",
                           a->op->value ? "false" : "true");
}

static int note_option(lm_alter_run *a, int *set)
{
    int want = a->op->value ? 1 : -1;

    if (*set != 0 && *set != want)
        return contradicts(a);
    *set = want;
    return LM_OK;
}

int lm_op_set_autoincrement(lm_alter_run *a)
{
    size_t column, table, end;
    const lm_constraint *c = find_key(a, &column, &table);
    int rc = note_option(a, &a->auto_on);

    if (rc != LM_OK)
        return rc;
    if (c == NULL || (column == a->draft.def.column_count &&
                      c->keys.count != 1)) {
        if (!a->op->value)
            return LM_OK;
        return lm_alter_refuse(a, LM_REASON_DEFINITION, "AUTOINCREMENT "
                               "needs an INTEGER PRIMARY KEY of one column");
    }
    if (c->autoincrement == a->op->value)
        return LM_OK;
    a->needs |= LM_NEEDS_REBUILD;
    if (!a->op->value)
        return lm_def_cut(a, c->autoincrement_span);
    end = column < a->draft.def.column_count ? c->core.end
                                             : c->keys.span.end - 1;
    return lm_def_insert(a, end, " AUTOINCREMENT");
}

/* The options behind the body, in the order that they have. */
static int put_options(lm_alter_run *a, bool strict, bool without_rowid)
{
    const lm_createtable *def = &a->draft.def;
    const char *first = "STRICT", *second = "WITHOUT ROWID", *text;
    bool one = strict, two = without_rowid;

    if (def->without_rowid && (!def->strict ||
                               def->without_span.start <
                               def->strict_span.start)) {
        first = "WITHOUT ROWID";
        second = "STRICT";
        one = without_rowid;
        two = strict;
    }
    text = lm_alter_text(a, "%s%s%s", one ? first : "",
                         one && two ? ", " : "", two ? second : "");
    if (text == NULL)
        return LM_ENOMEM;
    if (def->options.start == def->options.end)
        return lm_def_insert(a, def->body.end + 1,
                               lm_alter_text(a, " %s", text));
    if (text[0] == '\0')
        return lm_def_cut(a, def->options);
    return lm_def_replace(a, def->options, text);
}

int lm_op_set_strict(lm_alter_run *a)
{
    int rc = note_option(a, &a->strict_on);

    if (rc != LM_OK || a->draft.def.strict == a->op->value)
        return rc;
    a->needs |= LM_NEEDS_REBUILD;
    a->any_loosened = !a->op->value;
    a->key_risk = true;
    return put_options(a, a->op->value, a->draft.def.without_rowid);
}

int lm_op_set_without_rowid(lm_alter_run *a)
{
    int rc = note_option(a, &a->wr_on);

    if (rc != LM_OK || a->draft.def.without_rowid == a->op->value)
        return rc;
    a->needs |= LM_NEEDS_REBUILD;
    return put_options(a, a->draft.def.strict, a->op->value);
}
