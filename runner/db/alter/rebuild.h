/* SPDX-License-Identifier: MIT */
/*
 * alter/rebuild.h - one rebuild, between the files that do it.
 *
 *   lm_move_plan     which columns are copied, and from what
 *   lm_move_check    what would be changed on the way without an error
 *   lm_move_rows     INSERT ... SELECT, and as many rows as there were
 *   lm_fulltext_moved  no full-text table loses its rows (fulltext.c)
 *   lm_wide_select, lm_wide_copy
 *                    the same where a SELECT cannot give all of it, by the
 *                    INSERT that takes one row
 *   lm_move_verify   nothing was converted that was not to be
 *   lm_match_rows    what points nowhere now did so before
 */
#ifndef LM_DB_ALTER_REBUILD_H
#define LM_DB_ALTER_REBUILD_H

#include "alter.h"

/* What is made again behind the copy. */
typedef struct lm_belonging {
    bool trigger, temp;
    const char *name, *sql;
} lm_belonging;

typedef struct lm_rebuilding {
    lm_alter_run *a;
    lm_belonging *list;
    size_t count, size;
    lm_texts into;
    const char *columns, *select, *rowid;
    const char *to;         /* the new rowid, where the old one is copied */
    const char *alias;      /* the new table's INTEGER PRIMARY KEY, or NULL */
    bool has_sequence;
    int64_t sequence;
    bool was_auto;
    lm_texts changed;       /* columns of which values may become others */
    int64_t rows;
} lm_rebuilding;

/* Where the numbers of rows come from and go to. */
typedef struct lm_moving {
    const char *rowid;      /* its name in the old table, or NULL */
    const char *alias;      /* the column that it becomes; NULL: none */
} lm_moving;

int lm_fulltext_moved(lm_alter_run *a, const lm_moving *moving);
int lm_move_plan(lm_rebuilding *r);
int lm_move_check(lm_rebuilding *r);
int lm_move_rows(lm_rebuilding *r);
int lm_move_verify(lm_rebuilding *r);
int lm_match_rows(lm_rebuilding *r);
const char *lm_wide_select(lm_rebuilding *r);
int lm_wide_copy(lm_rebuilding *r, const char *sql);

#endif
