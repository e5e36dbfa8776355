/* SPDX-License-Identifier: MIT */
/*
 * parts.h - a file cut at the marks of its dialect: which stretches of SQL are
 * the way up and which the way down.
 *
 *   lm_parts_begin    a part begins here (the last one should be ended)
 *   lm_parts_end      the part that is open ends here
 *   lm_parts_cut      one part ends and another of the same way begins, so
 *                     that no statement reaches from one into the other
 *   lm_parts_live     a stretch in which variables are put in
 *   lm_parts_clear    free them; may be called twice
 *   lm_parts_refuse   an error at a place of the text
 *
 * Ownership: parts hold offsets alone; their lists belong to the caller.
 */
#ifndef LM_SQLFILE_PARTS_H
#define LM_SQLFILE_PARTS_H

#include <stdbool.h>
#include <stddef.h>

#include "../base/err.h"

typedef struct lm_part {
    size_t start, size;     /* of the SQL between two marks */
    bool up;
} lm_part;

typedef struct lm_stretch {
    size_t start, end;
} lm_stretch;

typedef struct lm_parts {
    lm_part *list;
    size_t count, size;
    lm_stretch *live;       /* where variables are put in */
    size_t live_count, live_size;
    bool open;              /* the last part is not ended yet */
    bool no_txn, down_no_txn;   /* the file opts out */
    bool has_down;
} lm_parts;

int lm_parts_begin(lm_parts *parts, size_t at, bool up, lm_err *err);
void lm_parts_end(lm_parts *parts, size_t at);
int lm_parts_cut(lm_parts *parts, size_t end, size_t next, lm_err *err);
int lm_parts_live(lm_parts *parts, size_t start, size_t end, lm_err *err);
void lm_parts_clear(lm_parts *parts);
int lm_parts_refuse(const char *text, size_t at, lm_err *err,
                    const char *format, ...)
    __attribute__((format(printf, 4, 5)));

#endif
