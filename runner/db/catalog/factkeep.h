/* SPDX-License-Identifier: MIT */
/*
 * factkeep.h - how the files behind facts.h put a fact together.
 *
 *   lm_fact_keep    the three buffers become one fact, and empty
 *   lm_fact_show    a piece of SQL as it is written, each run of blanks and
 *                   comments as one blank; "none" for an empty one
 *   lm_fact_text    a fact of its own: a piece that may have many lines
 *   lm_fact_names   (a, b)
 *   lm_fact_end     free the buffers; LM_OK or out of memory
 *
 * Ownership: the buffers are the maker's, lm_fact_end frees them.
 */
#ifndef LM_DB_CATALOG_FACTKEEP_H
#define LM_DB_CATALOG_FACTKEEP_H

#include "../facts.h"
#include "canon.h"

typedef struct lm_fact_maker {
    lm_db *db;
    lm_facts *out;
    lm_buf key, canon, shown;
    bool failed;
    int rc;
} lm_fact_maker;

void lm_fact_keep(lm_fact_maker *m, const char *column, const char *what);
void lm_fact_show(lm_fact_maker *m, const char *text, lm_span span);
void lm_fact_text(lm_fact_maker *m, const char *text, lm_span span,
                  const char *what);
void lm_fact_names(lm_buf *b, const lm_strings *names);
int lm_fact_end(lm_fact_maker *m);

#endif
