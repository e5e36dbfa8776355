/* SPDX-License-Identifier: MIT */
/*
 * trial.h - which pending migrations a database has had already, though no
 * ledger says so.
 *
 *   lm_trial_run   try them in order on a private copy of the database, and
 *                  the whole folder on an empty one; fills in the status of
 *                  each. The database itself is only read
 *
 * A migration is satisfied when all that it makes in a database built from
 * the folder alone is in the live one with the same definition (token by
 * token, case aside) and running it on the copy changes nothing, or fails
 * only because that is there. It is needed when it runs and changes
 * something; its changes stay on the copy, for those after it. Anything else
 * is a conflict. One that only changes rows is satisfied when it runs and
 * changes nothing, and never else.
 */
#ifndef LM_CORE_TRIAL_H
#define LM_CORE_TRIAL_H

#include "adopt.h"

int lm_trial_run(lm_session *s, const lm_folder *folder, lm_adoption *out);

#endif
