/* SPDX-License-Identifier: MIT */
/*
 * sql_engine.h - migrations that are SQL files, of whatever tool.
 *
 *   lm_sql_engine         claims *.sql, and what else the folder's tool takes
 *                         for its migrations
 *   lm_sql_context_new    its context; options are copied. NULL: no memory
 *   lm_sql_context_free   accepts NULL
 *   lm_sql_check_dialect  is there a dialect of this name? LM_EUSAGE, with
 *                         all there are, when not
 *
 * Which tool a folder belongs to is found out by find.h, or said; what its
 * files look like stands in the table of dialect.h.
 */
#ifndef LM_SQLFILE_SQL_ENGINE_H
#define LM_SQLFILE_SQL_ENGINE_H

#include "../engine/engine.h"

extern const lm_engine lm_sql_engine;

typedef struct lm_sql_options {
    const char *dialect;    /* NULL or "auto": found out for each folder */
    const char *table;      /* the ledger's name */
    void *env_user;
    const char *(*getenv)(void *env_user, const char *name);
} lm_sql_options;

void *lm_sql_context_new(const lm_sql_options *options);
void lm_sql_context_free(void *context);
int lm_sql_check_dialect(const char *name, lm_err *err);

#endif
