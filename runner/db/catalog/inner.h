/* SPDX-License-Identifier: MIT */
/*
 * inner.h - what the files of catalog/ share and nobody else sees.
 *
 *   struct lm_catalog      what has been found out for one state of the
 *                          schema
 *   lm_catalog_open        the catalogue, read anew if that is another one
 *   lm_catalog_open_at     that of an attached schema
 *   lm_catalog_find        the table or view of this name in temp or home
 *   lm_catalog_find_text   the same in any schema; without one, what SQLite
 *                          would take it for
 *   lm_catalog_describe    its columns, keys and constraints, once
 *   lm_catalog_entry      an index or trigger by name
 *   lm_catalog_copy, _span a copy of a text, or of a piece of one without
 *                          the blanks around it
 *   lm_catalog_column      the value of a row as a copy; NULL for NULL
 *   lm_strings_add         one more name
 *   lm_describe_…          parts of lm_catalog_describe
 *   lm_triggers_read       take the triggers' texts apart, once
 *   lm_uses_read           find out what views and triggers use, once
 *
 * Ownership: all of it lives as long as the catalogue. A function that gives
 * a text returns NULL when memory ran out and has told db->err then.
 */
#ifndef LM_DB_CATALOG_INNER_H
#define LM_DB_CATALOG_INNER_H

#include "../../base/arena.h"
#include "../catalog.h"
#include "../internal.h"

/* An index or a trigger, as the schema table has it. */
typedef struct lm_entry {
    const char *schema, *type, *name, *table;
    const char *sql;        /* NULL: a constraint's index */
} lm_entry;

/* One table or column that a view or trigger uses. */
typedef struct lm_use {
    const lm_table_info *view;      /* the one of the two that it is */
    const lm_trigger_info *trigger;
    const char *schema, *table;
    const char *column;     /* NULL: the table as such */
    bool writes, positional;
    bool broken;            /* only this: what it uses is not known */
} lm_use;

typedef struct lm_catalog {
    uint64_t versions;      /* those of all schemas */
    int64_t undos;
    const char *home;       /* the schema that it is about: "main", or one
                               that the host has attached */
    size_t functions;       /* views may call them */
    bool read;
    const char *reading;    /* the schema that is being read */
    lm_arena arena;
    lm_table_info *tables;  /* of all schemas, as they were made; what else
                               is here is temp's and home's alone */
    size_t table_count, table_size;
    const lm_table_info **listed;
    size_t listed_count;
    lm_entry *entries;
    size_t entry_count, entry_size;
    lm_trigger_info *triggers;
    size_t trigger_count, trigger_size;
    bool triggers_read;
    lm_view_info *views;
    size_t view_count, view_size;
    bool views_read;
    const char *views_of;   /* their schema; NULL: of both */
    const lm_trigger_info **picked;     /* the last answers */
    size_t picked_count, picked_size;
    const lm_foreign_info **references;
    size_t reference_count, reference_size;
    lm_use *uses;
    size_t use_count, use_size;
    bool uses_read;
    char fingerprint[LM_SHA256_HEX];    /* "": not asked for yet */
    lm_dependent *dependents;
    size_t dependent_count, dependent_size;
} lm_catalog;

int lm_catalog_open(lm_db *db, lm_catalog **out);
/* `schema` NULL, "temp" or none that there is: of main. */
int lm_catalog_open_at(lm_db *db, const char *schema, lm_catalog **out);
lm_table_info *lm_catalog_find(lm_catalog *cat, const char *schema,
                               lm_name name);
lm_table_info *lm_catalog_find_text(lm_catalog *cat, const char *schema,
                                    const char *name);
int lm_catalog_describe(lm_db *db, lm_table_info *table);
const lm_entry *lm_catalog_entry(const lm_catalog *cat, const char *schema,
                                 const char *type, const char *name);
const char *lm_catalog_copy(lm_db *db, const char *s, size_t n);
const char *lm_catalog_span(lm_db *db, const char *text, lm_span span);
const char *lm_catalog_column(lm_db *db, const lm_value *value);
int lm_strings_add(lm_db *db, lm_strings *to, const char *s);
/* Built-in ones in capitals, as SQLite's documentation has them. */
const char *lm_catalog_collation(lm_db *db, const char *name);

int lm_describe_indexes(lm_db *db, lm_table_info *table);
int lm_describe_foreign(lm_db *db, lm_table_info *table);
int lm_triggers_read(lm_db *db, lm_catalog *cat);
int lm_uses_read(lm_db *db, lm_catalog *cat);

#endif
