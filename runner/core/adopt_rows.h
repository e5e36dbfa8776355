/* SPDX-License-Identifier: MIT */
/*
 * adopt_rows.h - another tool's ledger as rows of one form. It is only ever
 * read.
 *
 *   lm_aliens_read    every row, in the tool's own order; LM_EHISTORY where
 *                     one of them forbids to take anything over, or cannot
 *                     be understood
 *   lm_aliens_clear   free it; may be called twice
 *
 * Ownership: rows own their strings.
 */
#ifndef LM_CORE_ADOPT_ROWS_H
#define LM_CORE_ADOPT_ROWS_H

#include "adopt_tool.h"

typedef struct lm_alien {
    const char *key;        /* what names the migration */
    const char *name;       /* a second name that must fit too, or NULL */
    const char *kind;       /* the tool's kind of row, or NULL */
    const char *at;         /* as our own times are; NULL: not known */
    const char *sum;        /* the tool's checksum, or NULL */
    const char *file;       /* its file by the ledger, or NULL */
    double ms;
    bool applied;
} lm_alien;

typedef struct lm_aliens {
    lm_alien *list;
    size_t count, size;
    lm_arena strings;
    const lm_tool *tool;
    const char *table;      /* borrowed */
} lm_aliens;

int lm_aliens_read(lm_db *db, const lm_tool *tool, const char *table,
                   lm_aliens *out);
void lm_aliens_clear(lm_aliens *aliens);

#endif
