/* SPDX-License-Identifier: MIT */
/*
 * depends.h - yoyo's `-- depends: 1_a 2_b` in the comments before the first
 * statement: what has to run before this file.
 *
 *   lm_depends_line    is the comment such a line?
 *   lm_depends_order   rank the sources of a claim: natural order, but none
 *                      before what it depends on; a circle is refused. Where
 *                      that is the natural order, they stay without a rank.
 *                      What is not in the folder does not count: it may be a
 *                      program of yoyo's, or a comment for people
 */
#ifndef LM_SQLFILE_DEPENDS_H
#define LM_SQLFILE_DEPENDS_H

#include "claim.h"
#include "../lex/sqltok.h"

bool lm_depends_line(const lm_sqltok *comment);
int lm_depends_order(lm_claim *c);

#endif
