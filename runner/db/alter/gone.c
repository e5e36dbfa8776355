/* SPDX-License-Identifier: MIT */
/*
 * Dropping a column, and what hangs on it. Constraints of the table itself
 * are looked for in the draft, where earlier operations may have changed
 * them; everything else in the database (catalog.h).
 */
#include <stdlib.h>
#include <string.h>

#include "../../lex/sqltok.h"
#include "gone.h"

bool lm_going_may(const lm_going *g, unsigned kind)
{
    return (g->a->op->cascade & kind) != 0;
}

int lm_going_note(lm_going *g, const lm_hanger *h, unsigned kind,
                  const char *shown)
{
    int rc = shown == NULL ? LM_ENOMEM : lm_alter_hanger(g->a, h);

    g->clean = g->clean && lm_going_may(g, kind) &&
               kind < LM_CASCADE_CONSTRAINTS;
    if (rc != LM_OK || lm_going_may(g, kind))
        return rc;
    lm_buf_printf(&g->blocked, "%s%s", g->blocked_count++ == 0 ? "" : ", ",
                  shown);
    return lm_buf_failed(&g->blocked) ? lm_err_nomem(g->a->db->err) : LM_OK;
}

static int note_own(lm_going *g, const char *kind, const char *name,
                    unsigned cascade, lm_span what)
{
    lm_alter_run *a = g->a;
    lm_hanger h = {kind, a->schema, name, g->name, "read", a->first};
    const char *text = lm_def_span(a, what);
    char *line = text == NULL ? NULL
                              : lm_one_line(text, strlen(text), 60);
    const char *shown = line == NULL ? NULL : lm_alter_text(a, "%s", line);
    int rc = lm_going_note(g, &h, cascade, shown);

    free(line);
    return rc;
}

static bool keys_name(const lm_keys *keys, const char *name)
{
    size_t i;

    for (i = 0; i < keys->count; i++)
        if (keys->list[i].column != NULL &&
            lm_same_name(keys->list[i].column, name))
            return true;
    return false;
}

static bool span_names(const lm_going *g, lm_span span)
{
    return lm_text_names(g->a->draft.text + span.start,
                         span.end - span.start, g->name);
}

/* Does a constraint at the table, or at another column, need it? */
static bool needs_it(const lm_going *g, const lm_constraint *c)
{
    switch (c->kind) {
    case LM_CON_CHECK:
    case LM_CON_GENERATED:
        return span_names(g, c->inner);
    case LM_CON_PRIMARY_KEY:
    case LM_CON_UNIQUE:
        return keys_name(&c->keys, g->name);
    case LM_CON_FOREIGN_KEY:
        return keys_name(&c->keys, g->name) ||
               (lm_same_name(c->target, g->a->table) &&
                keys_name(&c->target_keys, g->name));
    default:
        return false;
    }
}

static const char *kind_name(const lm_constraint *c)
{
    switch (c->kind) {
    case LM_CON_CHECK:
        return "check";
    case LM_CON_GENERATED:
        return "generated";
    case LM_CON_PRIMARY_KEY:
        return "primary_key";
    case LM_CON_UNIQUE:
        return "unique";
    default:
        return "foreign_key";
    }
}

/* Each call takes at most one away, because the spans move. */
static int take_one_constraint(lm_going *g, bool take, bool *taken)
{
    const lm_createtable *def = &g->a->draft.def;
    const lm_constraint *c;
    size_t i, k;
    int rc = LM_OK;

    *taken = false;
    for (i = 0; i < def->constraint_count && rc == LM_OK; i++) {
        c = &def->constraints[i];
        if (!needs_it(g, c))
            continue;
        *taken = take;
        if (take)
            return lm_body_drop_constraint(g->a, i);
        rc = note_own(g, kind_name(c), c->name, LM_CASCADE_CONSTRAINTS,
                      c->item.span);
    }
    for (i = 0; i < def->column_count && rc == LM_OK; i++)
        for (k = 0; k < def->columns[i].count && rc == LM_OK; k++) {
            c = &def->columns[i].constraints[k];
            if (i == g->at || !needs_it(g, c))
                continue;
            *taken = take;
            if (take)
                return lm_def_cut(g->a, c->item.span);
            rc = note_own(g, kind_name(c), c->kind == LM_CON_GENERATED
                          ? def->columns[i].name : c->name,
                          c->kind == LM_CON_GENERATED
                          ? LM_CASCADE_GENERATED : LM_CASCADE_CONSTRAINTS,
                          def->columns[i].item.span);
        }
    return rc;
}

