/* SPDX-License-Identifier: MIT */
/*
 * expand.h - SQL with its variables put in, and the way back from a place in
 * the result to the file.
 *
 *   lm_expanded_copy    some bytes as they stand in the file
 *   lm_expanded_put     a value in the place of what stands at `from`
 *   lm_expanded_place   where in the file a byte of the result came from
 *   lm_expanded_clear   free it; may be called twice
 *
 * Ownership: an expansion is borrowed, the result is the caller's.
 */
#ifndef LM_SQLFILE_EXPAND_H
#define LM_SQLFILE_EXPAND_H

#include "../base/buf.h"
#include "../base/err.h"
#include "claim.h"
#include "parts.h"

/* What is expanded: bytes start..end of a file. */
typedef struct lm_expansion {
    const lm_sql_context *context;
    const lm_source *source;
    const char *text;       /* of the whole file */
    size_t start, end;
    const lm_parts *parts;
} lm_expansion;

/* From the byte `at` of the result on it is what stands at `from` in the
 * file: byte for byte, or a value in its place. */
typedef struct lm_shift {
    size_t at, from;
    bool value;
} lm_shift;

typedef struct lm_expanded {
    lm_buf text;
    lm_shift *list;
    size_t count, size;
} lm_expanded;

int lm_expanded_copy(lm_expanded *out, const lm_expansion *e, size_t from,
                     size_t n, lm_err *err);
int lm_expanded_put(lm_expanded *out, size_t from, const char *value,
                    size_t n, lm_err *err);
size_t lm_expanded_place(const lm_expanded *e, size_t at);
void lm_expanded_clear(lm_expanded *e);

#endif
