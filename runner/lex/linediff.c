/* SPDX-License-Identifier: MIT */
/*
 * The shortest edit script by Myers' greedy algorithm (Algorithmica 1, 1986):
 * for each number of edits d the furthest point on each diagonal k is kept,
 * so that the way back can be read off. Memory goes with the square of d;
 * beyond a limit the middle is taken as a whole.
 */
#include "linediff.h"

#include <stdlib.h>
#include <string.h>

enum {
    LM_MOST_EDITS = 400,
    LM_CONTEXT = 2
};

typedef struct line {
    const char *at;
    size_t len;
} line;

typedef struct lines {
    line *list;
    size_t count;
} lines;

typedef struct diff {
    lines a, b;
    size_t head, tail;      /* lines that are the same at both ends */
    unsigned char *only_a, *only_b; /* 1: not in the other */
} diff;

static bool split(const lm_difftext *text, lines *out)
{
    const char *at = text->text, *end = at + text->len, *stop;
    size_t n = 1;

    for (stop = at; stop < end; stop++)
        n += *stop == '\n';
    out->count = 0;
    out->list = calloc(n, sizeof *out->list);
    if (out->list == NULL)
        return false;
    while (at < end) {
        stop = memchr(at, '\n', (size_t)(end - at));
        if (stop == NULL)
            stop = end;
        out->list[out->count].at = at;
        out->list[out->count].len = (size_t)(stop - at);
        if (stop > at && stop[-1] == '\r')
            out->list[out->count].len--;
        out->count++;
        at = stop + 1;
    }
    return true;
}

static bool same(const diff *d, size_t i, size_t j)
{
    const line *x = &d->a.list[i], *y = &d->b.list[j];

    return x->len == y->len && memcmp(x->at, y->at, x->len) == 0;
}

static void trim(diff *d)
{
    size_t n = d->a.count < d->b.count ? d->a.count : d->b.count;

    while (d->head < n && same(d, d->head, d->head))
        d->head++;
    while (d->head + d->tail < n &&
           same(d, d->a.count - d->tail - 1, d->b.count - d->tail - 1))
        d->tail++;
}

/* The furthest points: for each d a row of 2d + 1, one after the other. */
static long *row_of(long *rows, long d)
{
    return rows + d * d + d;
}

static long step(const long *before, long k, long d)
{
    if (d == 0)
        return 0;
    if (k == -d || (k != d && before[k - 1] < before[k + 1]))
        return before[k + 1];
    return before[k - 1] + 1;
}

/* Fill the rows until both ends meet; -1: not within the limit. */
static long search(const diff *f, long *rows, long n, long m)
{
    long d, k, x, y;

    for (d = 0; d <= LM_MOST_EDITS; d++)
        for (k = -d; k <= d; k += 2) {
            x = step(d == 0 ? NULL : row_of(rows, d - 1), k, d);
            y = x - k;
            while (x < n && y < m && y >= 0 &&
                   same(f, f->head + (size_t)x, f->head + (size_t)y)) {
                x++;
                y++;
            }
            row_of(rows, d)[k] = x;
            if (x >= n && y >= m)
                return d;
        }
    return -1;
}

/* From the end back to the beginning: which lines were edits? */
static void trace(diff *f, const long *rows, long d, long n, long m)
{
    long x = n, y = m, k, before;

    for (; d > 0; d--) {
        const long *row = row_of((long *)rows, d - 1);

        k = x - y;
        if (k == -d || (k != d && row[k - 1] < row[k + 1])) {
            before = row[k + 1];
            y = before - (k + 1);
            x = before;
            f->only_b[f->head + (size_t)y] = 1;
        } else {
            x = row[k - 1];
            y = x - (k - 1);
            f->only_a[f->head + (size_t)x] = 1;
        }
    }
}

static bool compare(diff *f)
{
    size_t n = f->a.count - f->head - f->tail;
    size_t m = f->b.count - f->head - f->tail;
    size_t size = (LM_MOST_EDITS + 1) * (LM_MOST_EDITS + 1) + 1;
    long *rows = malloc(size * sizeof *rows), d;

    if (rows == NULL)
        return false;
    d = search(f, rows, (long)n, (long)m);
    if (d >= 0)
        trace(f, rows, d, (long)n, (long)m);
    else {
        memset(f->only_a + f->head, 1, n);
        memset(f->only_b + f->head, 1, m);
    }
    free(rows);
    return true;
}

/* ---- in words ---- */

typedef struct writer {
    const diff *f;
    lm_buf *out;
    size_t most, written, left_out;
    size_t i, j;            /* where we are in both */
    size_t shown;           /* lines of b that were shown, or skipped */
    bool open;              /* a group is */
} writer;

static void put(writer *w, char mark, const line *l)
{
    if (w->written == w->most) {
        w->left_out++;
        return;
    }
    w->written++;
    lm_buf_putc(w->out, mark);
    lm_buf_putc(w->out, ' ');
    lm_buf_add(w->out, l->at, l->len);
    lm_buf_putc(w->out, '\n');
}

/* The lines in common right before a change. */
static void open_group(writer *w)
{
    size_t from = w->j < LM_CONTEXT ? 0 : w->j - LM_CONTEXT;

    if (w->open && from <= w->shown)
        from = w->shown;
    else if (w->written < w->most)
        lm_buf_printf(w->out, "@@ %zu\n", from + 1);
    for (; from < w->j; from++)
        put(w, ' ', &w->f->b.list[from]);
    w->open = true;
}

static bool at_change(const writer *w)
{
    return (w->i < w->f->a.count && w->f->only_a[w->i]) ||
           (w->j < w->f->b.count && w->f->only_b[w->j]);
}

static void put_change(writer *w)
{
    open_group(w);
    while (w->i < w->f->a.count && w->f->only_a[w->i])
        put(w, '-', &w->f->a.list[w->i++]);
    while (w->j < w->f->b.count && w->f->only_b[w->j])
        put(w, '+', &w->f->b.list[w->j++]);
    w->shown = w->j;
}

/* Lines in common behind a change, as far as they belong to it. */
static void put_behind(writer *w)
{
    size_t n;

    for (n = 0; n < LM_CONTEXT && !at_change(w) && w->j < w->f->b.count;
         n++) {
        put(w, ' ', &w->f->b.list[w->j]);
        w->i++;
        w->j++;
        w->shown = w->j;
    }
}

static void write_all(writer *w)
{
    while (w->i < w->f->a.count || w->j < w->f->b.count) {
        if (at_change(w)) {
            put_change(w);
            put_behind(w);
        } else {
            w->i++;
            w->j++;
        }
    }
    if (w->left_out > 0)
        lm_buf_printf(w->out, "@@ and %zu more line%s\n", w->left_out,
                      w->left_out == 1 ? "" : "s");
}

bool lm_linediff(const lm_difftext *a, const lm_difftext *b, size_t most,
                 lm_buf *out)
{
    diff f = {0};
    writer w = {.f = &f, .out = out, .most = most};
    bool ok = split(a, &f.a) && split(b, &f.b);

    if (ok) {
        f.only_a = calloc(f.a.count + 1, 1);
        f.only_b = calloc(f.b.count + 1, 1);
        ok = f.only_a != NULL && f.only_b != NULL;
    }
    if (ok) {
        trim(&f);
        ok = compare(&f);
    }
    if (ok)
        write_all(&w);
    free(f.only_a);
    free(f.only_b);
    free(f.a.list);
    free(f.b.list);
    return ok && !lm_buf_failed(out);
}
