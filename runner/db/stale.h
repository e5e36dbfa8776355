/* SPDX-License-Identifier: MIT */
/*
 * stale.h - triggers that do not compile, out of the way of the others.
 *
 *   lm_stale_add    one more trigger of which it is asked
 *   lm_stale_find   keep those that do not compile by themselves
 *   lm_stale_hide   hide all that are in the list
 *   lm_stale_show   bring them back, byte for byte
 *   lm_stale_clear  free the list
 *   lm_stale_begin, lm_stale_end
 *                   around that, for who may not write the schema and has no
 *                   savepoint
 *
 * SQLite compiles a statement with all triggers that it sets off, and with
 * those that these set off: of one that does not compile nobody knows what
 * the others are worth. To hide one is to change its row in the stored schema
 * so that SQLite passes over it, which it does while the schema may be
 * written. Nothing is rolled back: that would end the script's cursors.
 *
 * The caller may write the schema, and has a savepoint: after an error some
 * are hidden, and it must be undone. db->writes is as before after success.
 *
 * Ownership: the list is the caller's; names are borrowed.
 */
#ifndef LM_DB_STALE_H
#define LM_DB_STALE_H

#include "db.h"

typedef struct lm_stale {
    const char *schema, *name;
    size_t group;       /* those of one statement, side by side, have one */
} lm_stale;

typedef struct lm_stales {
    lm_stale *list;
    size_t count, size;
} lm_stales;

/* Does the statement that sets it off compile now? */
typedef struct lm_stale_ask {
    int (*compiles)(void *user, const lm_stale *one, bool *ok);
    void *user;
} lm_stale_ask;

int lm_stale_add(lm_db *db, lm_stales *all, const lm_stale *one);
/* All that are asked of do not compile; what compiles is not in the list. */
int lm_stale_find(lm_db *db, lm_stales *all, const lm_stale_ask *ask);
/* Of an empty list both do nothing. */
int lm_stale_hide(lm_db *db, const lm_stales *all);
int lm_stale_show(lm_db *db, const lm_stales *all);
void lm_stale_clear(lm_stales *all);

typedef struct lm_stale_rights {
    int defensive, writable;    /* before */
} lm_stale_rights;

/* Also outside a transaction: it then waits for the lock, and has it until
 * the end. */
int lm_stale_begin(lm_db *db, lm_stale_rights *r);
/* rc: how it went; what was done is undone where it is an error. */
int lm_stale_end(lm_db *db, const lm_stale_rights *r, int rc);

#endif
