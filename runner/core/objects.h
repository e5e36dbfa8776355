/* SPDX-License-Identifier: MIT */
/*
 * objects.h - the tables, indexes, views and triggers of a database as
 * definitions, for whoever compares two of them.
 *
 *   lm_objects_read    all that have a definition, but for the ledger's own
 *                      tables; sorted
 *   lm_objects_find    the one of this type and name, or NULL
 *   lm_objects_diff    what came, went or was changed from one to another:
 *                      appended to `out`, with this step; sql NULL is gone
 *   lm_objects_clear   free them; may be called twice
 *   lm_object_same     the same definition: token by token, ASCII case of
 *                      words and the quotes around a name aside
 *
 * Ownership: objects own their strings.
 */
#ifndef LM_CORE_OBJECTS_H
#define LM_CORE_OBJECTS_H

#include "../base/arena.h"
#include "../db/db.h"

typedef struct lm_object {
    const char *type, *name;
    const char *sql;        /* NULL: it is gone */
    size_t step;
} lm_object;

typedef struct lm_objects {
    lm_object *list;
    size_t count, size;
    const char *own;        /* the ledger's name; borrowed */
    lm_arena strings;
} lm_objects;

/* Set `own` before. */
int lm_objects_read(lm_db *db, lm_objects *out);
const lm_object *lm_objects_find(const lm_objects *all,
                                 const lm_object *like);
int lm_objects_diff(const lm_objects *before, const lm_objects *after,
                    size_t step, lm_err *err, lm_objects *out);
void lm_objects_clear(lm_objects *objects);
bool lm_object_same(const char *a, const char *b);

#endif
