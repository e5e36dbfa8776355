/* SPDX-License-Identifier: MIT */
/*
 * schema.h - what is in the database: the questions behind the guards.
 *
 * Names are compared as SQLite does (ASCII case aside) and may be anything,
 * NUL bytes included (such a name is never there). `schema` is "main",
 * "temp" or NULL: then temp is looked at first, as SQLite does. What is
 * absent, an unknown schema too, answers false. The script's own uncommitted
 * changes are seen.
 *
 *   lm_schema_table        a table or virtual table; not a view
 *   lm_schema_view
 *   lm_schema_column       of a table or a view, hidden and generated ones
 *                          too; not rowid
 *   lm_schema_index        by its name
 *   lm_schema_index_on     an index over exactly these columns, in this order
 *   lm_schema_trigger
 *   lm_schema_foreign_key  from exactly these columns to `parent`
 *   lm_schema_row          a row in which every column has this value (NULL
 *                          is NULL); false without the table or a column
 *
 * All return LM_OK or a code, with the cause in lm_db_err.
 */
#ifndef LM_DB_SCHEMA_H
#define LM_DB_SCHEMA_H

#include "db.h"

/* A name as it comes from a script: any bytes. */
typedef struct lm_name {
    const char *text;   /* NUL-terminated behind its size bytes */
    size_t size;
} lm_name;

int lm_schema_table(lm_db *db, const char *schema, lm_name table, bool *out);
int lm_schema_view(lm_db *db, const char *schema, lm_name view, bool *out);
int lm_schema_column(lm_db *db, const char *schema, lm_name table,
                     lm_name column, bool *out);
int lm_schema_index(lm_db *db, const char *schema, lm_name index, bool *out);
int lm_schema_index_on(lm_db *db, const char *schema, lm_name table,
                       const lm_name *columns, size_t count, bool *out);
int lm_schema_trigger(lm_db *db, const char *schema, lm_name trigger,
                      bool *out);
int lm_schema_foreign_key(lm_db *db, const char *schema, lm_name table,
                          const lm_name *columns, size_t count,
                          lm_name parent, bool *out);
int lm_schema_row(lm_db *db, const char *schema, lm_name table,
                  const lm_name *columns, const lm_value *values,
                  size_t count, bool *out);

#endif
