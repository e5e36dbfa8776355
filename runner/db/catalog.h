/* SPDX-License-Identifier: MIT */
/*
 * catalog.h - what is in the database, in full: the answers behind a
 * script's conn:tables, conn:columns and so on.
 *
 *   lm_catalog_tables        all tables, views, virtual and shadow tables
 *   lm_catalog_table         one of them with its columns, keys, checks, …
 *   lm_catalog_referenced_by foreign keys that point to a table
 *   lm_catalog_triggers      all triggers, or those of one table or view
 *   lm_catalog_views         all views, each compiled
 *   lm_catalog_sql           the text of an object as SQLite keeps it
 *   lm_catalog_dependents    what hangs on a table or a column of it
 *   lm_catalog_fingerprint   64 hex digits that are the same for schemas
 *                            that are, however they are written
 *   lm_catalog_forget        throw away what is known
 *
 * Where SQLite's pragmas tell a thing they are asked; what they do not tell
 * (the text of a default, checks, names of constraints, deferral) is read
 * from the stored text (lex/createtable.h). Names as in schema.h: compared
 * without ASCII case, any bytes; `schema` is "main", "temp" or NULL, which
 * looks at temp first; what is not there is no error.
 *
 * The lists leave out the runner's own tables and SQLite's (sqlite_…).
 *
 * What is found is kept until the schema changes, so that asking in a loop
 * costs little. Whoever changes the schema by a statement of the runner's
 * and rolls that back must call lm_catalog_forget: schema_version may then
 * be the same for two different schemas.
 *
 * Ownership: everything belongs to the connection and is valid until the next
 * change of the schema that is followed by a question. The lists of
 * triggers, views, references and dependents only until the next question of
 * that kind.
 */
#ifndef LM_DB_CATALOG_H
#define LM_DB_CATALOG_H

#include "../base/sha256.h"
#include "../lex/createtable.h"
#include "schema.h"

typedef enum lm_table_kind {
    LM_TABLE,
    LM_VIEW,
    LM_VIRTUAL,
    LM_SHADOW
} lm_table_kind;

typedef enum lm_generated { LM_PLAIN, LM_GEN_VIRTUAL, LM_GEN_STORED }
    lm_generated;

typedef struct lm_column_info {
    const char *name;
    const char *type;       /* "" if none */
    bool not_null;
    const char *default_text;   /* as written; NULL: none */
    int pk;                 /* position in the key, from 1; 0: not in it */
    lm_generated generated;
    const char *expr;       /* of a generated column, else NULL */
    bool hidden;            /* of a virtual table */
    const char *collation;
    bool autoincrement, rowid_alias;
} lm_column_info;

/* Names in order; each NUL-terminated. */
typedef struct lm_strings {
    const char **list;
    size_t count, size;
} lm_strings;

typedef struct lm_index_part {
    const char *name;       /* of the column, */
    const char *expr;       /* or the expression; the other is NULL */
    const char *collation;
    bool desc;
} lm_index_part;

typedef enum lm_origin {
    LM_ORIGIN_INDEX,
    LM_ORIGIN_UNIQUE,
    LM_ORIGIN_PRIMARY_KEY
} lm_origin;

typedef struct lm_index_info {
    const char *name;       /* "sqlite_autoindex_…" of a constraint's */
    lm_origin origin;
    bool unique, partial;
    const char *where;      /* NULL: not partial */
    lm_index_part *parts;
    size_t count, size;
    const char *sql;        /* NULL: a constraint made it */
} lm_index_info;

typedef struct lm_foreign_info {
    const char *table;      /* whose it is */
    const char *name;       /* or NULL */
    lm_strings columns;
    const char *ref_table;
    lm_strings ref_columns; /* none: the parent has no such key */
    bool implicit;
    const char *on_update, *on_delete;
    bool deferrable, initially_deferred;
} lm_foreign_info;

typedef struct lm_check_info {
    const char *name;       /* or NULL */
    const char *expr;       /* without outer parentheses */
    const char *column;     /* at which it stands; NULL: at the table */
} lm_check_info;

typedef struct lm_unique_info {
    const char *name;       /* or NULL */
    const char *column;     /* at which it stands; NULL: at the table */
    lm_strings columns;
} lm_unique_info;

