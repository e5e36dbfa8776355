/* SPDX-License-Identifier: MIT */
/*
 * diffcolumn.h - what is different about a table or view that is in both
 * databases, in sentences.
 *
 *   lm_diff_columns   adds them to difference->details
 */
#ifndef LM_DB_DIFFCOLUMN_H
#define LM_DB_DIFFCOLUMN_H

#include "diff.h"

int lm_diff_columns(lm_db *a, lm_db *b, lm_difference *difference);

#endif
