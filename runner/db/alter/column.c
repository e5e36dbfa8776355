/* SPDX-License-Identifier: MIT */
/*
 * What a column is: its type, NOT NULL, default and collation. What is new
 * goes right behind the type, which every constraint may follow.
 */
#include <string.h>

#include "../../lex/sqltok.h"
#include "alter.h"

static size_t behind_type(const lm_column *c)
{
    return c->type.start < c->type.end ? c->type.end : c->name_span.end;
}

/* Take all constraints of a kind off the column. */
static int drop_all(lm_alter_run *a, size_t at, lm_conkind kind)
{
    const lm_constraint *c;
    int rc = LM_OK;

    while (rc == LM_OK &&
           (c = lm_column_has(&a->draft.def.columns[at], kind)) != NULL)
        rc = lm_def_cut(a, c->item.span);
    return rc;
}

static int contradicts(lm_alter_run *a, const char *what, const char *before)
{
    return lm_alter_refuse(a, LM_REASON_CONTRADICTION, "an operation before "
                           "this one set the %s of %s to %s", what,
                           a->op->column, before);
}

/* Is it generated? Then nothing is ever stored into it. */
static int refuse_generated(lm_alter_run *a, size_t at, const char *what)
{
    const lm_column *c = &a->draft.def.columns[at];

    if (lm_column_has(c, LM_CON_GENERATED) == NULL)
        return LM_OK;
    return lm_alter_refuse(a, LM_REASON_DEFINITION, "the column %s is "
                           "generated: %s cannot be given", c->name, what);
}

/* sqlite.org/datatype3.html 3.1 */
static int affinity(const char *type)
{
    static const struct {
        const char *part;
        int affinity;
    } parts[] = {
        {"int", 'i'}, {"char", 't'}, {"clob", 't'}, {"text", 't'},
        {"blob", 'b'}, {"real", 'r'}, {"floa", 'r'}, {"doub", 'r'}
    };
    size_t i, k, n = strlen(type);

    for (i = 0; i < sizeof parts / sizeof *parts; i++)
        for (k = 0; k + strlen(parts[i].part) <= n; k++)
            if (lm_same_name_n(type + k, strlen(parts[i].part),
                               parts[i].part, strlen(parts[i].part)))
                return parts[i].affinity;
    return n == 0 ? 'b' : 'n';
}

/* Is it the whole primary key, where INTEGER makes it the rowid? */
static bool is_lone_key(const lm_alter_run *a, size_t at)
{
    const lm_createtable *def = &a->draft.def;
    const lm_constraint *c;
    size_t i;

    if (lm_column_has(&def->columns[at], LM_CON_PRIMARY_KEY) != NULL)
        return true;
    for (i = 0; i < def->constraint_count; i++) {
        c = &def->constraints[i];
        if (c->kind == LM_CON_PRIMARY_KEY &&
            lm_keys_are(&c->keys, (const char *[]){def->columns[at].name},
                        1))
            return true;
    }
    return false;
}

static int put_type(lm_alter_run *a, size_t at, const char *type)
{
    const lm_column *c = &a->draft.def.columns[at];
    size_t constraints = c->count;
    int rc;

    if (c->type.start < c->type.end && type[0] == '\0')
        rc = lm_def_cut(a, c->type);
    else if (c->type.start < c->type.end)
        rc = lm_def_replace(a, c->type, type);
    else
        rc = lm_def_insert(a, c->name_span.end,
                             lm_alter_text(a, " %s", type));
    if (rc != LM_OK)
        return rc;
    c = &a->draft.def.columns[at];
    if (c->count == constraints && lm_def_same(a, c->type, type))
        return LM_OK;
    return lm_alter_refuse(a, LM_REASON_DEFINITION, "\"%s\" is not a type",
                           type);
}

static int check_type(lm_alter_run *a, size_t at, const char *type)
{
    const lm_op *op = a->op;
    int rc = type[0] == '\0' ? LM_OK
                             : lm_def_piece(a, type, "the type");

    if (rc == LM_OK && op->fill != NULL)
        rc = refuse_generated(a, at, "a value");
    if (rc == LM_OK && op->fill != NULL)
        rc = lm_def_piece(a, op->fill, "using");
    if (rc == LM_OK && a->draft.cols[at].type_set != NULL &&
        !lm_same_name(a->draft.cols[at].type_set, type))
        rc = contradicts(a, "type", a->draft.cols[at].type_set);
    return rc;
}

/* A span of the type's own text: blanks around it do not count, a comment
 * behind it would swallow what follows. */
