/* SPDX-License-Identifier: MIT */
/*
 * What counts columns instead of naming them. Where columns change places, or
 * others come before them, it goes on compiling and means others.
 *
 * A star shows every column of the table in its order. So up to the first
 * column that has another place now, each place behind a star is what it was;
 * from there on none is taken for it.
 */
#include <string.h>

#include "../../lex/createother.h"
#include "../../lex/sqlcount.h"
#include "../../lex/sqltok.h"
#include "probe.h"

void lm_places_note(lm_alter_run *a)
{
    const lm_def *d = &a->draft;
    size_t n = 0;

    while (n < d->col_count && n < a->order.count &&
           d->cols[n].first != NULL &&
           lm_same_name(d->cols[n].first, a->order.list[n]))
        n++;
    a->places = n;
    a->places_changed = n < d->col_count || n < a->order.count;
    /* Where their number is another one, what counts all of them does not
     * compile any more. */
    a->places_moved = d->col_count == a->order.count && n < d->col_count;
}

/* INSERT INTO this table, or a view, without a list of columns. */
static bool inserts(const lm_alter_run *a, const char *text)
{
    lm_arena arena = {0};
    const char *name = NULL;
    lm_sqltok t;
    bool found = false;

    lm_sqltok_start(&t, text, strlen(text));
    while (!found && lm_sql_next(&t) != LM_TOK_END) {
        if (!lm_sqltok_is(&t, "INTO"))
            continue;
        do {
            lm_sql_next(&t);
            name = lm_sqltext_name(&arena, text + t.start, t.size);
            lm_sql_next(&t);
        } while (lm_sqltok_op(&t, '.'));
        if (lm_sqltok_is(&t, "AS")) {
            lm_sql_next(&t);
            lm_sql_next(&t);
        }
        found = !lm_sqltok_op(&t, '(') && name != NULL &&
                (lm_same_name(name, a->table) ||
                 lm_sound_is_view(a, a->schema, name) ||
                 lm_sound_is_view(a, "temp", name));
    }
    lm_arena_clear(&arena);
    return found;
}

static bool has_list(lm_alter_run *a, const char *text)
{
    lm_createview view = {0};
    bool has;

    if (lm_createview_parse(text, strlen(text), &view, a->db->err) != LM_OK)
        lm_err_clear(a->db->err);
    has = view.columns.count > 0;
    lm_createview_clear(&view);
    return has;
}

/* Where only the outermost SELECT of a view counts, the names that it shows
 * tell more: each place up to the last is called as before. */
static bool shows_same(const lm_alter_run *a, const lm_sound *old,
                       const lm_sound *new, size_t places)
{
    size_t i, at;
    const char *first;

    if (old->columns.count < places || new->columns.count < places)
        return false;
    for (i = 0; i < places; i++) {
        at = lm_def_find(a, new->columns.list[i]);
        first = at < a->draft.col_count ? a->draft.cols[at].first
                                        : new->columns.list[i];
        if (first == NULL || !lm_same_name(first, old->columns.list[i]))
            return false;
    }
    return true;
}

/* Does it count all columns of the table? */
static bool counts_all(lm_alter_run *a, const lm_sound *s,
                       const lm_sqlcount *c)
{
    bool code = s->event != 0;

    if (code && inserts(a, s->text))
        return true;
    return lm_sound_here(s) &&
           (c->row || (c->star && (code || c->named || c->joined ||
                                   has_list(a, s->text))));
}

int lm_places_counted(lm_alter_run *a, const lm_sound *old,
                      const lm_sound *new, const char **why)
{
    lm_sqlcount c;
    int rc;

    *why = NULL;
    if (!a->places_changed || new->event == 'F')
        return LM_OK;
    rc = lm_sqlcount_read(new->text, &c, a->db->err);
    if (rc != LM_OK)
        return rc;
    if (a->places_moved && counts_all(a, new, &c))
        *why = "it counts the columns of the table, and they change places";
    else if (c.place > a->places && lm_sound_here(new) &&
             (new->event != 0 || !c.outer ||
              !shows_same(a, old, new, c.place))) {
        *why = lm_alter_text(a, "its ORDER BY or GROUP BY counts columns, "
                             "and place %zu may be another one", c.place);
        rc = *why == NULL ? LM_ENOMEM : LM_OK;
    }
    return rc;
}
