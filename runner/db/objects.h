/* SPDX-License-Identifier: MIT */
/*
 * objects.h - what a schema is made of, in the order in which it can be made
 * again.
 *
 *   lm_objects_read    everything in main that has a definition: tables and
 *                      views behind what they point to or read, each table's
 *                      indexes behind it, triggers at the end
 *   lm_objects_find    by kind and name, ASCII case aside; NULL: none
 *   lm_objects_clear   free it; may be called twice
 *
 * Left out is what makes itself: SQLite's own tables, indexes of constraints,
 * and the shadow tables of virtual tables. What depends on nothing stands in
 * the order of names, so that two databases with one schema give one list;
 * the triggers of a table stay in the order in which they were made, which is
 * the one in which they fire. A circle is broken at its first name.
 *
 * Ownership: the list owns its objects.
 */
#ifndef LM_DB_OBJECTS_H
#define LM_DB_OBJECTS_H

#include "db.h"

typedef enum lm_object_kind {
    LM_OBJECT_TABLE,
    LM_OBJECT_VIRTUAL,
    LM_OBJECT_VIEW,
    LM_OBJECT_INDEX,
    LM_OBJECT_TRIGGER
} lm_object_kind;

typedef struct lm_object {
    lm_object_kind kind;
    char *name, *table;     /* the table that it is on, or itself */
    char *sql;
    int64_t made;           /* earlier ones have smaller numbers */
    bool own;               /* the runner's, or on one of its tables */
} lm_object;

typedef struct lm_objects {
    lm_object *list;
    size_t count, size;
    const lm_object **by_name;  /* all of them, to be found */
} lm_objects;

int lm_objects_read(lm_db *db, lm_objects *out);
const lm_object *lm_objects_find(const lm_objects *objects,
                                 lm_object_kind kind, const char *name);
void lm_objects_clear(lm_objects *objects);
/* "table", "virtual table", "view", "index", "trigger". */
const char *lm_object_word(lm_object_kind kind);

#endif
