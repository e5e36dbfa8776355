/* SPDX-License-Identifier: MIT */
/*
 * dependent.h - the search for what hangs on a table, between the files that
 * do it.
 *
 *   lm_inquiry            one search
 *   lm_dependent_add      one more answer, if it is one and not known yet
 *   lm_inquiry_column     the table's column of this name; NULL: none
 *   lm_inquiry_names      does a text name this?
 *   lm_inquire_code       the views and triggers (code.c)
 *   lm_inquire_fulltext   full-text tables with content= (fulltext.c)
 */
#ifndef LM_DB_CATALOG_DEPENDENT_H
#define LM_DB_CATALOG_DEPENDENT_H

#include "inner.h"

typedef struct lm_inquiry {
    lm_db *db;
    lm_catalog *cat;
    const lm_table_info *table;
    const char *column;     /* NULL: the table and all its columns */
    size_t since;           /* answers from here on are about the constraint
                               at hand, which may have no name */
} lm_inquiry;

int lm_dependent_add(lm_inquiry *q, lm_dependent d);
/* Does the text name it, in a word or in double quotes? */
bool lm_inquiry_names(const char *text, const char *name);
const char *lm_inquiry_column(const lm_inquiry *q, const char *name);
int lm_inquire_code(lm_inquiry *q);
int lm_inquire_fulltext(lm_inquiry *q);

#endif
