/* SPDX-License-Identifier: MIT */
#include "nearest.h"

#include <string.h>

enum { LONGEST = 32 };

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/*
 * The number of letters to insert, delete, replace or swap with the next.
 * Three rows of the usual table are enough.
 */
static size_t distance(const char *a, size_t alen, const char *b, size_t blen)
{
    size_t rows[3][LONGEST + 1];
    size_t i, j;

    for (j = 0; j <= blen; j++)
        rows[0][j] = j;
    for (i = 1; i <= alen; i++) {
        size_t *row = rows[i % 3], *last = rows[(i + 2) % 3];

        row[0] = i;
        for (j = 1; j <= blen; j++) {
            row[j] = least(least(last[j], row[j - 1]) + 1,
                           last[j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = least(row[j], rows[(i + 1) % 3][j - 2] + 1);
        }
    }
    return rows[alen % 3][blen];
}

void lm_nearest_begin(lm_nearest *n, const char *wanted, size_t len)
{
    n->wanted = wanted;
    n->len = len;
    n->distance = 2 + len / 6;
    if (n->distance > len)
        n->distance = len;
    n->best = NULL;
}

void lm_nearest_try(lm_nearest *n, const char *name)
{
    size_t len = strlen(name), d;

    if (n->len > LONGEST || len > LONGEST)
        return;
    /* Half a word is as good as a slip of the finger. */
    if (n->len >= 3 && n->len < len && strncmp(n->wanted, name, n->len) == 0)
        d = 1;
    else
        d = distance(n->wanted, n->len, name, len);
    if (d < n->distance) {
        n->distance = d;
        n->best = name;
    }
}

const char *lm_nearest_end(const lm_nearest *n)
{
    return n->best;
}