static const char *trimmed(lm_alter_run *a, const char *text)
{
    lm_span span = {0, strlen(text)};

    span = lm_sqltext_trim(text, span);
    return lm_alter_copy(a, text + span.start, span.end - span.start);
}

int lm_op_set_type(lm_alter_run *a)
{
    const lm_op *op = a->op;
    const char *type = trimmed(a, op->text), *before;
    bool same, alike;
    size_t at;
    int rc = type == NULL ? LM_ENOMEM : lm_def_need(a, op->column, &at);

    if (rc == LM_OK)
        rc = check_type(a, at, type);
    if (rc != LM_OK)
        return rc;
    before = lm_def_span(a, a->draft.def.columns[at].type);
    if (before == NULL)
        return LM_ENOMEM;
    same = lm_def_same(a, a->draft.def.columns[at].type, type);
    alike = affinity(before) == affinity(type) && !is_lone_key(a, at) &&
            !a->draft.def.strict;
    a->draft.cols[at].type_set = type;
    if (!same)
        rc = put_type(a, at, type);
    if (rc == LM_OK && op->fill != NULL) {
        a->draft.cols[at].value = lm_alter_text(a, "(%s\n)", op->fill);
        rc = a->draft.cols[at].value == NULL ? LM_ENOMEM : LM_OK;
        a->forced = true;
    }
    if (!same || op->fill != NULL) {
        a->needs |= alike && op->fill == NULL ? LM_NEEDS_EDIT
                                              : LM_NEEDS_REBUILD;
        a->key_risk = a->key_risk || !alike || op->fill != NULL;
    }
    return rc;
}

static int put_not_null(lm_alter_run *a, size_t at)
{
    const lm_column *c = &a->draft.def.columns[at];
    const lm_constraint *null = lm_column_has(c, LM_CON_NULL);

    if (null != NULL)
        return lm_def_replace(a, null->core, "NOT NULL");
    return lm_def_insert(a, behind_type(c), " NOT NULL");
}

/* NULLs take the value of `fill`; the others stay. */
static int fill_nulls(lm_alter_run *a, size_t at)
{
    lm_col *c = &a->draft.cols[at];
    const char *now = c->value;

    if (now == NULL && c->source == NULL)
        return lm_alter_refuse(a, LM_REASON_CONTRADICTION, "the column %s "
                               "is new: give fill to add_column",
                               a->op->column);
    if (now == NULL)
        now = lm_alter_quote(a, c->source);
    if (now == NULL)
        return LM_ENOMEM;
    c->value = lm_alter_text(a, "coalesce(%s, (%s\n))", now, a->op->fill);
    a->needs |= LM_NEEDS_REBUILD;
    a->key_risk = true;
    return c->value == NULL ? LM_ENOMEM : LM_OK;
}

static int check_not_null(lm_alter_run *a, size_t at)
{
    const lm_op *op = a->op;
    int want = op->value ? 1 : -1, rc = LM_OK;

    if (op->fill != NULL && !op->value)
        return lm_alter_refuse(a, LM_REASON_CONTRADICTION, "fill is for "
                               "rows that must not be NULL: it goes with "
                               "true");
    if (op->fill != NULL)
        rc = lm_def_piece(a, op->fill, "fill");
    if (rc == LM_OK && op->fill != NULL)
        rc = refuse_generated(a, at, "fill");
    if (rc == LM_OK && a->draft.cols[at].null_set != 0 &&
        a->draft.cols[at].null_set != want)
        rc = contradicts(a, "NOT NULL", op->value ? "false" : "true");
    a->draft.cols[at].null_set = want;
    return rc;
}

int lm_op_set_not_null(lm_alter_run *a)
{
    const lm_op *op = a->op;
    bool is;
    size_t at;
    int rc = lm_def_need(a, op->column, &at);

    if (rc == LM_OK)
        rc = check_not_null(a, at);
    if (rc != LM_OK)
        return rc;
    is = lm_column_has(&a->draft.def.columns[at], LM_CON_NOT_NULL) != NULL;
    if (is == op->value)
        return LM_OK;
    a->needs |= LM_NEEDS_EDIT;
    if (!op->value)
        return drop_all(a, at, LM_CON_NOT_NULL);
    rc = put_not_null(a, at);
    if (rc == LM_OK && op->fill != NULL)
        rc = fill_nulls(a, at);
    else if (rc == LM_OK)
        rc = lm_texts_add(a, &a->unnull,
                          a->draft.def.columns[at].name == NULL ? NULL
                          : lm_alter_text(a, "%s",
                                          a->draft.def.columns[at].name));
    return rc;
}

