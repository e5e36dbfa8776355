/* SPDX-License-Identifier: MIT */
/*
 * definitions.h - the tables, indexes, views and triggers of a database as
 * definitions, for whoever compares two of them.
 *
 *   lm_definitions_read   all of a database, but for the ledger's own tables;
 *                         sorted
 *   lm_definitions_find   the one of this type and name, or NULL
 *   lm_definitions_diff   what came, went or was changed from one to another:
 *                         appended to `out`, with this step; sql NULL is gone
 *   lm_definitions_clear  free them; may be called twice
 *   lm_definition_same    the same definition: token by token, ASCII case of
 *                         words and the quotes around a name aside
 *
 * Ownership: objects own their strings.
 */
#ifndef LM_CORE_DEFINITIONS_H
#define LM_CORE_DEFINITIONS_H

#include "../base/arena.h"
#include "../db/db.h"

typedef struct lm_definition {
    const char *type, *name;
    const char *sql;        /* NULL: it is gone */
    size_t step;
} lm_definition;

typedef struct lm_definitions {
    lm_definition *list;
    size_t count, size;
    const char *own;        /* the ledger's name; borrowed */
    lm_arena strings;
} lm_definitions;

/* Set `own` before. */
int lm_definitions_read(lm_db *db, lm_definitions *out);
const lm_definition *lm_definitions_find(const lm_definitions *all,
                                         const lm_definition *like);
int lm_definitions_diff(const lm_definitions *before,
                        const lm_definitions *after, size_t step,
                        lm_err *err, lm_definitions *out);
void lm_definitions_clear(lm_definitions *definitions);
bool lm_definition_same(const char *a, const char *b);

#endif
