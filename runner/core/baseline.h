/* SPDX-License-Identifier: MIT */
/*
 * baseline.h - migrations that are recorded as applied without running.
 *
 *   lm_baseline   record them, or take that back; in one transaction, with a
 *                 history row for each. What is recorded already stays as it
 *                 is, and when that is all, nothing is written
 *
 * LM_EUSAGE for an ID that the folder (to take back: the ledger) does not
 * have, LM_EHISTORY for another tool's ledger.
 */
#ifndef LM_CORE_BASELINE_H
#define LM_CORE_BASELINE_H

#include "changes.h"

typedef enum lm_baseline_how {
    LM_BASELINE_UP_TO,      /* the ID and all that stand before it */
    LM_BASELINE_ALL,        /* the whole folder */
    LM_BASELINE_ONLY,       /* the ID alone */
    LM_BASELINE_UNDO        /* the ID alone is applied no longer */
} lm_baseline_how;

/* What changes say: "recorded", "already", "removed". */
int lm_baseline(lm_session *s, lm_baseline_how how, const char *id,
                lm_changes *out);

#endif