static int take_constraints(lm_going *g)
{
    bool taken = true;
    int rc = LM_OK;

    while (rc == LM_OK && taken)
        rc = take_one_constraint(g, true, &taken);
    return rc;
}
static int note_dependent(lm_going *g, const lm_dependent *d)
{
    lm_alter_run *a = g->a;
    lm_hanger h = {lm_dependent_kind_name(d->kind), d->schema, d->name,
                   g->name, d->writes ? "write" : "read", d->table};
    bool own = d->table != NULL && lm_same_name(d->table, a->table) &&
               lm_same_name(d->schema, a->schema);
    const char *shown;
    int rc;

    switch (d->kind) {
    case LM_DEP_VIEW:
    case LM_DEP_TRIGGER:
        return lm_going_user(g, d, &h);
    case LM_DEP_INDEX:
        rc = lm_going_note(g, &h, LM_CASCADE_INDEXES,
                  lm_alter_text(a, "the index %s", d->name));
        if (rc == LM_OK && lm_going_may(g, LM_CASCADE_INDEXES))
            rc = lm_going_drop(g, "INDEX", &h);
        return rc;
    case LM_DEP_FTS5:
        rc = lm_going_once(g, &h, NULL, &shown);
        return rc != LM_OK || shown == NULL ? rc
            : lm_going_note(g, &h, 0, shown);
    case LM_DEP_FOREIGN_KEY:
        return own ? LM_OK : lm_going_note(g, &h, 0, lm_alter_text(a,
                   "a foreign key of %s", d->table));
    default:
        return LM_OK;
    }
}

/* Reading a text is no other question. */
static int note_dependents(lm_going *g)
{
    lm_alter_run *a = g->a;
    const lm_dependent *list;
    size_t i, n, views;
    int rc = lm_alter_dependents(a, a->draft.cols[g->at].source, &list, &n);

    for (i = 0; i < n && rc == LM_OK; i++)
        rc = note_dependent(g, &list[i]);
    /* Views on views may stand before them in the list. */
    do {
        views = g->views.count;
        for (i = 0; i < n && rc == LM_OK && views > 0; i++)
            if (list[i].kind == LM_DEP_VIEW || list[i].kind == LM_DEP_TRIGGER)
                rc = note_dependent(g, &list[i]);
    } while (rc == LM_OK && g->views.count > views);
    return rc;
}
static int refuse_hanging(lm_going *g)
{
    lm_alter_run *a = g->a;
    int rc = lm_alter_refuse(a, LM_REASON_DEPENDENTS, "the column %s is used "
                             "by %s", g->name, lm_buf_text(&g->blocked));

    lm_err_hint(a->db->err, "drop or change what uses it first, in the same "
                "migration, or name its kind: cascade = {\"indexes\", "
                "\"triggers\", \"views\", \"constraints\"}");
    return rc;
}

/* Is there a comment that SQLite's own way would take along? It cuts from
 * the end of the column before when the last one goes. */
static bool has_comment(const lm_alter_run *a)
{
    lm_sqltok t;

    lm_sqltok_start(&t, a->draft.text, strlen(a->draft.text));
    while (lm_sqltok_next(&t) != LM_TOK_END)
        if (t.kind == LM_TOK_COMMENT)
            return true;
    return false;
}

