/* SPDX-License-Identifier: MIT */
/*
 * adopt_find.h - which ledgers of other tools a database holds, and the one
 * to take over.
 *
 *   lm_ledgers_find    all of them, read and mapped; inside a transaction
 *   lm_ledgers_choose  the one whose rows map; LM_EHISTORY where there is
 *                      none such, or several that do not say the same;
 *                      *out is NULL where no ledger was found at all
 *   lm_ledgers_clear   free them; may be called twice
 *
 * Ownership: the list owns all in it; the folder must outlive it.
 */
#ifndef LM_CORE_ADOPT_FIND_H
#define LM_CORE_ADOPT_FIND_H

#include "adopt_match.h"
#include "session.h"

typedef struct lm_alien_ledger {
    const lm_tool *tool;
    char *table;
    bool usual;             /* found by a name that is nobody's own */
    bool broken;            /* it has the name, but not the columns, */
    const char *odd;        /* or is no table but this; NULL */
    lm_aliens rows;
    lm_claims claims;
    lm_err err;             /* why it cannot be taken over */
    bool firm;              /* and why nothing else can instead */
} lm_alien_ledger;

typedef struct lm_ledgers {
    lm_alien_ledger *list;
    size_t count, size;
} lm_ledgers;

int lm_ledgers_find(lm_session *s, const lm_folder *folder, const char *from,
                    lm_ledgers *out);
int lm_ledgers_choose(lm_session *s, lm_ledgers *all, const char *from,
                      const lm_alien_ledger **out);
void lm_ledgers_clear(lm_ledgers *all);

#endif
