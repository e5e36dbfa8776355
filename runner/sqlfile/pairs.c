/* SPDX-License-Identifier: MIT */
#include "pairs.h"

#include <stdlib.h>
#include <string.h>

#include "../base/list.h"
#include "../base/text.h"
#include "dialect.h"
#include "loose.h"
#include "mark.h"

/* One file of a pair: an entry of the folder and what its name says. */
typedef struct half {
    const char *name;
    size_t entry, title;    /* bytes before .up. or .down. */
    lm_name_way way;
} half;

typedef struct halves {
    half *list;
    size_t count;
} halves;

static bool is_numbered(const half *h)
{
    size_t n = lm_claim_digits(h->name);

    return n > 0 && n < h->title && h->name[n] == '_';
}

static bool is_title(const half *a, const half *b)
{
    return a->title == b->title && memcmp(a->name, b->name, a->title) == 0;
}

/* x_up.sql is no way up, and x_down.sql none down, but better left alone. */
static bool is_simple(const char *name)
{
    return lm_ends(name, ".sql") && !lm_ends(name, "_up.sql") &&
           !lm_ends(name, "_down.sql");
}

static void fill_halves(const lm_claim *c, halves *out)
{
    size_t i;
    half *h;

    out->count = 0;
    for (i = 0; i < c->dir->count; i++) {
        h = &out->list[out->count];
        h->name = c->dir->entries[i].name;
        h->entry = i;
        h->way = lm_way_split(h->name, false, &h->title);
        if (h->way != LM_NO_WAY && !lm_name_is_litter(c, i))
            out->count++;
    }
}

static int by_number(const void *a, const void *b)
{
    const half *x = a, *y = b;
    int c = lm_claim_cmp_number(x->name, y->name);

    return c != 0 ? c : (int)x->way - (int)y->way;
}

static int by_title(const void *a, const void *b)
{
    const half *x = a, *y = b;
    size_t n = x->title < y->title ? x->title : y->title;
    int c = memcmp(x->name, y->name, n);

    if (c == 0 && x->title != y->title)
        return x->title < y->title ? -1 : 1;
    return c != 0 ? c : (int)x->way - (int)y->way;
}

static bool has_way_up(const halves *h)
{
    size_t i;

    for (i = 0; i < h->count; i++)
        if (h->list[i].way == LM_WAY_UP)
            return true;
    return false;
}

/* All files with a direction in their names: none, where there is no way
 * up. */
static int list_halves(lm_claim *c, halves *out)
{
    out->list = calloc(c->dir->count + 1, sizeof *out->list);
    if (out->list == NULL)
        return lm_err_nomem(c->err);
    fill_halves(c, out);
    if (!has_way_up(out))
        out->count = 0;
    return LM_OK;
}

static bool is_sqlx_name(const char *name)
{
    size_t n = lm_claim_digits(name);

    return n > 0 && name[n] == '_' && is_simple(name);
}

/* Is there a simple file of a number that no pair has? `h` is in the order of
 * numbers. */
static bool has_simple(const lm_claim *c, const halves *h)
{
    const char *name;
    size_t i, k, title;

    for (i = 0; i < c->dir->count; i++) {
        name = c->dir->entries[i].name;
        if (lm_name_is_litter(c, i) || !is_sqlx_name(name) ||
            lm_way_split(name, false, &title) != LM_NO_WAY)
            continue;
        for (k = 0; k < h->count; k++)
            if (lm_claim_cmp_number(h->list[k].name, name) == 0)
                break;
        if (k == h->count)
            return true;
    }
    return false;
}

static bool opts_out(const lm_claim *c)
{
    lm_sqltok t;
    size_t i;

    for (i = 0; i < c->dir->count; i++) {
        if (c->texts[i].text == NULL)
            continue;
        lm_sqltok_start(&t, c->texts[i].text, c->texts[i].len);
        lm_sqltok_next(&t);
        if (lm_mark_opts_out(&t))
            return true;
    }
    return false;
}

/* Every direction followed by .sql and no more. */
static bool has_plain_suffixes(const halves *h)
{
    size_t i;

    for (i = 0; i < h->count; i++)
        if (!lm_ends(h->list[i].name, ".up.sql") &&
            !lm_ends(h->list[i].name, ".down.sql"))
            return false;
    return true;
}

/* One number, one title? Then they may be paired by it. */
static bool has_numbers(const halves *h)
{
    const half *last = NULL, *one;
    size_t i;

    for (i = 0; i < h->count; i++) {
        one = &h->list[i];
        if (one->way != LM_WAY_UP)
            continue;
        if (!is_numbered(one))
            return false;
        if (last != NULL && !is_title(last, one) &&
            lm_claim_cmp_number(last->name, one->name) == 0)
            return false;
        last = one;
    }
    return last != NULL;
}

const char *lm_pairs_find(lm_claim *c)
{
    const char *found;
    halves h;

    if (list_halves(c, &h) != LM_OK)
        return NULL;
    lm_list_sort(h.list, h.count, sizeof *h.list, by_number);
    if (h.count == 0)
        found = lm_loose_find(c);
    else if (!has_numbers(&h))
        found = "pairs";
    else if (has_plain_suffixes(&h) && (opts_out(c) || has_simple(c, &h)))
        found = "sqlx";
    else
        found = "golang-migrate";
    free(h.list);
    return found;
}

/* ---- claiming ---- */

