/* SPDX-License-Identifier: MIT */
/* A column more, and columns in another order. */
#include <stdlib.h>
#include <string.h>

#include "../../lex/sqltok.h"
#include "alter.h"

/* A definition that was given, as the only column of a table. */
typedef struct given {
    const char *text;   /* name and definition */
    lm_createtable def;
    const lm_column *column;
} given;

static int read_given(lm_alter_run *a, given *g)
{
    const char *name = lm_alter_name(a, a->op->column), *table;
    int rc = LM_OK;

    memset(g, 0, sizeof *g);
    if (a->op->text[strspn(a->op->text, " \t\r\n")] != '\0')
        rc = lm_def_piece(a, a->op->text, "the definition");
    if (rc != LM_OK)
        return rc;
    g->text = name == NULL ? NULL
                           : lm_alter_text(a, "%s %s", name, a->op->text);
    table = g->text == NULL ? NULL
                            : lm_alter_text(a, "CREATE TABLE x(%s\n)",
                                            g->text);
    if (table == NULL)
        return LM_ENOMEM;
    rc = lm_createtable_parse(table, strlen(table), &g->def, a->db->err);
    if (rc != LM_OK)
        return lm_alter_rejected(a, LM_REASON_DEFINITION,
                                 "the definition is not understood");
    if (g->def.column_count != 1 || g->def.constraint_count != 0)
        return lm_alter_refuse(a, LM_REASON_DEFINITION, "the definition is "
                               "more than one column");
    g->column = g->def.columns;
    return LM_OK;
}

static bool is_null(const given *g, const lm_constraint *c)
{
    return lm_sqltext_same(g->def.text + c->inner.start,
                           c->inner.end - c->inner.start, "NULL", 4) ||
           lm_sqltext_same(g->def.text + c->inner.start,
                           c->inner.end - c->inner.start, "(NULL)", 6);
}

/* A value that is the same for all rows and known now. */
static bool is_literal(const given *g, const lm_constraint *c)
{
    const char *text = g->def.text + c->inner.start;
    size_t len = c->inner.end - c->inner.start;
    lm_sqltok t;

    lm_sqltok_start(&t, text, len);
    while (lm_sqltok_next(&t) != LM_TOK_END) {
        if (t.kind == LM_TOK_WORD && !lm_sqltok_is(&t, "NULL") &&
            !lm_sqltok_is(&t, "TRUE") && !lm_sqltok_is(&t, "FALSE"))
            return false;
        if (t.kind == LM_TOK_OPERATOR && text[t.start] != '-' &&
            text[t.start] != '+')
            return false;
        if (t.kind == LM_TOK_QUOTED)
            return false;
    }
    return true;
}

static bool is_rowid(const lm_alter_run *a, const given *g)
{
    return lm_column_has(g->column, LM_CON_PRIMARY_KEY) != NULL &&
           !a->draft.def.without_rowid;
}

/* NOT NULL and nothing to put there is refused without looking at rows. */
static int check_null(lm_alter_run *a, const given *g)
{
    const lm_constraint *value = lm_column_has(g->column, LM_CON_DEFAULT);

    if (lm_column_has(g->column, LM_CON_NOT_NULL) == NULL ||
        a->op->fill != NULL || is_rowid(a, g) ||
        lm_column_has(g->column, LM_CON_GENERATED) != NULL ||
        (value != NULL && !is_null(g, value)))
        return LM_OK;
    return lm_alter_refuse(a, LM_REASON_ROWS, "the column %s is NOT NULL: "
                           "it needs a default, or fill, for the rows that "
                           "are there", a->op->column);
}

static int check_given(lm_alter_run *a, const given *g)
{
    const lm_op *op = a->op;
    int rc;

    if (op->after != NULL && op->before != NULL)
        return lm_alter_refuse(a, LM_REASON_CONTRADICTION, "after and "
                               "before cannot both be given");
    rc = check_null(a, g);
    if (rc == LM_OK && op->fill != NULL)
        rc = lm_def_piece(a, op->fill, "fill");
    if (rc == LM_OK && op->fill != NULL &&
        lm_column_has(g->column, LM_CON_GENERATED) != NULL)
        rc = lm_alter_refuse(a, LM_REASON_DEFINITION, "the column %s is "
                             "generated: fill cannot be given", op->column);
    return rc;
}

static bool is_type(const given *g, const char *type)
{
    return lm_sqltext_same(g->def.text + g->column->type.start,
                           g->column->type.end - g->column->type.start,
                           type, strlen(type));
}

