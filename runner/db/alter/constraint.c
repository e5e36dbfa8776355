/* SPDX-License-Identifier: MIT */
/*
 * CHECK, UNIQUE and foreign keys: found at the table and at the columns, new
 * ones put at the table. What is there already is not put in again; what is
 * not there need not be dropped.
 */
#include <string.h>

#include "../../lex/sqltok.h"
#include "alter.h"

/* Is this the one that is meant? For a column's, `owner` is its name. */
typedef bool (*is_meant)(const lm_alter_run *a, const lm_constraint *c,
                         const char *owner);

/* Where one was found. */
typedef struct place {
    const lm_constraint *found;     /* NULL: nowhere */
    bool at_table;
    size_t at;
} place;

static void find(const lm_alter_run *a, is_meant meant, place *out)
{
    const lm_createtable *def = &a->draft.def;
    const lm_column *c;
    size_t i, k;

    memset(out, 0, sizeof *out);
    for (i = 0; i < def->constraint_count; i++)
        if (meant(a, &def->constraints[i], NULL)) {
            out->found = &def->constraints[i];
            out->at_table = true;
            out->at = i;
            return;
        }
    for (i = 0; i < def->column_count; i++)
        for (c = &def->columns[i], k = 0; k < c->count; k++)
            if (meant(a, &c->constraints[k], c->name)) {
                out->found = &c->constraints[k];
                return;
            }
}

/* The text of one: nobody may drop what this call has added. */
static const char *canon(lm_alter_run *a, const lm_constraint *c)
{
    lm_buf b = {0};

    lm_sqltext_canon(&b, a->draft.text + c->item.span.start,
                     c->item.span.end - c->item.span.start);
    return lm_alter_take(a, &b);
}

static int drop_all(lm_alter_run *a, is_meant meant, unsigned needs)
{
    const char *text;
    place at;
    int rc = LM_OK;

    for (find(a, meant, &at); rc == LM_OK && at.found != NULL;
         find(a, meant, &at)) {
        text = canon(a, at.found);
        if (text == NULL)
            return LM_ENOMEM;
        if (lm_texts_has(&a->added_names, text))
            return lm_alter_refuse(a, LM_REASON_CONTRADICTION, "an "
                                   "operation before this one added it");
        a->needs |= needs;
        if (at.at_table)
            rc = lm_body_drop_constraint(a, at.at);
        else if (at.found->defer_span.start > at.found->item.span.end) {
            /* The DEFERRABLE behind it goes first: it is an item of its
             * own, and what is before it keeps its place. */
            rc = lm_def_cut(a, at.found->defer_span);
        } else
            rc = lm_def_cut(a, at.found->item.span);
    }
    return rc;
}

/* CONSTRAINT name, or nothing. The name must not be another's. */
static int name_prefix(lm_alter_run *a, const char **out)
{
    const char *name = a->op->name;

    *out = "";
    if (name == NULL)
        return LM_OK;
    if (lm_def_named(a, name) != NULL)
        return lm_alter_refuse(a, LM_REASON_DEFINITION, "there is a "
                               "constraint %s already, with another "
                               "definition", name);
    name = lm_alter_name(a, name);
    *out = name == NULL ? NULL : lm_alter_text(a, "CONSTRAINT %s ", name);
    return *out == NULL ? LM_ENOMEM : LM_OK;
}

static int add(lm_alter_run *a, const char *text, unsigned needs)
{
    const lm_createtable *def = &a->draft.def;
    int rc = lm_body_add_constraint(a, text);

    a->needs |= needs;
    if (rc != LM_OK)
        return rc;
    return lm_texts_add(a, &a->added_names,
                        canon(a, &def->constraints[def->constraint_count
                                                   - 1]));
}

/* -- CHECK ---------------------------------------------------------------- */

