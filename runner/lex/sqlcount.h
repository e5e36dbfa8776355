/* SPDX-License-Identifier: MIT */
/*
 * sqlcount.h - where the text of a view or trigger counts columns instead of
 * naming them.
 *
 *   lm_sqlcount_read  look at all of a text
 *
 * It does not know tables: a star is any star. Where the text alone cannot
 * tell, it counts. Nothing is owned; no memory: LM_ENOMEM.
 */
#ifndef LM_LEX_SQLCOUNT_H
#define LM_LEX_SQLCOUNT_H

#include <stdbool.h>
#include <stddef.h>

#include "../base/err.h"

typedef struct lm_sqlcount {
    bool star;          /* SELECT *, but for EXISTS (SELECT *) */
    bool row;           /* a star, or a table, as a row of values */
    bool named;         /* a common table expression names its columns */
    bool joined;        /* UNION and its like */
    bool outer;         /* `place` is counted by the outermost SELECT alone */
    size_t place;       /* the last one that ORDER BY or GROUP BY counts in a
                           SELECT with a star; 0: none */
} lm_sqlcount;

int lm_sqlcount_read(const char *text, lm_sqlcount *out, lm_err *err);

#endif
