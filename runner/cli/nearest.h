/* SPDX-License-Identifier: MIT */
/*
 * nearest.h - the name that was probably meant.
 *
 *   lm_nearest_begin   look for a name near `wanted`
 *   lm_nearest_try     consider one; it is borrowed as long as the search
 *   lm_nearest_end     the nearest, NULL when none is near enough
 */
#ifndef LM_CLI_NEAREST_H
#define LM_CLI_NEAREST_H

#include <stddef.h>

typedef struct lm_nearest {
    const char *wanted;
    size_t len;      /* of wanted */
    size_t distance; /* of best, or the largest that is allowed + 1 */
    const char *best;
} lm_nearest;

void lm_nearest_begin(lm_nearest *n, const char *wanted, size_t len);
void lm_nearest_try(lm_nearest *n, const char *name);
const char *lm_nearest_end(const lm_nearest *n);

#endif