/* A literal, a word like CURRENT_TIMESTAMP, or what has parentheses stands
 * as it is; everything else is an expression and must have them. */
static bool stands_alone(const char *text)
{
    lm_sqltok t;
    size_t tokens = 0, depth = 0;
    bool sign = false, open = false;

    lm_sqltok_start(&t, text, strlen(text));
    while (lm_sqltok_next(&t) != LM_TOK_END) {
        if (t.kind == LM_TOK_SPACE || t.kind == LM_TOK_COMMENT)
            continue;
        tokens++;
        if (t.kind != LM_TOK_OPERATOR) {
            if (!open && tokens > (sign ? 2u : 1u))
                return false;
            continue;
        }
        if (tokens == 1 && (text[t.start] == '-' || text[t.start] == '+') &&
            t.size == 1)
            sign = true;
        else if (t.size == 1 && text[t.start] == '(') {
            if (tokens == 1)
                open = true;
            else if (!open || depth == 0)
                return false;
            depth++;
        } else if (t.size == 1 && text[t.start] == ')')
            depth--;
        else if (depth == 0)
            return false;
    }
    return tokens > (sign ? 1u : 0u);
}

static int check_default(lm_alter_run *a, size_t at, const char *value)
{
    lm_col *c = &a->draft.cols[at];
    int rc = refuse_generated(a, at, "a default");

    if (rc == LM_OK && value != NULL)
        rc = lm_def_piece(a, value, "the default");
    if (rc != LM_OK)
        return rc;
    if (c->no_default && value != NULL)
        return contradicts(a, "default", "nothing");
    if (c->default_set != NULL &&
        (value == NULL || strcmp(c->default_set, value) != 0))
        return contradicts(a, "default", c->default_set);
    c->default_set = value;
    c->no_default = value == NULL;
    return LM_OK;
}

int lm_op_set_default(lm_alter_run *a)
{
    const lm_constraint *had;
    const char *value = NULL, *text;
    size_t at;
    int rc = lm_def_need(a, a->op->column, &at);

    if (rc == LM_OK && a->op->text != NULL) {
        value = trimmed(a, a->op->text);
        rc = value == NULL ? LM_ENOMEM : LM_OK;
    }
    if (rc == LM_OK)
        rc = check_default(a, at, value);
    if (rc != LM_OK)
        return rc;
    had = lm_column_has(&a->draft.def.columns[at], LM_CON_DEFAULT);
    if (value == NULL) {
        if (had != NULL)
            a->needs |= LM_NEEDS_REBUILD;
        return drop_all(a, at, LM_CON_DEFAULT);
    }
    if (!stands_alone(value))
        value = lm_alter_text(a, "(%s)", value);
    if (value == NULL)
        return LM_ENOMEM;
    if (had != NULL && lm_def_same(a, had->inner, value))
        return LM_OK;
    a->needs |= LM_NEEDS_REBUILD;
    a->key_risk = a->key_risk || a->draft.cols[at].added;
    text = lm_alter_text(a, "DEFAULT %s", value);
    if (had != NULL)
        return lm_def_replace(a, had->core, text);
    return text == NULL ? LM_ENOMEM
        : lm_def_insert(a, behind_type(&a->draft.def.columns[at]),
                          lm_alter_text(a, " %s", text));
}

int lm_op_set_collate(lm_alter_run *a)
{
    const lm_constraint *had;
    const char *to = a->op->text, *text;
    lm_col *c;
    size_t at;
    int rc = lm_def_need(a, a->op->column, &at);

    if (rc != LM_OK)
        return rc;
    c = &a->draft.cols[at];
    if (c->no_collate && to != NULL)
        return contradicts(a, "collation", "nothing");
    if (c->collate_set != NULL &&
        (to == NULL || !lm_same_name(c->collate_set, to)))
        return contradicts(a, "collation", c->collate_set);
    c->collate_set = to;
    c->no_collate = to == NULL;
    had = lm_column_has(&a->draft.def.columns[at], LM_CON_COLLATE);
    if (had == NULL ? to == NULL
                    : to != NULL && lm_same_name(had->collation, to))
        return LM_OK;
    a->needs |= LM_NEEDS_REBUILD;
    a->key_risk = true;
    if (to == NULL)
        return drop_all(a, at, LM_CON_COLLATE);
    text = lm_alter_text(a, "COLLATE %s", lm_alter_name(a, to));
    if (had != NULL)
        return lm_def_replace(a, had->core, text);
    return lm_def_insert(a, behind_type(&a->draft.def.columns[at]),
                           lm_alter_text(a, " %s", text));
}