/* ADD COLUMN does not look whether the default of a STRICT table fits the
 * type. Where the text tells that it does, nobody has to. */
static bool fits(const given *g, const lm_constraint *c)
{
    const char *text = g->def.text;
    lm_sqltok t;

    lm_sqltok_start(&t, text, c->inner.end);
    t.pos = c->inner.start;
    do
        lm_sql_next(&t);
    while (t.kind == LM_TOK_OPERATOR);
    if (t.kind == LM_TOK_STRING)
        return t.start == c->inner.start && is_type(g, "TEXT");
    if (t.kind != LM_TOK_NUMBER || t.size > 18)
        return false;
    if (is_type(g, "REAL"))
        return strspn(text + t.start, "0123456789.") == t.size;
    return strspn(text + t.start, "0123456789") == t.size &&
           (is_type(g, "INT") || is_type(g, "INTEGER"));
}

/* Does ALTER TABLE ADD COLUMN do exactly this, with and without rows? */
static bool is_native(const lm_alter_run *a, const given *g, size_t at)
{
    const lm_column *c = g->column;
    const lm_constraint *value = lm_column_has(c, LM_CON_DEFAULT);
    const lm_constraint *generated = lm_column_has(c, LM_CON_GENERATED);

    return at == a->draft.col_count && a->op->fill == NULL &&
           lm_column_has(c, LM_CON_PRIMARY_KEY) == NULL &&
           lm_column_has(c, LM_CON_UNIQUE) == NULL &&
           lm_column_has(c, LM_CON_NAME) == NULL &&
           (generated == NULL || !generated->stored) &&
           (value == NULL || (is_literal(g, value) &&
                              (!a->draft.def.strict || is_null(g, value) ||
                               fits(g, value))));
}

/* NULL points nowhere and need not; what is asked of one row is known when
 * that is done. */
static void note_reference(lm_alter_run *a, const given *g)
{
    const lm_alone *last = a->alone_count == 0 ? NULL
        : &a->alones[a->alone_count - 1];

    if (a->op->fill == NULL &&
        lm_column_has(g->column, LM_CON_DEFAULT) == NULL &&
        lm_column_has(g->column, LM_CON_GENERATED) == NULL)
        a->key_added = true;
    else if (last == NULL || !last->refers ||
             strcmp(last->column, g->column->name) != 0)
        a->key_risk = true;
}

static int note_exprs(lm_alter_run *a, const given *g)
{
    const lm_column *c = g->column;
    const lm_constraint *k;
    const char *expr;
    size_t i;
    int rc = LM_OK;

    for (i = 0; i < c->count && rc == LM_OK; i++) {
        k = &c->constraints[i];
        if (k->kind == LM_CON_CHECK || k->kind == LM_CON_GENERATED) {
            expr = lm_alter_copy(a, g->def.text + k->inner.start,
                                 k->inner.end - k->inner.start);
            rc = lm_pure_check(a, expr, k->kind == LM_CON_GENERATED);
            if (rc == LM_OK)
                rc = lm_texts_add(a, &a->exprs, expr);
        }
        if (k->kind == LM_CON_FOREIGN_KEY)
            note_reference(a, g);
    }
    return rc;
}

static int put_column(lm_alter_run *a, const given *g, size_t at)
{
    bool native = is_native(a, g, at);
    lm_span whole = g->column->item.span;
    int rc = lm_texts_add(a, &a->new_names, lm_alter_text(a, "%s",
                                                          a->op->column));

    if (rc == LM_OK && native)
        rc = lm_texts_add(a, &a->natives, lm_alter_text(a,
            "ALTER TABLE %s ADD COLUMN %.*s", lm_alter_here(a),
            (int)(whole.end - whole.start), g->def.text + whole.start));
    if (rc == LM_OK && a->op->fill == NULL &&
        lm_column_has(g->column, LM_CON_GENERATED) == NULL)
        rc = lm_alone_note(a, &g->def, native);
    if (rc == LM_OK)
        rc = note_exprs(a, g);
    if (rc == LM_OK)
        rc = lm_body_add_column(a, at, g->text);
    if (rc == LM_OK && a->op->fill != NULL) {
        a->draft.cols[at].value = lm_alter_text(a, "(%s\n)", a->op->fill);
        rc = a->draft.cols[at].value == NULL ? LM_ENOMEM : LM_OK;
    }
    a->needs |= native ? LM_NEEDS_NATIVE : LM_NEEDS_REBUILD;
    return rc;
}

