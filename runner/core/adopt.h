/* SPDX-License-Identifier: MIT */
/*
 * adopt.h - taking over a database that another tool has managed.
 *
 *   lm_adopt           find the other tool's ledger, map its rows to the
 *                      folder's migrations and record those as applied, in
 *                      one transaction; or, where there is none, try what is
 *                      pending on a copy (trial.h)
 *   lm_adoption_clear  free what it found; may be called twice
 *
 * The other tool's table is read and never written to; with `rename`, where
 * it stands under our ledger's name, it becomes NAME_TOOL. What is recorded
 * already stays, so that a second time changes nothing.
 *
 * LM_EHISTORY, and nothing changed, when the ledger cannot be mapped with
 * certainty.
 *
 * Ownership: an adoption owns its strings.
 */
#ifndef LM_CORE_ADOPT_H
#define LM_CORE_ADOPT_H

#include "session.h"

typedef struct lm_adopt_options {
    const char *from;       /* the tool; NULL: found out */
    bool dry_run;           /* nothing is written */
    bool rename;            /* the old table makes room for ours */
    bool satisfied;         /* without a ledger: record what is there */
} lm_adopt_options;

typedef enum lm_adopt_status {
    LM_ADOPT_APPLIED = 1,   /* the other tool applied it: recorded now */
    LM_ADOPT_KNOWN,         /* was recorded before */
    LM_ADOPT_PENDING,       /* for up to apply */
    LM_ADOPT_SATISFIED,     /* without a ledger: all of it is there */
    LM_ADOPT_NEEDED,        /* it runs and changes something */
    LM_ADOPT_CONFLICT       /* it can neither run nor is it there */
} lm_adopt_status;

typedef struct lm_adopted {
    const char *id;
    const char *file;       /* NULL: it is gone */
    const char *at;         /* when it was applied; NULL: not known, or not
                               at all */
    const char *reason;     /* of a conflict; NULL */
    double ms;
    lm_adopt_status status;
} lm_adopted;

typedef struct lm_adoption {
    const char *tool;       /* its name; NULL: there is no such ledger */
    const char *shown;      /* the name as messages have it */
    const char *table;      /* its ledger */
    const char *renamed;    /* what that is called now; NULL: as before */
    size_t recorded;        /* so many rows were written (dry run: would be) */
    lm_adopted *list;
    size_t count, size;
    lm_arena strings;
} lm_adoption;

int lm_adopt(lm_session *s, const lm_adopt_options *options,
             lm_adoption *out);
void lm_adoption_clear(lm_adoption *adoption);

/* For those who fill it. A copy of a string; NULL stays NULL. */
int lm_adoption_keep(lm_adoption *a, const char *text, lm_err *err,
                     const char **out);
lm_adopted *lm_adoption_add(lm_adoption *a, const char *id, const char *file,
                            lm_err *err);

#endif
