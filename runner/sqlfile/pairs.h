/* SPDX-License-Identifier: MIT */
/*
 * pairs.h - x.up.sql and x.down.sql: golang-migrate, sqlx, home-made runners.
 *
 *   lm_pairs_find    whose pairs are in the folder? Its name, or NULL
 *   lm_pairs_claim   paired and ordered by whole names
 *   lm_golang_claim  paired and ordered by numbers; any suffix behind the
 *                    direction; other files are left alone
 *   lm_sqlx_claim    the same, but x.sql is a migration too
 */
#ifndef LM_SQLFILE_PAIRS_H
#define LM_SQLFILE_PAIRS_H

#include "claim.h"

const char *lm_pairs_find(lm_claim *c);
int lm_pairs_claim(lm_claim *c);
int lm_golang_claim(lm_claim *c);
int lm_sqlx_claim(lm_claim *c);

#endif
