/* SPDX-License-Identifier: MIT */
/*
 * adopt_match.h - which of the folder's migrations the rows of another
 * tool's ledger name.
 *
 *   lm_claims_make     one claim for each migration of the folder, in its
 *                      order, then those whose file is gone; LM_EHISTORY
 *                      where a row cannot be mapped with certainty
 *   lm_claims_ask      LM_EHISTORY where the rows can be read in two ways and
 *                      a person has to say which
 *   lm_claims_count    how many are applied
 *   lm_claims_same     do both call the same migrations applied?
 *   lm_claims_clear    free them; may be called twice
 *
 * and what the dialects of a ledger share:
 *
 *   lm_claims_take     the row applies to this migration
 *   lm_claims_lost     the row names a migration that has no file
 *   lm_number_of       the digits that a name begins with; NULL: none
 *   lm_number_cmp      two numbers in decimal, zeros in front aside
 *
 * Ownership: claims borrow from the folder and from the rows, but for their
 * own strings.
 */
#ifndef LM_CORE_ADOPT_MATCH_H
#define LM_CORE_ADOPT_MATCH_H

#include "adopt_rows.h"
#include "folder.h"

typedef struct lm_claim {
    const lm_source *source;    /* NULL: the file is gone */
    const char *id;
    const char *at;             /* NULL: not known */
    double ms;
    bool applied;
    bool edited;                /* the tool saw another text */
    size_t after;               /* gone: it stands behind so many of the
                                   folder's migrations */
} lm_claim;

typedef struct lm_claims {
    const lm_folder *folder;
    const lm_aliens *rows;
    lm_err *err;
    lm_claim *list;
    size_t count, size;
    size_t last;                /* where the row before this one stood */
    bool any;                   /* a row has found its file */
    lm_arena strings;
} lm_claims;

/* A number in decimal: its digits without zeros in front, of a longer text. */
typedef struct lm_number {
    const char *digits;
    size_t count;
} lm_number;

int lm_claims_make(const lm_folder *folder, const lm_aliens *rows,
                   lm_err *err, lm_claims *out);
int lm_claims_ask(const lm_claims *claims);
size_t lm_claims_count(const lm_claims *claims);
bool lm_claims_same(const lm_claims *a, const lm_claims *b);
void lm_claims_clear(lm_claims *claims);

void lm_claims_take(lm_claims *c, const lm_source *source,
                    const lm_alien *row);
int lm_claims_lost(lm_claims *c, const lm_alien *row, const char *file);
bool lm_number_of(const char *text, lm_number *out);
int lm_number_cmp(lm_number a, lm_number b);

/* Flyway's rows (adopt_flyway.c). */
int lm_claims_flyway(lm_claims *c);

#endif
