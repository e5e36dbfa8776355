/* SPDX-License-Identifier: MIT */
/*
 * sqlapart.h - where two pieces of SQL part, and short pieces of each to show.
 *
 *   lm_sqlapart        the first place from which on they do not say the
 *                      same, token by token (lm_sqltext_same); false: none
 *   lm_sqlapart_show   a piece as it is written, each run of blanks and
 *                      comments as one blank; one that has more than so
 *                      many bytes without them ends in "…"
 *   lm_sqlapart_here   the same from just before such a place, with "…" for
 *                      what is before it
 *
 * A place at the end of a text: the other one goes on.
 */
#ifndef LM_LEX_SQLAPART_H
#define LM_LEX_SQLAPART_H

#include <stdbool.h>
#include <stddef.h>

#include "../base/buf.h"

typedef struct lm_apart {
    size_t from;        /* three tokens before, or fewer; inside a long one */
    size_t at;
} lm_apart;

bool lm_sqlapart(const char *a, const char *b, lm_apart *in_a,
                 lm_apart *in_b);
void lm_sqlapart_show(lm_buf *out, const char *text, size_t len,
                      size_t most);
void lm_sqlapart_here(lm_buf *out, const char *text, const lm_apart *place);

#endif
