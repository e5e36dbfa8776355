/* SPDX-License-Identifier: MIT */
#include "allowed.h"

#include <stdlib.h>
#include <string.h>

#include "../base/list.h"

/* The place of a link among those that were violated; their count when it is
 * not one of them. */
static size_t find_broken(const lm_track *t, uint64_t link)
{
    size_t i = 0;

    while (i < t->broken_count && t->broken[i].link != link)
        i++;
    return i;
}

static int add_broken(lm_db *db, uint64_t link)
{
    lm_track *t = &db->track;
    lm_broken *grown = lm_list_grow(t->broken, t->broken_count,
                                    &t->broken_size, sizeof *grown);

    if (grown == NULL)
        return lm_err_nomem(db->err);
    t->broken = grown;
    memset(&grown[t->broken_count], 0, sizeof *grown);
    grown[t->broken_count++].link = link;
    return LM_OK;
}

static int add_swap(lm_db *db, size_t broken, uint64_t value, int64_t count)
{
    lm_track *t = &db->track;
    lm_astray *grown = lm_list_grow(t->swaps, t->swap_count, &t->swap_size,
                                    sizeof *grown);

    if (grown == NULL)
        return lm_err_nomem(db->err);
    t->swaps = grown;
    grown += t->swap_count++;
    grown->broken = broken;
    grown->value = value;
    grown->count = count;
    return LM_OK;
}

int lm_allowed_add(lm_db *db, void *unused, const lm_violation *v)
{
    lm_track *t = &db->track;
    size_t at = find_broken(t, v->link);
    lm_astray *grown;

    (void)unused;
    if (at == t->broken_count && add_broken(db, v->link) != LM_OK)
        return LM_ENOMEM;
    grown = lm_list_grow(t->before, t->before_count, &t->before_size,
                         sizeof *grown);
    if (grown == NULL)
        return lm_err_nomem(db->err);
    t->before = grown;
    grown += t->before_count++;
    grown->broken = at;
    grown->value = v->value;
    grown->count = v->count;
    return LM_OK;
}

int lm_allowed_swap(lm_db *db, void *unused, const lm_violation *v)
{
    size_t at = find_broken(&db->track, v->link);

    (void)unused;
    if (at == db->track.broken_count && add_broken(db, v->link) != LM_OK)
        return LM_ENOMEM;
    return add_swap(db, at, v->value, v->count);
}

static int by_value(const void *a, const void *b)
{
    const lm_astray *x = a, *y = b;

    if (x->broken != y->broken)
        return x->broken < y->broken ? -1 : 1;
    if (x->value != y->value)
        return x->value < y->value ? -1 : 1;
    return 0;
}

static lm_astray *find_astray(const lm_allowed *from, size_t broken,
                              uint64_t value)
{
    lm_astray key = {0};

    key.broken = broken;
    key.value = value;
    return from->count == 0 ? NULL
        : bsearch(&key, from->list, from->count, sizeof key, by_value);
}

/* Two keys over the same columns count each for itself: the larger number
 * stands for both. */
static void merge(lm_allowed *into, bool sum)
{
    lm_astray *list = into->list, *last;
    size_t i, n = 0;

    if (into->count > 1)
        qsort(list, into->count, sizeof *list, by_value);
    for (i = 0; i < into->count; i++) {
        last = n > 0 ? &list[n - 1] : NULL;
        if (last == NULL || by_value(last, &list[i]) != 0)
            list[n++] = list[i];
        else if (sum)
            last->count += list[i].count;
        else if (list[i].count > last->count)
            last->count = list[i].count;
    }
    into->count = n;
}

static int mark_there(lm_db *db, void *user, uint64_t link)
{
    lm_track *t = &db->track;
    size_t i = find_broken(t, link);

    (void)user;
    if (i < t->broken_count)
        t->broken[i].there = true;
    return LM_OK;
}

int lm_allowed_read(lm_db *db, lm_allowed *out)
{
    lm_track *t = &db->track;
    size_t i, all = t->before_count + t->swap_count;

    if (all == 0)
        return LM_OK;
    out->list = calloc(all, sizeof *out->list);
    if (out->list == NULL)
        return lm_err_nomem(db->err);
    out->count = t->before_count;
    for (i = 0; i < t->before_count; i++)
        out->list[i] = t->before[i];
    merge(out, false);
    for (i = 0; i < t->swap_count; i++)
        out->list[out->count++] = t->swaps[i];
    merge(out, true);
    for (i = 0; i < t->broken_count; i++)
        t->broken[i].there = t->broken[i].counted = false;
    for (i = 0; i < out->count; i++)
        t->broken[out->list[i].broken].counted = true;
    return lm_links_each(db, mark_there, NULL);
}

/* Where the link was not violated before, it may be one that was renamed or
 * made anew: then those of links that are gone count, each once. */
int lm_allowed_take(lm_db *db, lm_allowed *from, const lm_violation *v,
                    int64_t *covered)
{
    lm_track *t = &db->track;
    size_t i, own = find_broken(t, v->link);
    bool known = own < t->broken_count && t->broken[own].counted;
    int64_t left = v->count, taken;
    lm_astray *found;
    int rc = LM_OK;

    for (i = 0; i < t->broken_count && left > 0 && rc == LM_OK; i++) {
        found = (known ? i != own : t->broken[i].there) ? NULL
            : find_astray(from, i, v->value);
        if (found == NULL)
            continue;
        taken = found->count < left ? found->count : left;
        left -= taken;
        if (!known || from->swap)
            found->count -= taken;
        if (from->swap && taken > 0)
            rc = add_swap(db, i, v->value, -taken);
    }
    *covered = v->count - left;
    return rc;
}