static bool is_native(const lm_going *g)
{
    const lm_alter_run *a = g->a;
    const lm_column *c = &a->draft.def.columns[g->at];

    return g->clean && lm_column_has(c, LM_CON_PRIMARY_KEY) == NULL &&
           lm_column_has(c, LM_CON_UNIQUE) == NULL &&
           lm_column_has(c, LM_CON_DEFER) == NULL && !has_comment(a);
}

static int check_going(lm_going *g)
{
    lm_alter_run *a = g->a;
    const lm_col *c = &a->draft.cols[g->at];

    if (c->added || c->type_set != NULL || c->default_set != NULL ||
        c->no_default || c->collate_set != NULL || c->no_collate ||
        c->null_set != 0)
        return lm_alter_refuse(a, LM_REASON_CONTRADICTION, "an operation "
                               "before this one %s the column %s",
                               c->added ? "added" : "changed", g->name);
    if (a->draft.col_count == 1)
        return lm_alter_refuse(a, LM_REASON_DEFINITION, "%s is the only "
                               "column: drop the table instead", g->name);
    return LM_OK;
}

static int drop(lm_going *g)
{
    lm_alter_run *a = g->a;
    bool native = is_native(g);
    int rc = LM_OK;

    if (native)
        rc = lm_texts_add(a, &a->natives, lm_alter_text(a,
            "ALTER TABLE %s DROP COLUMN %s", lm_alter_here(a),
            lm_alter_quote(a, g->name)));
    if (rc == LM_OK && !native)
        rc = take_constraints(g);
    if (rc == LM_OK && a->draft.cols[g->at].first != NULL)
        rc = lm_texts_add(a, &a->gone, a->draft.cols[g->at].first);
    if (rc == LM_OK)
        rc = lm_texts_add(a, &a->left, g->name);
    if (rc == LM_OK)
        rc = lm_body_drop_column(a, g->at);
    a->needs |= native ? LM_NEEDS_NATIVE : LM_NEEDS_REBUILD;
    return rc;
}

/* Where something is in the way, only to say all that is. */
static int drop_and_look(lm_going *g)
{
    lm_alter_run *a = g->a;
    lm_failed_list before = {0};
    bool look = g->blocked_count > 0 ||
        (a->op->cascade & (LM_CASCADE_VIEWS | LM_CASCADE_TRIGGERS)) != 0;
    int rc = LM_OK;

    if (look && (a->done || a->needs != 0))
        rc = lm_trial(a, &g->hidden, &before);
    if (rc == LM_OK)
        rc = drop(g);
    if (rc == LM_OK && look)
        rc = lm_going_failed(g, &before);
    else if (rc == LM_EFAILED && g->blocked_count > 0) {
        lm_err_clear(a->db->err);
        rc = LM_OK;
    }
    free(before.list);
    return rc == LM_OK && g->blocked_count > 0 ? refuse_hanging(g) : rc;
}

int lm_op_drop_column(lm_alter_run *a)
{
    lm_going g = {0};
    bool taken;
    int rc;

    g.a = a;
    g.clean = true;
    g.at = lm_def_find(a, a->op->column);
    if (g.at == a->draft.col_count) {
        if (!lm_texts_has(&a->renamed, a->op->column))
            return LM_OK;
        return lm_def_need(a, a->op->column, &g.at);
    }
    g.name = lm_alter_text(a, "%s", a->draft.def.columns[g.at].name);
    rc = g.name == NULL ? LM_ENOMEM : check_going(&g);
    if (rc == LM_OK)
        rc = lm_busy_check(a, LM_STRATEGY_NATIVE);
    if (rc == LM_OK)
        rc = lm_alter_begin(a);
    if (rc == LM_OK)
        rc = take_one_constraint(&g, false, &taken);
    if (rc == LM_OK)
        rc = note_dependents(&g);
    if (rc == LM_OK)
        rc = drop_and_look(&g);
    lm_buf_clear(&g.blocked);
    free(g.noted.list);
    free(g.views.list);
    free(g.hidden.list);
    return rc;
}
