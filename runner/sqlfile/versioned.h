/* SPDX-License-Identifier: MIT */
/*
 * versioned.h - V1.2__words.sql: Flyway and refinery, whose files may lie in
 * sub-folders.
 *
 *   lm_versioned_find    whose folder is it? Its name, or NULL
 *   lm_flyway_claim      V, with U as its way down; R, which run again when
 *                        they change; B where the files before it are gone
 *   lm_refinery_claim    V and U, both ways up, by their numbers
 *   lm_flyway_expand     ${name} from the environment
 *   lm_flyway_cmp        two versions: 1.9 < 1.10, 1 = 1.0 = 01, 1.1 = 1_1
 */
#ifndef LM_SQLFILE_VERSIONED_H
#define LM_SQLFILE_VERSIONED_H

#include "claim.h"
#include "expand.h"

const char *lm_versioned_find(lm_claim *c);
int lm_flyway_claim(lm_claim *c);
int lm_refinery_claim(lm_claim *c);
int lm_flyway_expand(const lm_expansion *from, lm_err *err,
                     lm_expanded *out);
int lm_flyway_cmp(const char *a, size_t alen, const char *b, size_t blen);

#endif
