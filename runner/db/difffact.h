/* SPDX-License-Identifier: MIT */
/*
 * difffact.h - in what two definitions differ, in sentences.
 *
 *   lm_diff_facts   adds them to difference->details
 *
 * What the one has and the other has not, and what is another in each, with
 * both; of what is long, the first place where they part. Facts that are
 * equal are marked as met.
 */
#ifndef LM_DB_DIFFFACT_H
#define LM_DB_DIFFFACT_H

#include "diff.h"
#include "facts.h"

int lm_diff_facts(lm_facts *a, lm_facts *b, lm_difference *difference,
                  lm_err *err);

#endif