/* Without parentheses around all of it. */
static lm_span bare(const char *text, size_t len)
{
    lm_span span = {0, len};
    size_t i, depth;
    lm_sqltok t;
    bool whole = true;

    while (whole) {
        span = lm_sqltext_trim(text, span);
        if (span.end - span.start < 2 || text[span.start] != '(' ||
            text[span.end - 1] != ')')
            return span;
        depth = 0;
        lm_sqltok_start(&t, text + span.start, span.end - span.start);
        while (lm_sqltok_next(&t) != LM_TOK_END) {
            i = span.start + t.start;
            if (t.kind == LM_TOK_OPERATOR && text[i] == '(')
                depth++;
            if (t.kind == LM_TOK_OPERATOR && text[i] == ')' &&
                --depth == 0 && i + 1 < span.end)
                whole = false;
        }
        if (whole) {
            span.start++;
            span.end--;
        }
    }
    return span;
}

static bool same_expr(const lm_alter_run *a, lm_span inner,
                      const char *asked)
{
    const char *text = a->draft.text + inner.start;
    lm_span x = bare(text, inner.end - inner.start);
    lm_span y = bare(asked, strlen(asked));

    return lm_sqltext_same(text + x.start, x.end - x.start,
                           asked + y.start, y.end - y.start);
}

static bool is_check(const lm_alter_run *a, const lm_constraint *c,
                     const char *owner)
{
    const lm_op *op = a->op;

    (void)owner;
    if (c->kind != LM_CON_CHECK)
        return false;
    if (op->text != NULL)
        return same_expr(a, c->inner, op->text);
    return c->name != NULL && lm_same_name(c->name, op->name);
}

int lm_op_add_check(lm_alter_run *a)
{
    const char *prefix, *expr = a->op->text;
    lm_span whole = {0, strlen(expr)};
    place at;
    int rc = lm_def_piece(a, expr, "the expression");

    if (rc != LM_OK)
        return rc;
    find(a, is_check, &at);
    if (at.found != NULL)
        return LM_OK;
    rc = name_prefix(a, &prefix);
    if (rc != LM_OK)
        return rc;
    whole = lm_sqltext_trim(expr, whole);
    expr = lm_alter_copy(a, expr + whole.start, whole.end - whole.start);
    if (expr == NULL)
        return LM_ENOMEM;
    rc = lm_pure_check(a, expr, false);
    if (rc == LM_OK)
        rc = lm_texts_add(a, &a->exprs, expr);
    if (rc == LM_OK)
        rc = lm_texts_add(a, &a->checks, expr);
    if (rc == LM_OK)
        rc = add(a, lm_alter_text(a, "%sCHECK (%s)", prefix, expr),
                 LM_NEEDS_EDIT);
    return rc;
}

int lm_op_drop_check(lm_alter_run *a)
{
    if (a->op->text != NULL &&
        lm_def_piece(a, a->op->text, "the expression") != LM_OK)
        return a->db->err->code;
    return drop_all(a, is_check, LM_NEEDS_EDIT);
}

/* -- UNIQUE --------------------------------------------------------------- */

static bool has_name(const lm_alter_run *a, const lm_constraint *c)
{
    return a->op->column_count == 0 && a->op->name != NULL &&
           c->name != NULL && lm_same_name(c->name, a->op->name);
}

/* By its name, or by its columns. */
static bool is_of_kind(const lm_alter_run *a, const lm_constraint *c,
                       const char *owner, lm_conkind kind)
{
    const lm_op *op = a->op;

    if (c->kind != kind)
        return false;
    if (has_name(a, c))
        return true;
    if (owner != NULL)
        return op->column_count == 1 && lm_same_name(owner, op->columns[0]);
    return op->column_count > 0 &&
           lm_keys_are(&c->keys, op->columns, op->column_count);
}

static bool is_unique(const lm_alter_run *a, const lm_constraint *c,
                      const char *owner)
{
    return is_of_kind(a, c, owner, LM_CON_UNIQUE);
}

