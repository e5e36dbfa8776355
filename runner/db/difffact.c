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

/* What is long is shown from where the two part; where they do not, they
 * differ in quotes alone, or in case. */
static void put_piece(lm_buf *to, const lm_fact *f, const lm_apart *place)
{
    const char *quote = f->line > 0 ? "`" : "";

    lm_buf_puts(to, quote);
    if (place != NULL)
        lm_sqlapart_here(to, f->shown, place);
    else
        lm_buf_puts(to, f->shown);
    lm_buf_puts(to, quote);
}

static int line_of(const lm_fact *f, const lm_apart *place)
{
    int line, column;

    lm_text_position(f->shown, place->at, &line, &column);
    return f->line + line - 1;
}

static int say_both(lm_difference *d, lm_err *err, const lm_fact *a,
                    const lm_fact *b)
{
    lm_apart in_a = {0, 0}, in_b = {0, 0};
    bool apart = is_long(a, b) &&
                 lm_sqlapart(a->shown, b->shown, &in_a, &in_b);
    int line = line_of(a, &in_a), other = line_of(b, &in_b);
    lm_buf s = {0};

    if (a->column != NULL)
        lm_buf_printf(&s, "column %s: ", a->column);
    lm_buf_puts(&s, a->what);
    if (a->line > 0)
        lm_buf_puts(&s, "differs");
    if (a->line > 0 && (line > 1 || other > 1))
        lm_buf_printf(&s, " from line %d on", line);
    if (a->line > 0)
        lm_buf_puts(&s, ": ");
    put_piece(&s, a, apart ? &in_a : NULL);
    lm_buf_puts(&s, " in A, ");
    put_piece(&s, b, apart ? &in_b : NULL);
    lm_buf_puts(&s, " in B");
    if (a->line > 0 && line != other)
        lm_buf_printf(&s, " (line %d)", other);
    return say(d, err, lm_buf_take(&s));
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
