/* SPDX-License-Identifier: MIT */
#include "pairs.h"

#include <stdlib.h>
#include <string.h>

#include "../base/list.h"
#include "../base/text.h"
#include "dialect.h"
#include "mark.h"

typedef enum way { NO_WAY, WAY_UP, WAY_DOWN } way;

/* One file of a pair: an entry of the folder and what its name says. */
typedef struct half {
    const char *name;
    size_t entry, title;    /* bytes before .up. or .down. */
    way way;
} half;

typedef struct halves {
    half *list;
    size_t count;
    bool loose;
} halves;

/* Which way begins here, behind a dot? */
static way way_at(const char *s, bool loose)
{
    static const char words[][8] = {"up.", "down.", "do.", "undo."};
    size_t i, n;

    for (i = 0; i < (loose ? 4 : 2); i++) {
        n = strlen(words[i]);
        if (strncmp(s, words[i], n) == 0 ||
            (loose && lm_same_name_n(s, n, words[i], n)))
            return i % 2 == 0 ? WAY_UP : WAY_DOWN;
    }
    return NO_WAY;
}

/* golang-migrate's pattern is greedy: the last .up. or .down. counts. Loosely
 * read, x-up.sql, x_DOWN.sql and x.undo.sql have a way, too. */
static way split_name(const char *name, bool loose, size_t *title)
{
    const char *at, *before = loose ? "._-" : ".";
    way found = NO_WAY, one;

    for (at = name; (at = strpbrk(at, before)) != NULL; at++) {
        one = way_at(at + 1, loose);
        if (one == NO_WAY)
            continue;
        found = one;
        *title = (size_t)(at - name);
    }
    return found;
}

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

/* Words one behind another, each with its NUL. */
static bool ends_with_any(const char *s, size_t n, const char *words)
{
    size_t m;

    for (; *words != '\0'; words += m + 1) {
        m = strlen(words);
        if (n > m && lm_same_name_n(s + n - m, m, words, m))
            return true;
    }
    return false;
}

/* x.mysql.up.sql stands beside x.sqlite.up.sql, and is not for us. */
static bool is_for_others(const char *name, size_t title)
{
    return ends_with_any(name, title, ".mysql\0.mariadb\0.postgres\0"
                         ".postgresql\0.pg\0.mssql\0.sqlserver\0"
                         ".cockroach\0.cockroachdb\0.oracle\0"
                         ".clickhouse\0");
}

/* What editors and people leave behind, and what no tool takes for SQL. */
static bool is_litter(const lm_claim *c, size_t i)
{
    const char *name = c->dir->entries[i].name;

    return c->claimed[i] || name[0] == '#' ||
           ends_with_any(name, strlen(name), "~\0.bak\0.orig\0.swp\0"
                         ".md\0.txt\0.json\0.yml\0") ||
           c->dir->entries[i].kind == LM_ENTRY_DIR;
}

/* With `all` a file without a way is a way up, too. */
static void fill_halves(const lm_claim *c, bool loose, bool all, halves *out)
{
    size_t i;
    half *h;

    out->count = 0;
    out->loose = loose;
    for (i = 0; i < c->dir->count; i++) {
        h = &out->list[out->count];
        h->name = c->dir->entries[i].name;
        h->entry = i;
        h->way = split_name(h->name, loose, &h->title);
        if (all && h->way == NO_WAY && lm_ends(h->name, ".sql")) {
            h->way = WAY_UP;
            h->title = strlen(h->name) - 4;
        }
        if (h->way != NO_WAY && !is_litter(c, i) &&
            !is_for_others(h->name, h->title))
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
        if (h->list[i].way == WAY_UP)
            return true;
    return false;
}

static bool has_pair(halves *h)
{
    size_t i;

    lm_list_sort(h->list, h->count, sizeof *h->list, by_title);
    for (i = 1; i < h->count; i++)
        if (is_title(&h->list[i - 1], &h->list[i]) &&
            h->list[i - 1].way != h->list[i].way)
            return true;
    return false;
}

/* All files with a direction in their names. It takes a pair to read names
 * loosely: 0007_scale_up.sql may be a migration like any other. And as no tool
 * says what the others are beside such a pair, none of them is left alone. */
static int list_halves(lm_claim *c, halves *out)
{
    out->list = calloc(c->dir->count + 1, sizeof *out->list);
    if (out->list == NULL)
        return lm_err_nomem(c->err);
    fill_halves(c, false, false, out);
    if (has_way_up(out))
        return LM_OK;
    fill_halves(c, true, false, out);
    if (has_pair(out))
        fill_halves(c, true, true, out);
    else
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
        if (is_litter(c, i) || !is_sqlx_name(name) ||
            split_name(name, false, &title) != NO_WAY)
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
        if (one->way != WAY_UP)
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
        found = NULL;
    else if (h.loose || !has_numbers(&h))
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
    lm_claim_refuse(c, b->name, "%s and %s are the same way of one "
                    "migration to %s", a->name, b->name, c->dialect->name);
    lm_err_hint(c->err, "it pairs files by their numbers: give one of them "
                "another");
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
        if (h[i].way == WAY_UP && up != NULL)
            return refuse_twins(c, up, &h[i]);
        if (h[i].way == WAY_DOWN && down != NULL)
            return refuse_twins(c, down, &h[i]);
        if (h[i].way == WAY_UP)
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

int lm_pairs_claim(lm_claim *c)
{
    halves h;
    int rc = list_halves(c, &h);

    if (rc == LM_OK)
        rc = add_all(c, &h, by_title, is_title);
    free(h.list);
    if (rc == LM_OK)
        lm_claim_leave_rest(c);
    return rc;
}

/* By number alone, so that titles may differ between up and down. */
static int claim_numbered(lm_claim *c)
{
    halves h;
    size_t i, n = 0;
    int rc = list_halves(c, &h);

    for (i = 0; rc == LM_OK && i < h.count; i++)
        if (!h.loose && is_numbered(&h.list[i]))
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
