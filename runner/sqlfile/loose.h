/* SPDX-License-Identifier: MIT */
/*
 * loose.h - folders whose names no tool has laid down: every x.sql is the
 * migration x, unless its name makes it the way down of another one.
 *
 *   lm_way_split         the way that a name says, and the title before it;
 *                        strictly .up. and .down. alone
 *   lm_name_takes_back   x.down.sql, x.rollback.sql, x.undo.sql, x.revert.sql:
 *                        never a way up, even alone
 *   lm_name_for_others   is the title one for another database?
 *   lm_name_is_litter    what editors and people leave behind
 *   lm_loose_read        who is whose way down; two for one are refused
 *   lm_loose_clear       free it; may be called twice
 *   lm_loose_find        "yoyo", "pairs", or NULL: no file has a way down
 *   lm_loose_claim       all *.sql; what is passed over is named
 *
 * A file is a way down only beside its partner: x.sql, or what has the same
 * title and the other way. So a file added to the folder changes the meaning
 * of none that was there, and every ID is the whole name.
 */
#ifndef LM_SQLFILE_LOOSE_H
#define LM_SQLFILE_LOOSE_H

#include "claim.h"

typedef enum lm_name_way { LM_NO_WAY, LM_WAY_UP, LM_WAY_DOWN } lm_name_way;

/* What stands in lm_loose.up for an entry that is no way down. */
#define LM_LOOSE_NONE ((size_t)-1)

typedef struct lm_loose {
    size_t *up, *down;      /* of each entry: the entry it takes back, and
                               the one that takes it back */
    bool pairs;             /* there is x_up.sql with x_down.sql */
    bool beside, dotted;    /* x.sql with x_down.sql, with x.down.sql */
} lm_loose;

lm_name_way lm_way_split(const char *name, bool loose, size_t *title);
bool lm_name_takes_back(const char *name);
bool lm_name_for_others(const char *name, size_t title);
bool lm_name_is_litter(const lm_claim *c, size_t i);
int lm_loose_read(lm_claim *c, lm_loose *out);
void lm_loose_clear(lm_loose *loose);
const char *lm_loose_find(lm_claim *c);
int lm_loose_claim(lm_claim *c);

#endif
