/* SPDX-License-Identifier: MIT */
#include "difffact.h"

#include <stdlib.h>
#include <string.h>

#include "../base/buf.h"
#include "../base/list.h"
#include "../base/text.h"

static int say(lm_difference *d, lm_err *err, char *sentence)
{
    char **grown = sentence == NULL ? NULL
        : lm_list_grow(d->details, d->detail_count, &d->detail_size,
                       sizeof *grown);

    if (grown == NULL) {
        free(sentence);
        return lm_err_nomem(err);
    }
    d->details = grown;
    grown[d->detail_count++] = sentence;
    return LM_OK;
}

static bool same_column(const lm_fact *a, const lm_fact *b)
{
    return a->column == NULL || b->column == NULL ? a->column == b->column
        : lm_same_name(a->column, b->column);
}

/* One of them that says the same, or, if not `equal`, is about the same. A
 * CHECK is the same wherever it stands, a property only of its column. */
static lm_fact *find(const lm_facts *facts, const lm_fact *f, bool equal)
{
    bool keyed = !equal || f->what[0] == '\0';
    lm_fact *o;
    size_t i;

    for (i = 0; i < facts->count; i++) {
        o = &facts->list[i];
        if (!o->met && strcmp(o->what, f->what) == 0 && same_column(o, f) &&
            (!keyed || lm_same_name(o->key, f->key)) &&
            (equal ? strcmp(o->canon, f->canon) == 0
                   : strcmp(f->what, LM_FACT_COLUMN) != 0))
            return o;
    }
    return NULL;
}

static int say_both(lm_difference *d, lm_err *err, const lm_fact *a,
                    const lm_fact *b)
{
    bool of = a->column != NULL;

    return say(d, err, a->shown[0] == '\0' && b->shown[0] == '\0'
        ? lm_format("the %sis different", a->what)
        : lm_format("%s%s%s%s%s in A, %s in B", of ? "column " : "",
                    of ? a->column : "", of ? ": " : "", a->what, a->shown,
                    b->shown));
}

/* Properties of a column that is not there are not said. */
static int say_alone(lm_difference *d, lm_err *err, const lm_fact *f,
                     char side)
{
    return f->column != NULL ? LM_OK
        : say(d, err, lm_format("%s%s: only in %c", f->what, f->shown,
                                side));
}

/* The columns that both have, in this one's order. */
static void list_columns(const lm_facts *facts, lm_buf *out)
{
    const lm_fact *f;
    size_t i;

    for (i = 0; i < facts->count; i++) {
        f = &facts->list[i];
        if (f->met && strcmp(f->what, LM_FACT_COLUMN) == 0)
            lm_buf_printf(out, out->len == 0 ? "%s" : ", %s", f->shown);
    }
}

static int say_order(lm_difference *d, lm_err *err, const lm_facts *a,
                     const lm_facts *b)
{
    lm_buf x = {0}, y = {0};
    int rc = LM_OK;

    list_columns(a, &x);
    list_columns(b, &y);
    if (lm_buf_failed(&x) || lm_buf_failed(&y))
        rc = lm_err_nomem(err);
    else if (!lm_same_name(lm_buf_text(&x), lm_buf_text(&y)))
        rc = say(d, err, lm_format("the order of columns: (%s) in A, "
                                   "(%s) in B",
                                   lm_buf_text(&x), lm_buf_text(&y)));
    lm_buf_clear(&x);
    lm_buf_clear(&y);
    return rc;
}

static void meet(lm_facts *a, const lm_facts *b)
{
    lm_fact *other;
    size_t i;

    for (i = 0; i < a->count; i++) {
        other = find(b, &a->list[i], true);
        if (other != NULL)
            other->met = a->list[i].met = true;
    }
}

int lm_diff_facts(lm_facts *a, lm_facts *b, lm_difference *d, lm_err *err)
{
    lm_fact *other;
    size_t i;
    int rc;

    meet(a, b);
    rc = say_order(d, err, a, b);
    for (i = 0; i < a->count && rc == LM_OK; i++) {
        if (a->list[i].met)
            continue;
        other = find(b, &a->list[i], false);
        if (other == NULL) {
            rc = say_alone(d, err, &a->list[i], 'A');
            continue;
        }
        other->met = true;
        rc = say_both(d, err, &a->list[i], other);
    }
    for (i = 0; i < b->count && rc == LM_OK; i++)
        if (!b->list[i].met)
            rc = say_alone(d, err, &b->list[i], 'B');
    return rc;
}