static int find_place(lm_alter_run *a, size_t *at)
{
    const lm_op *op = a->op;
    int rc = LM_OK;

    *at = a->draft.col_count;
    if (op->after != NULL)
        rc = lm_def_need(a, op->after, at);
    if (rc == LM_OK && op->after != NULL)
        ++*at;
    if (op->before != NULL)
        rc = lm_def_need(a, op->before, at);
    return rc;
}

static int compare(lm_alter_run *a, const given *g, size_t at)
{
    const lm_column *c = &a->draft.def.columns[at];
    lm_span is = {c->name_span.end, c->item.span.end};
    lm_span asked = {g->column->name_span.end, g->column->item.span.end};
    const char *text = lm_alter_copy(a, g->def.text + asked.start,
                                     asked.end - asked.start);

    if (text == NULL)
        return LM_ENOMEM;
    if (lm_def_same(a, is, text))
        return LM_OK;
    return lm_alter_refuse(a, LM_REASON_COLUMN, "there is a column %s "
                           "already, with another definition:%s%.*s",
                           c->name, is.start == is.end ? " none" : "",
                           (int)(is.end - is.start),
                           a->draft.text + is.start);
}

/* A string in double quotes becomes a column where there is one of this
 * name. */
static int check_strings(lm_alter_run *a)
{
    const lm_createtable *def = &a->draft.def;
    const char *name = a->op->column;
    const lm_constraint *c;
    size_t i, k, n;

    for (i = 0; i <= def->column_count; i++) {
        n = i < def->column_count ? def->columns[i].count
                                  : def->constraint_count;
        c = i < def->column_count ? def->columns[i].constraints
                                  : def->constraints;
        for (k = 0; k < n; k++)
            if ((c[k].kind == LM_CON_CHECK || c[k].kind == LM_CON_GENERATED)
                && lm_text_quotes(a->draft.text + c[k].inner.start,
                                  c[k].inner.end - c[k].inner.start, name))
                return lm_strings_refuse(a, name, c[k].kind ==
                    LM_CON_CHECK ? "check" : "generated", c[k].name);
    }
    return lm_strings_check(a, name);
}

int lm_op_add_column(lm_alter_run *a)
{
    given g;
    size_t at = lm_def_find(a, a->op->column);
    int rc = read_given(a, &g);

    if (rc == LM_OK && at < a->draft.col_count)
        rc = compare(a, &g, at);
    else if (rc == LM_OK) {
        rc = check_given(a, &g);
        if (rc == LM_OK)
            rc = lm_rowname_check(a, a->op->column);
        if (rc == LM_OK)
            rc = check_strings(a);
        if (rc == LM_OK)
            rc = find_place(a, &at);
        if (rc == LM_OK)
            rc = put_column(a, &g, at);
    }
    lm_createtable_clear(&g.def);
    return rc;
}

/* order[]: those that are named, then the others as they were. */
static int fill_order(lm_alter_run *a, size_t *order, bool *taken)
{
    size_t i, at, n = 0;
    int rc = LM_OK;

    for (i = 0; i < a->op->column_count && rc == LM_OK; i++) {
        rc = lm_def_need(a, a->op->columns[i], &at);
        if (rc == LM_OK && taken[at])
            rc = lm_alter_refuse(a, LM_REASON_CONTRADICTION, "the column %s "
                                 "is named twice", a->op->columns[i]);
        if (rc == LM_OK) {
            taken[at] = true;
            order[n++] = at;
        }
    }
    for (i = 0; i < a->draft.col_count && rc == LM_OK; i++)
        if (!taken[i])
            order[n++] = i;
    return rc;
}

int lm_op_reorder(lm_alter_run *a)
{
    size_t n = a->draft.col_count, i;
    size_t *order = calloc(n, sizeof *order);
    bool *taken = calloc(n, sizeof *taken), moved = false;
    int rc = order == NULL || taken == NULL ? lm_err_nomem(a->db->err)
                                            : fill_order(a, order, taken);

    for (i = 0; i < n && rc == LM_OK; i++)
        moved = moved || order[i] != i;
    if (rc == LM_OK && moved) {
        rc = lm_body_order(a, order);
        a->needs |= LM_NEEDS_REBUILD;
        }
    free(order);
    free(taken);
    return rc;
}
