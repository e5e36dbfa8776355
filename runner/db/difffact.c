/* SPDX-License-Identifier: MIT */
#include "difffact.h"

#include <stdlib.h>
#include <string.h>

#include "../base/buf.h"
#include "../base/list.h"
#include "../base/text.h"
#include "../lex/sqlapart.h"
#include "../lex/sqltok.h"

enum { SHORT = 60 };

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

/* A text, or one of them too long for a sentence. */
static bool is_long(const lm_fact *a, const lm_fact *b)
{
    return a->line > 0 || strlen(a->shown) > SHORT ||
           strlen(b->shown) > SHORT;
}

static int line_of(const lm_fact *f, const lm_apart *place)
{
    int line, column;

    lm_text_position(f->shown, place->at, &line, &column);
    return f->line + line - 1;
}

/* "differs from line 3 on: ", and for B " (line 4)" where that is another. */
static void put_lines(lm_buf *what, lm_buf *y, int in_a, int in_b)
{
    if (in_a == 1 && in_b == 1)
        lm_buf_puts(what, "differs: ");
    else
        lm_buf_printf(what, "differs from line %d on: ", in_a);
    if (in_a != in_b)
        lm_buf_printf(y, " (line %d)", in_b);
}

/* What is long is shown from where the two part; where they do not, they
 * differ in quotes alone, or in case. */
static int say_both(lm_difference *d, lm_err *err, const lm_fact *a,
                    const lm_fact *b)
{
    const char *quote = a->line > 0 ? "`" : "";
    lm_apart in_a = {0, 0}, in_b = {0, 0};
    lm_buf what = {0}, x = {0}, y = {0};
    int rc;

    if (a->column != NULL)
        lm_buf_printf(&what, "column %s: ", a->column);
    lm_buf_puts(&what, a->what);
    if (is_long(a, b) && lm_sqlapart(a->shown, b->shown, &in_a, &in_b)) {
        lm_sqlapart_here(&x, a->shown, &in_a);
        lm_sqlapart_here(&y, b->shown, &in_b);
    } else {
        lm_buf_puts(&x, a->shown);
        lm_buf_puts(&y, b->shown);
    }
    lm_buf_printf(&y, "%s in B", quote);
    if (a->line > 0)
        put_lines(&what, &y, line_of(a, &in_a), line_of(b, &in_b));
    rc = say(d, err, lm_buf_failed(&what) || lm_buf_failed(&x) ||
             lm_buf_failed(&y) ? NULL
             : lm_format("%s%s%s%s in A, %s%s", lm_buf_text(&what), quote,
                         lm_buf_text(&x), quote, quote, lm_buf_text(&y)));
    lm_buf_clear(&what);
    lm_buf_clear(&x);
    lm_buf_clear(&y);
    return rc;
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