/* The names of the operation as the table spells them: a, b. */
int lm_op_columns(lm_alter_run *a, const char **out)
{
    const char **names = a->op->columns, *name;
    lm_buf b = {0};
    size_t i, k, at;
    int rc = LM_OK;

    for (i = 0; i < a->op->column_count && rc == LM_OK; i++) {
        for (k = 0; k < i && rc == LM_OK; k++)
            if (lm_same_name(names[i], names[k]))
                rc = lm_alter_refuse(a, LM_REASON_CONTRADICTION, "the column "
                                     "%s is named twice", names[i]);
        if (rc == LM_OK)
            rc = lm_def_need(a, names[i], &at);
        name = rc != LM_OK ? NULL
            : lm_alter_name(a, a->draft.def.columns[at].name);
        lm_buf_printf(&b, "%s%s", i == 0 ? "" : ", ",
                      name == NULL ? "" : name);
    }
    *out = lm_alter_take(a, &b);
    return rc == LM_OK && *out == NULL ? LM_ENOMEM : rc;
}

int lm_op_add_unique(lm_alter_run *a)
{
    const char *prefix, *list;
    place at;
    int rc = lm_op_columns(a, &list);

    if (rc != LM_OK)
        return rc;
    find(a, is_unique, &at);
    if (at.found != NULL)
        return LM_OK;
    rc = name_prefix(a, &prefix);
    if (rc == LM_OK)
        rc = add(a, lm_alter_text(a, "%sUNIQUE (%s)", prefix, list),
                 LM_NEEDS_REBUILD);
    return rc;
}

int lm_op_drop_unique(lm_alter_run *a)
{
    return drop_all(a, is_unique, LM_NEEDS_REBUILD);
}

/* -- FOREIGN KEY ---------------------------------------------------------- */

static bool is_foreign(const lm_alter_run *a, const lm_constraint *c,
                       const char *owner)
{
    return is_of_kind(a, c, owner, LM_CON_FOREIGN_KEY);
}

/* From the same columns to the same table. */
static bool is_same_target(const lm_alter_run *a, const lm_constraint *c,
                           const char *owner)
{
    return is_foreign(a, c, owner) && lm_same_name(c->target, a->op->text);
}

static bool is_action(lm_action is, const char *asked)
{
    return lm_same_name(lm_action_name(is),
                        asked == NULL ? "NO ACTION" : asked);
}

/* Where one of both names no columns, it means the primary key: does the
 * other name that? */
static int is_same_key(lm_alter_run *a, const lm_constraint *c, bool *same)
{
    const lm_op *op = a->op;
    size_t i, n = op->other_count + c->target_keys.count;
    const char *name;
    int64_t hits;
    int rc;

    *same = lm_keys_are(&c->target_keys, op->others, op->other_count);
    if (*same || (op->other_count > 0 && c->target_keys.count > 0))
        return LM_OK;
    rc = lm_alter_ask_integer(a, lm_alter_text(a, "SELECT count(*) = %zu "
        "FROM pragma_table_info(?1, %s) WHERE pk > 0", n,
        a->in_text), op->text, &hits);
    for (i = 0; i < n && rc == LM_OK && hits > 0; i++) {
        name = op->other_count > 0 ? op->others[i]
                                   : c->target_keys.list[i].column;
        rc = lm_alter_ask_integer(a, lm_alter_text(a, "SELECT count(*) FROM "
            "pragma_table_info(?1, %s) WHERE pk = %zu AND name = %s COLLATE "
            "NOCASE", a->in_text, i + 1,
            lm_alter_literal(a, name)), op->text, &hits);
    }
    *same = rc == LM_OK && hits > 0;
    return rc;
}

static bool is_just_this(const lm_alter_run *a, const lm_constraint *c)
{
    const lm_op *op = a->op;
    bool deferred = op->deferrable != NULL &&
                    lm_same_name(op->deferrable, "INITIALLY DEFERRED");

    return is_action(c->on_delete, op->on_delete) &&
           is_action(c->on_update, op->on_update) &&
           (c->deferrable && c->initially_deferred) == deferred;
}

