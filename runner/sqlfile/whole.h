/* SPDX-License-Identifier: MIT */
/*
 * whole.h - files that are all of one way: plain ones, pairs, folders.
 *
 *   lm_whole_parse      one part, cut at --> statement-breakpoint, and with
 *                       sqlx's -- no-transaction as its first bytes outside a
 *                       transaction
 *   lm_broken_parse     the same, but only drizzle's mark counts
 *   lm_yoyo_parse       one part; -- transactional: false opts out
 *   lm_…_directive      which comments count for these
 *   lm_plain_claim      every *.sql
 *   lm_yoyo_claim       x.sql, with x.rollback.sql (yoyo), x.down.sql or
 *                       down/x.sql (umzug) as its way down
 */
#ifndef LM_SQLFILE_WHOLE_H
#define LM_SQLFILE_WHOLE_H

#include "../lex/sqltok.h"
#include "claim.h"
#include "parts.h"

int lm_whole_parse(const char *text, size_t len, lm_err *err, lm_parts *out);
int lm_broken_parse(const char *text, size_t len, lm_err *err, lm_parts *out);
int lm_yoyo_parse(const char *text, size_t len, lm_err *err, lm_parts *out);
bool lm_whole_directive(const lm_sqltok *comment);
bool lm_broken_directive(const lm_sqltok *comment);
bool lm_yoyo_directive(const lm_sqltok *comment);
int lm_plain_claim(lm_claim *c);
int lm_yoyo_claim(lm_claim *c);
/* Is there a file that takes another one back? */
bool lm_yoyo_fits(lm_claim *c);

#endif
