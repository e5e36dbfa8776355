/* SPDX-License-Identifier: MIT */
/*
 * look.h - is the ledger's table there, and whose is it?
 *
 *   lm_look_at        what stands under the ledger's name
 *   lm_look_shape     whose a table of any name is, by its columns
 *   lm_columns_read   the columns of a table, for whoever judges or copies it
 *   lm_columns_clear  free them; may be called twice
 *   lm_ledger_body    what stands between the name and the end of our own
 *                     CREATE TABLE
 *   lm_history_body   the same of the history's
 *
 * Ownership: columns belong to the caller.
 */
#ifndef LM_CORE_LOOK_H
#define LM_CORE_LOOK_H

#include "../base/arena.h"
#include "../db/db.h"
#include "shape.h"

typedef struct lm_columns {
    lm_column *list;
    size_t count, size;
    lm_arena strings;
} lm_columns;

typedef struct lm_look {
    bool exists, has_history;
    lm_shape shape;
} lm_look;

extern const char lm_ledger_body[];
extern const char lm_history_body[];

/* LM_EHISTORY when it is a view, or somebody else's is called as the history
 * is. */
int lm_look_at(lm_db *db, const char *table, lm_look *out);
/* `rails`: Rails' own table of metadata is there. */
int lm_look_shape(lm_db *db, const char *table, bool rails, lm_shape *out);
int lm_columns_read(lm_db *db, const char *table, lm_columns *out);
void lm_columns_clear(lm_columns *columns);

#endif
