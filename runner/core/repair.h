/* SPDX-License-Identifier: MIT */
/*
 * repair.h - the ledger put right where somebody knows better than it.
 *
 *   lm_repair   accept an edit as it is, forget a migration that is missing,
 *               or the progress of a partial one; one transaction, with its
 *               history row. No migration runs
 *
 * LM_EUSAGE, and nothing changed, when the ID is not what is to be put right;
 * LM_EHISTORY for another tool's ledger.
 */
#ifndef LM_CORE_REPAIR_H
#define LM_CORE_REPAIR_H

#include "changes.h"

typedef enum lm_repair_what {
    LM_REPAIR_ACCEPT,   /* applied and edited: the file is right */
    LM_REPAIR_FORGET,   /* applied and missing: it is applied no longer */
    LM_REPAIR_RESTART   /* partial: it was never begun */
} lm_repair_what;

/* What changes say: "accepted", "forgotten", "restarted"; "already" where
 * the file is the one that was applied. */
int lm_repair(lm_session *s, lm_repair_what what, const char *id,
              lm_changes *out);

#endif