static int references(lm_alter_run *a, lm_buf *b)
{
    const lm_op *op = a->op;
    const char *name = lm_alter_name(a, op->text);
    size_t i;

    lm_buf_printf(b, " REFERENCES %s", name == NULL ? "" : name);
    for (i = 0; i < op->other_count && name != NULL; i++) {
        name = lm_alter_name(a, op->others[i]);
        lm_buf_printf(b, "%s%s", i == 0 ? " (" : ", ",
                      name == NULL ? "" : name);
    }
    if (op->other_count > 0)
        lm_buf_putc(b, ')');
    if (op->on_delete != NULL)
        lm_buf_printf(b, " ON DELETE %s", op->on_delete);
    if (op->on_update != NULL)
        lm_buf_printf(b, " ON UPDATE %s", op->on_update);
    if (op->deferrable != NULL)
        lm_buf_printf(b, " DEFERRABLE%s%s", op->deferrable[0] == '\0' ? ""
                      : " ", op->deferrable);
    return name == NULL ? LM_ENOMEM : LM_OK;
}

/* A parent that is not there may come later; of one that is, the columns must
 * be there. This table's own may still be added. */
static int check_parent(lm_alter_run *a)
{
    const lm_op *op = a->op;
    const char *columns;
    int64_t there = 0;
    size_t i;
    int rc;

    if (lm_same_name(op->text, a->table))
        return LM_OK;
    columns = lm_alter_text(a, "SELECT count(*) FROM pragma_table_xinfo(?1, "
                            "%s)", a->in_text);
    rc = lm_alter_ask_integer(a, columns, op->text, &there);
    for (i = 0; i < op->other_count && rc == LM_OK && there > 0; i++) {
        rc = lm_alter_ask_integer(a, lm_alter_text(a, "%s WHERE name = %s "
            "COLLATE NOCASE", columns, lm_alter_literal(a, op->others[i])),
            op->text, &there);
        if (rc == LM_OK && there == 0)
            rc = lm_alter_refuse(a, LM_REASON_FOREIGN_KEY, "the table %s has "
                                 "no column %s", op->text, op->others[i]);
    }
    return rc;
}

int lm_op_add_foreign_key(lm_alter_run *a)
{
    const lm_op *op = a->op;
    const char *prefix, *list;
    lm_buf b = {0};
    place at;
    bool same = false;
    int rc = lm_op_columns(a, &list);

    if (rc == LM_OK && op->other_count > 0 &&
        op->other_count != op->column_count)
        rc = lm_alter_refuse(a, LM_REASON_DEFINITION, "%zu columns cannot "
                             "refer to %zu", op->column_count,
                             op->other_count);
    if (rc != LM_OK)
        return rc;
    find(a, is_same_target, &at);
    if (at.found != NULL)
        rc = is_same_key(a, at.found, &same);
    if (rc != LM_OK || (same && is_just_this(a, at.found)))
        return rc;
    if (at.found != NULL)
        return lm_alter_refuse(a, LM_REASON_DEFINITION, "there is a foreign "
                               "key (%s) to %s already, with another "
                               "definition: drop_foreign_key it first", list,
                               op->text);
    rc = check_parent(a);
    if (rc == LM_OK)
        rc = name_prefix(a, &prefix);
    if (rc != LM_OK)
        return rc;
    lm_buf_printf(&b, "%sFOREIGN KEY (%s)", prefix, list);
    rc = references(a, &b);
    list = lm_alter_take(a, &b);
    a->key_risk = true;
    return rc == LM_OK ? add(a, list, LM_NEEDS_EDIT) : rc;
}

int lm_op_drop_foreign_key(lm_alter_run *a)
{
    return drop_all(a, is_foreign, LM_NEEDS_EDIT);
}
