/* SPDX-License-Identifier: MIT */
/*
 * sqlway.h - one way of a migration, up or down, as it will run: stretches of
 * SQL in a row, with variables put in.
 *
 *   lm_sqlway_load    cut source's text for this way; LM_EUSAGE with the place
 *                     when a mark or a variable is wrong
 *   lm_sqlway_place   put the place of a byte of a chunk into err: line and
 *                     column in the file it came from, and which file it is
 *   lm_sqlway_clear   free it; may be called twice
 *
 * Ownership: borrows the source; what was expanded is its own.
 */
#ifndef LM_SQLFILE_SQLWAY_H
#define LM_SQLFILE_SQLWAY_H

#include "../engine/engine.h"
#include "claim.h"
#include "expand.h"

typedef struct lm_chunk {
    const char *text;       /* NUL or not at its end */
    size_t size;
    size_t start;           /* in its file */
    bool in_down_file;
    lm_expanded expanded;   /* what text points into; count 0: the file */
} lm_chunk;

typedef struct lm_sqlway {
    const lm_source *source;
    lm_way way;
    lm_txn_mode txn;
    bool wraps;             /* the tool runs it in a transaction */
    lm_chunk *list;
    size_t count, size;
} lm_sqlway;

int lm_sqlway_load(const lm_sql_context *context, const lm_source *source,
                   lm_way way, lm_err *err, lm_sqlway *out);
void lm_sqlway_place(const lm_sqlway *way, const lm_chunk *chunk,
                     size_t offset, lm_err *err);
void lm_sqlway_clear(lm_sqlway *way);

#endif
