/* SPDX-License-Identifier: MIT */
/*
 * whole.h - files that are all of one way: plain ones, pairs, yoyo.
 *
 *   lm_whole_parse      one part, cut at --> statement-breakpoint, and with
 *                       sqlx's -- no-transaction as its first bytes outside a
 *                       transaction
 *   lm_broken_parse     the same, but only drizzle's mark counts
 *   lm_yoyo_parse       the same, and -- transactional: false opts out
 *   lm_…_directive      which comments count for these
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
bool lm_loose_directive(const lm_sqltok *comment);
bool lm_yoyo_directive(const lm_sqltok *comment);

#endif
