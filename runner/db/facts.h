/* SPDX-License-Identifier: MIT */
/*
 * facts.h - what a definition says, one thing at a time, so that two of them
 * can be compared in words.
 *
 *   lm_facts_table     an ordinary table of main
 *   lm_facts_index     an index with a text of its own
 *   lm_facts_view, _virtual, _trigger   by their texts
 *   lm_facts_clear     free them; may be called twice
 *
 * Two definitions with the same facts, in any order but that of the columns,
 * are the same to the fingerprint of a schema (catalog.h), but for the case
 * of names. What does not parse is LM_EFAILED, with the cause in lm_db_err.
 *
 * Ownership: the facts own their strings, after a failure too.
 */
#ifndef LM_DB_FACTS_H
#define LM_DB_FACTS_H

#include "../base/arena.h"
#include "db.h"

#define LM_FACT_COLUMN "column "

typedef struct lm_fact {
    const char *column;     /* whose property it is, or NULL */
    const char *what;       /* "type ", LM_FACT_COLUMN, ... or "" */
    const char *key;        /* what is the same in two versions of it */
    const char *canon;      /* the same in two equal ones */
    const char *shown;      /* as it is written */
    int line;               /* where `shown` begins in its definition, whose
                               line ends it has; 0: it is one line */
    bool met;               /* the comparison has dealt with it */
} lm_fact;

typedef struct lm_facts {
    lm_fact *list;
    size_t count, size;
    lm_arena strings;
} lm_facts;

int lm_facts_table(lm_db *db, const char *name, lm_facts *out);
int lm_facts_index(lm_db *db, const char *table, const char *name,
                   lm_facts *out);
int lm_facts_view(lm_db *db, const char *sql, lm_facts *out);
int lm_facts_virtual(lm_db *db, const char *sql, lm_facts *out);
int lm_facts_trigger(lm_db *db, const char *sql, lm_facts *out);
void lm_facts_clear(lm_facts *facts);

#endif
