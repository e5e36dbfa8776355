/* SPDX-License-Identifier: MIT */
/*
 * makings.h - what each migration of a folder makes of a schema, so that
 * another database can be asked whether it has that.
 *
 *   lm_makings_add     what came, was changed or went in one step
 *   lm_makings_other   the first thing of a step that a database has
 *                      otherwise
 *   lm_making_find     the object of this kind and name, as lm_objects_find;
 *                      a virtual table stands where a table may have stood
 *   lm_makings_clear   free them; may be called twice
 *
 * The runner's own tables do not count. The same is what lm_sql_same says.
 *
 * Ownership: the list owns its strings.
 */
#ifndef LM_CORE_MAKINGS_H
#define LM_CORE_MAKINGS_H

#include "../base/arena.h"
#include "../db/objects.h"

typedef struct lm_making {
    size_t step;            /* which migration */
    lm_object_kind kind;
    const char *name;
    const char *sql;        /* as it leaves it; NULL: it is gone */
} lm_making;

typedef struct lm_makings {
    lm_making *list;        /* step by step */
    size_t count, size;
    lm_arena strings;
} lm_makings;

/* False: out of memory. */
bool lm_makings_add(lm_makings *makings, size_t step,
                    const lm_objects *before, const lm_objects *after);
/* NULL: `live` has all that this step makes as it, or a later one, leaves it.
 * *any: it makes something, or takes it away. */
const lm_making *lm_makings_other(const lm_makings *makings,
                                  const lm_objects *live, size_t step,
                                  bool *any);
const lm_object *lm_making_find(const lm_objects *in,
                                const lm_making *making);
void lm_makings_clear(lm_makings *makings);

#endif
