/* SPDX-License-Identifier: MIT */
/*
 * What a view with a star shows. Of two columns of a name the first is meant
 * by who reads the view; a new column in front of another table's takes its
 * name away.
 */
#include <string.h>

#include "probe.h"

int lm_shown_note(lm_alter_run *a, lm_sound *s, sqlite3_stmt *stmt)
{
    int i, n = sqlite3_column_count(stmt), rc = LM_OK;

    s->columns.count = 0;
    for (i = 0; i < n && rc == LM_OK; i++)
        rc = lm_texts_add(a, &s->columns,
                          lm_alter_text(a, "%s", sqlite3_column_name(stmt,
                                                                     i)));
    return rc;
}

/* The second of a name is called "name:1". */
static bool is_called(const char *shown, const char *name)
{
    size_t n = strlen(name);

    return sqlite3_strnicmp(shown, name, (int)n) == 0 &&
           (shown[n] == '\0' || shown[n] == ':');
}

/* Does the column come or go with this call, besides that which is looked
 * at? */
static bool is_passing(const lm_alter_run *a, const char *shown, size_t but)
{
    size_t i;

    for (i = 0; i < a->draft.col_count; i++)
        if (i != but && a->draft.cols[i].first == NULL &&
            is_called(shown, a->draft.def.columns[i].name))
            return true;
    for (i = 0; i < a->gone.count; i++)
        if (is_called(shown, a->gone.list[i]))
            return true;
    return false;
}

/* *at: the first of the name; *place: the same among those that stay. */
static bool first_of(const lm_alter_run *a, const lm_texts *shown,
                     size_t column, size_t *at, size_t *place)
{
    const char *name = a->draft.def.columns[column].name;

    *place = 0;
    for (*at = 0; *at < shown->count; ++*at) {
        if (lm_same_name(shown->list[*at], name))
            return true;
        *place += !is_passing(a, shown->list[*at], column);
    }
    return false;
}

/* Is the next of those that stay the second of the name? */
static bool is_doubled(const lm_alter_run *a, const lm_texts *shown,
                       size_t column, size_t at)
{
    for (at++; at < shown->count; at++)
        if (!is_passing(a, shown->list[at], column))
            return is_called(shown->list[at],
                             a->draft.def.columns[column].name);
    return false;
}

/* Does it stand behind the column that it is behind in the table? */
static bool is_at_home(const lm_alter_run *a, const lm_texts *shown,
                       size_t column, size_t at)
{
    const lm_column *list = a->draft.def.columns;
    size_t before = column;

    while (before > 0 && is_passing(a, list[before - 1].name, column))
        before--;
    while (at > 0 && is_passing(a, shown->list[at - 1], column))
        at--;
    return before > 0 && at > 0 &&
           is_called(shown->list[at - 1], list[before - 1].name);
}

static size_t called(const lm_texts *shown, const char *name, size_t from)
{
    while (from < shown->count && !is_called(shown->list[from], name))
        from++;
    return from;
}

/* "name:1" is the same name here. */
static bool is_alike(const char *one, const char *other)
{
    size_t n = strcspn(one, ":");

    return n == strcspn(other, ":") &&
           sqlite3_strnicmp(one, other, (int)n) == 0;
}

/* Is it what is left without the column at this place? */
static bool is_without(const lm_texts *old, const lm_texts *new, size_t at)
{
    size_t i;

    for (i = 0; i < new->count && i + 1 < old->count; i++)
        if (!is_alike(new->list[i], old->list[i + (i >= at)]))
            return false;
    return new->count + 1 == old->count;
}

bool lm_shown_left(const lm_sound *old, const lm_sound *new, const char *name)
{
    size_t first = called(&old->columns, name, 0);
    size_t second = called(&old->columns, name, first + 1);

    return old->columns.count != new->columns.count &&
           second < old->columns.count &&
           called(&new->columns, name, 0) < new->columns.count &&
           (is_without(&old->columns, &new->columns, first) ||
            !is_without(&old->columns, &new->columns, second));
}

bool lm_shown_taken(const lm_alter_run *a, const lm_sound *old,
                    const lm_sound *new, size_t column)
{
    const lm_texts *now = &new->columns;
    size_t at, was, place, unused;

    if (!first_of(a, &old->columns, column, &unused, &was) ||
        !first_of(a, now, column, &at, &place))
        return false;
    if (place != was)
        return place < was;
    /* Side by side */
    return is_doubled(a, now, column, at) && is_at_home(a, now, column, at);
}
