/* SPDX-License-Identifier: MIT */
#include "diff.h"

#include <stdlib.h>
#include <string.h>

#include "../base/list.h"
#include "../base/text.h"
#include "../lex/sqlsame.h"
#include "difffact.h"
#include "internal.h"

static void clear_list(lm_differences *d)
{
    size_t i, k;

    for (i = 0; i < d->count; i++) {
        for (k = 0; k < d->list[i].detail_count; k++)
            free(d->list[i].details[k]);
        free(d->list[i].details);
        free(d->list[i].name);
        free(d->list[i].a_sql);
        free(d->list[i].b_sql);
    }
}

void lm_diff_clear(lm_differences *d)
{
    clear_list(d);
    free(d->list);
    memset(d, 0, sizeof *d);
}

typedef struct diffing {
    lm_db *a, *b;
    lm_objects in_a, in_b;
    lm_differences *out;
} diffing;

/* Either may be NULL, not both. */
static int add(diffing *d, const lm_object *a, const lm_object *b)
{
    lm_differences *out = d->out;
    const lm_object *o = a != NULL ? a : b;
    lm_difference *grown = lm_list_grow(out->list, out->count, &out->size,
                                        sizeof *grown);

    if (grown == NULL)
        return lm_err_nomem(d->a->err);
    out->list = grown;
    grown += out->count++;
    memset(grown, 0, sizeof *grown);
    grown->kind = o->kind;
    grown->change = b == NULL ? LM_ONLY_A : a == NULL ? LM_ONLY_B
                                                      : LM_DIFFERENT;
    grown->name = lm_strdup(o->name);
    grown->a_sql = a == NULL ? NULL : lm_strdup(a->sql);
    grown->b_sql = b == NULL ? NULL : lm_strdup(b->sql);
    if (grown->name == NULL || (a != NULL && grown->a_sql == NULL) ||
        (b != NULL && grown->b_sql == NULL))
        return lm_err_nomem(d->a->err);
    return LM_OK;
}

static int read_facts(lm_db *db, const lm_object *o, lm_facts *out)
{
    switch (o->kind) {
    case LM_OBJECT_TABLE: return lm_facts_table(db, o->name, out);
    case LM_OBJECT_VIRTUAL: return lm_facts_virtual(db, o->sql, out);
    case LM_OBJECT_VIEW: return lm_facts_view(db, o->sql, out);
    case LM_OBJECT_INDEX:
        return lm_facts_index(db, o->table, o->name, out);
    case LM_OBJECT_TRIGGER: return lm_facts_trigger(db, o->sql, out);
    }
    return LM_OK;
}

static void drop_last(lm_differences *out)
{
    lm_differences last = {NULL, 0, 0};

    last.list = &out->list[--out->count];
    last.count = 1;
    clear_list(&last);
}

/* What does not parse has both its texts, and no sentence; what says the same
 * is no difference. */
static int explain(diffing *d, const lm_object *a, const lm_object *b)
{
    lm_facts x = {0}, y = {0};
    lm_difference *last = &d->out->list[d->out->count - 1];
    lm_db *db = d->a;
    bool same = false;
    int rc = read_facts(d->a, a, &x);

    if (rc == LM_OK) {
        db = d->b;
        rc = read_facts(d->b, b, &y);
    }
    if (rc == LM_EFAILED) {
        lm_err_clear(db->err);
        rc = LM_OK;
        same = lm_sql_same(a->sql, strlen(a->sql), b->sql, strlen(b->sql));
    } else if (rc == LM_OK) {
        rc = lm_diff_facts(&x, &y, last, d->a->err);
        same = last->detail_count == 0;
    }
    if (rc == LM_OK && same)
        drop_last(d->out);
    lm_facts_clear(&x);
    lm_facts_clear(&y);
    return rc;
}

static int compare(diffing *d, const lm_object *a)
{
    const lm_object *b = lm_objects_find(&d->in_b, a->kind, a->name);
    int rc;

    if (a->own || (b != NULL && b->own))
        return LM_OK;
    if (b != NULL && lm_same_name(a->table, b->table) &&
        strcmp(a->sql, b->sql) == 0)
        return LM_OK;
    rc = add(d, a, b);
    return rc != LM_OK || b == NULL ? rc : explain(d, a, b);
}

static int diff(diffing *d)
{
    const lm_object *b;
    size_t i;
    int rc = LM_OK;

    for (i = 0; i < d->in_a.count && rc == LM_OK; i++)
        rc = compare(d, &d->in_a.list[i]);
    for (i = 0; i < d->in_b.count && rc == LM_OK; i++) {
        b = &d->in_b.list[i];
        if (!b->own && lm_objects_find(&d->in_a, b->kind, b->name) == NULL)
            rc = add(d, NULL, b);
    }
    return rc;
}

int lm_diff(lm_db *a, lm_db *b, lm_differences *out)
{
    diffing d = {.a = a, .b = b, .out = out};
    int rc;

    memset(out, 0, sizeof *out);
    rc = lm_objects_read(a, &d.in_a);
    if (rc == LM_OK)
        rc = lm_objects_read(b, &d.in_b);
    if (rc == LM_OK)
        rc = diff(&d);
    lm_objects_clear(&d.in_a);
    lm_objects_clear(&d.in_b);
    if (rc != LM_OK)
        lm_diff_clear(out);
    return rc;
}