static int refuse_twins(lm_claim *c, const half *a, const half *b)
{
    bool numbers = strcmp(c->dialect->name, "pairs") != 0;

    lm_claim_refuse(c, b->name, "%s and %s are the same way of one "
                    "migration%s%s", a->name, b->name, numbers ? " to " : "",
                    numbers ? c->dialect->name : "");
    lm_err_hint(c->err, "files are paired by %s: give one of them another",
                numbers ? "their numbers" : "what stands before the way");
    return c->err->code;
}

/* Halves of one migration stand side by side, up before down. */
static int add_pair(lm_claim *c, const half *h, size_t n)
{
    const half *up = NULL, *down = NULL;
    lm_source *s;
    size_t i;

    for (i = 0; i < n; i++) {
        c->claimed[h[i].entry] = true;
        if (h[i].way == LM_WAY_UP && up != NULL)
            return refuse_twins(c, up, &h[i]);
        if (h[i].way == LM_WAY_DOWN && down != NULL)
            return refuse_twins(c, down, &h[i]);
        if (h[i].way == LM_WAY_UP)
            up = &h[i];
        else
            down = &h[i];
    }
    if (up == NULL) {
        lm_claim_leave(c, down->name);
        return LM_OK;
    }
    if (lm_claim_read(c, up->entry) != LM_OK)
        return c->err->code;
    s = lm_claim_add(c, up->entry, up->name, up->title);
    if (s == NULL)
        return LM_ENOMEM;
    return down == NULL ? LM_OK : lm_claim_down(c, s, down->name);
}

static int add_all(lm_claim *c, halves *h,
                   int (*cmp)(const void *, const void *),
                   bool (*same)(const half *, const half *))
{
    size_t i, n;
    int rc = LM_OK;

    lm_list_sort(h->list, h->count, sizeof *h->list, cmp);
    for (i = 0; i < h->count && rc == LM_OK; i += n) {
        for (n = 1; i + n < h->count; n++)
            if (!same(&h->list[i], &h->list[i + n]))
                break;
        rc = add_pair(c, &h->list[i], n);
    }
    return rc;
}

static bool same_number(const half *a, const half *b)
{
    return lm_claim_cmp_number(a->name, b->name) == 0;
}

/* Files for other databases, and what has no way in its name. */
static int leave_others(lm_claim *c, halves *h)
{
    size_t i, n = 0;

    for (i = 0; i < h->count; i++) {
        if (!lm_name_for_others(h->list[i].name, h->list[i].title)) {
            h->list[n++] = h->list[i];
            continue;
        }
        c->claimed[h->list[i].entry] = true;
        lm_claim_leave(c, h->list[i].name);
    }
    h->count = n;
    return lm_claim_say_left(c, "made for other databases");
}

int lm_pairs_claim(lm_claim *c)
{
    halves h;
    int rc = list_halves(c, &h);

    if (rc == LM_OK && h.count == 0) {
        free(h.list);
        return lm_loose_claim(c);
    }
    if (rc == LM_OK)
        rc = leave_others(c, &h);
    if (rc == LM_OK)
        rc = add_all(c, &h, by_title, is_title);
    free(h.list);
    if (rc == LM_OK)
        rc = lm_claim_say_left(c, "ways down without their ways up");
    if (rc != LM_OK)
        return rc;
    lm_claim_leave_rest(c);
    return lm_claim_say_left(c, "neither .up.sql nor .down.sql");
}

/* By number alone, so that titles may differ between up and down. */
static int claim_numbered(lm_claim *c)
{
    halves h;
    size_t i, n = 0;
    int rc = list_halves(c, &h);

    for (i = 0; rc == LM_OK && i < h.count; i++)
        if (is_numbered(&h.list[i]))
            h.list[n++] = h.list[i];
    if (rc == LM_OK) {
        h.count = n;
        rc = add_all(c, &h, by_number, same_number);
    }
    free(h.list);
    return rc;
}

static int by_version(const void *a, const void *b)
{
    return lm_claim_cmp_number(lm_claim_at(a)->file, lm_claim_at(b)->file);
}

int lm_golang_claim(lm_claim *c)
{
    int rc = claim_numbered(c);

    if (rc == LM_OK)
        lm_claim_leave_rest(c);
    return rc == LM_OK ? lm_claim_rank(c, lm_claim_by_number) : rc;
}

/* What sqlx stops at: something other than a number before the first _. */
static int refuse_number(lm_claim *c, const char *name)
{
    lm_claim_refuse(c, name, "%s has no number before its first _, and sqlx "
                    "stops at such a file", name);
    lm_err_hint(c->err, "number it, or move it out of the folder");
    return c->err->code;
}

static int claim_simple(lm_claim *c, size_t i)
{
    const char *name = c->dir->entries[i].name;
    size_t n = lm_claim_digits(name);
    int rc = LM_OK;

    if (strchr(name, '_') == NULL || !is_simple(name)) {
        lm_claim_leave(c, name);
        return LM_OK;
    }
    if (n == 0 || name[n] != '_')
        return refuse_number(c, name);
    rc = lm_claim_read(c, i);
    if (rc == LM_OK && lm_claim_add(c, i, name, strlen(name) - 4) == NULL)
        rc = LM_ENOMEM;
    return rc;
}

int lm_sqlx_claim(lm_claim *c)
{
    size_t i;
    int rc = claim_numbered(c);

    for (i = 0; i < c->dir->count && rc == LM_OK; i++)
        if (lm_claim_entry(c, i, ".sql"))
            rc = claim_simple(c, i);
    if (rc == LM_OK)
        rc = lm_claim_unique(c, by_version);
    return rc == LM_OK ? lm_claim_rank(c, lm_claim_by_number) : rc;
}
