/* SPDX-License-Identifier: MIT */
/* The views and triggers among what hangs on a table. */
#include <string.h>

#include "../../base/text.h"
#include "dependent.h"

static bool is_on(const lm_inquiry *q, const lm_use *use)
{
    return !use->broken && strcmp(use->schema, q->table->schema) == 0 &&
           lm_same_name(use->table, q->table->name);
}

static lm_dependent dependent_of(const lm_use *use)
{
    lm_dependent d = {.kind = LM_DEP_VIEW};

    if (use->view != NULL) {
        d.schema = use->view->schema;
        d.name = use->view->name;
    } else {
        d.kind = LM_DEP_TRIGGER;
        d.schema = use->trigger->schema;
        d.name = use->trigger->name;
        d.table = use->trigger->table;
    }
    d.writes = use->writes;
    d.positional = use->positional;
    d.broken = use->broken;
    return d;
}

static int add_use(lm_inquiry *q, const lm_use *use)
{
    lm_dependent d = dependent_of(use);

    if (use->column != NULL)
        d.column = lm_inquiry_column(q, use->column);
    return lm_dependent_add(q, d);
}

/* Does not compile: it hangs on what its text names. */
static int add_broken(lm_inquiry *q, const lm_use *use)
{
    const char *text = use->view != NULL ? use->view->sql
                                         : use->trigger->sql;
    lm_dependent d = dependent_of(use);

    if (text == NULL || !lm_inquiry_names(text, q->table->name))
        return LM_OK;
    if (q->column != NULL && !lm_inquiry_names(text, q->column))
        return LM_OK;
    d.column = q->column;
    return lm_dependent_add(q, d);
}

static int add_uses(lm_inquiry *q)
{
    const lm_use *use;
    size_t i;
    int rc = LM_OK;

    for (i = 0; i < q->cat->use_count && rc == LM_OK; i++) {
        use = &q->cat->uses[i];
        if (use->view == q->table)
            continue;
        if (use->broken)
            rc = add_broken(q, use);
        else if (is_on(q, use))
            rc = add_use(q, use);
    }
    return rc;
}

/* The triggers that stand on it, and the columns of their UPDATE OF. */
static int add_own(lm_inquiry *q)
{
    const lm_trigger_info *g;
    lm_dependent d = {.kind = LM_DEP_TRIGGER};
    size_t i, k;
    int rc = LM_OK;

    for (i = 0; i < q->cat->trigger_count && rc == LM_OK; i++) {
        g = &q->cat->triggers[i];
        if (strcmp(g->table_schema, q->table->schema) != 0 ||
            !lm_same_name(g->table, q->table->name))
            continue;
        d.schema = g->schema;
        d.name = g->name;
        d.table = g->table;
        d.column = NULL;
        rc = lm_dependent_add(q, d);
        for (k = 0; k < g->update_of.count && rc == LM_OK; k++) {
            d.column = lm_inquiry_column(q, g->update_of.list[k]);
            if (d.column != NULL)
                rc = lm_dependent_add(q, d);
        }
    }
    return rc;
}

/* Does this view use what is asked for? */
static bool is_view_on(const lm_inquiry *q, const lm_table_info *view)
{
    const lm_use *use;
    size_t i;

    for (i = 0; i < q->cat->use_count; i++) {
        use = &q->cat->uses[i];
        if (use->view == view && is_on(q, use) &&
            (q->column == NULL || (use->column != NULL &&
                                   lm_same_name(use->column, q->column))))
            return true;
    }
    return false;
}

static const lm_table_info *view_named(const lm_inquiry *q,
                                       const char *schema, const char *name)
{
    const lm_table_info *t = lm_catalog_find_text(q->cat, schema, name);

    return t != NULL && t->kind == LM_VIEW && t != q->table ? t : NULL;
}

/* Triggers that stand on a view which hangs on it, or use one. */
static int add_indirect(lm_inquiry *q)
{
    const lm_trigger_info *g;
    const lm_table_info *view;
    const lm_use *use;
    lm_dependent d;
    size_t i;
    int rc = LM_OK;

    for (i = 0; i < q->cat->use_count && rc == LM_OK; i++) {
        use = &q->cat->uses[i];
        view = use->trigger == NULL || use->broken
            ? NULL : view_named(q, use->schema, use->table);
        if (view == NULL || !is_view_on(q, view))
            continue;
        d = dependent_of(use);
        d.column = q->column;
        d.positional = false;
        rc = lm_dependent_add(q, d);
    }
    for (i = 0; i < q->cat->trigger_count && rc == LM_OK; i++) {
        g = &q->cat->triggers[i];
        view = view_named(q, g->table_schema, g->table);
        if (view == NULL || !is_view_on(q, view))
            continue;
        memset(&d, 0, sizeof d);
        d.kind = LM_DEP_TRIGGER;
        d.schema = g->schema;
        d.name = g->name;
        d.table = g->table;
        d.column = q->column;
        rc = lm_dependent_add(q, d);
    }
    return rc;
}

int lm_inquire_code(lm_inquiry *q)
{
    int rc = lm_uses_read(q->db, q->cat);

    if (rc == LM_OK)
        rc = add_own(q);
    if (rc == LM_OK)
        rc = add_uses(q);
    if (rc == LM_OK)
        rc = add_indirect(q);
    return rc;
}