typedef struct lm_table_info {
    const char *schema, *name;
    lm_table_kind kind;
    bool without_rowid, strict;
    int ncol;
    bool listed;            /* neither the runner's nor SQLite's own */
    const char *sql;        /* NULL: SQLite's own table of the schema */
    /* From here on only from lm_catalog_table: */
    bool described;
    const lm_createtable *text; /* NULL: a view, a virtual table, … */
    lm_column_info *columns;
    size_t column_count, column_size;
    lm_strings key;         /* columns of the primary key, in its order */
    const char *key_name;   /* of its constraint, or NULL */
    bool autoincrement, rowid_alias;
    lm_index_info *indexes; /* in the order in which they were made */
    size_t index_count, index_size;
    lm_foreign_info *foreign;   /* in order of declaration */
    size_t foreign_count, foreign_size;
    lm_check_info *checks;
    size_t check_count, check_size;
    lm_unique_info *uniques;
    size_t unique_count, unique_size;
} lm_table_info;

typedef struct lm_trigger_info {
    const char *schema, *name;
    const char *table_schema, *table;
    const char *timing, *event;     /* "INSTEAD OF", "UPDATE", … */
    lm_strings update_of;
    const char *when;       /* NULL: none */
    const char *sql;
} lm_trigger_info;

typedef struct lm_view_info {
    const char *schema, *name;
    lm_strings columns;
    const char *sql;
    bool valid;
    const char *error;      /* SQLite's reason; NULL: valid */
} lm_view_info;

/* Where a full-text table has its text: names in an arena of the caller. */
typedef struct lm_content {
    const char *table;      /* of content=; NULL: in itself */
    const char *rowid;      /* of content_rowid=, or NULL */
} lm_content;

int lm_fulltext_content(const char *sql, lm_arena *names, lm_content *out,
                        lm_err *err);
/* The array is of pointers. Without what is not listed. */
int lm_catalog_tables(lm_db *db, const lm_table_info *const **out,
                      size_t *count);
/* *out is NULL when there is no such table or view. */
int lm_catalog_table(lm_db *db, const char *schema, lm_name name,
                     const lm_table_info **out);
int lm_catalog_referenced_by(lm_db *db, const char *schema, lm_name table,
                             const lm_foreign_info *const **out,
                             size_t *count);
/* `table` NULL: all, of one schema or of both. Otherwise those of a table or
 * view in `schema`, temporary triggers on it included. */
int lm_catalog_triggers(lm_db *db, const char *schema, const lm_name *table,
                        const lm_trigger_info *const **out, size_t *count);
int lm_catalog_views(lm_db *db, const char *schema, const lm_view_info **out,
                     size_t *count);
/* Of a table, view or index, else of a trigger; *out NULL: none. */
int lm_catalog_sql(lm_db *db, const char *schema, lm_name name,
                   const char **out);

typedef enum lm_dependent_kind {
    LM_DEP_VIEW,
    LM_DEP_TRIGGER,
    LM_DEP_INDEX,
    LM_DEP_FOREIGN_KEY,
    LM_DEP_CHECK,
    LM_DEP_UNIQUE,
    LM_DEP_GENERATED,
    LM_DEP_FTS5             /* a full-text table with content= */
} lm_dependent_kind;

/*
 * One use of a table or of a column of it. Views are followed: a view on a
 * view that reads the table is a dependent, and so is a trigger that reads
 * such a view or stands on it.
 */
typedef struct lm_dependent {
    lm_dependent_kind kind;
    const char *schema;
    const char *name;       /* of the view, trigger, index, full-text table
                               or generated column; of a constraint its
                               name, or NULL */
    const char *table;      /* where the trigger, index or constraint
                               stands; NULL for a view and a full-text
                               table */
    const char *column;     /* that is used; NULL: the table as such */
    bool writes;
    bool positional;        /* INSERT without a list of columns: it depends
                               on how many there are */
    bool broken;            /* it does not compile: judged by the names in
                               its text */
} lm_dependent;

/* `column` NULL: of the table and all its columns. A table's own primary key
 * is no dependent. */
int lm_catalog_dependents(lm_db *db, const char *schema, lm_name table,
                          const lm_name *column, const lm_dependent **out,
                          size_t *count);
const char *lm_dependent_kind_name(lm_dependent_kind kind);

int lm_catalog_fingerprint(lm_db *db, char hex[LM_SHA256_HEX]);
void lm_catalog_forget(lm_db *db);

#endif
