/* SPDX-License-Identifier: MIT */
/*
 * compare.h - two schemas, wherever they are.
 *
 *   lm_compare   in what they differ
 *
 * Each side is a folder of migrations (what it makes of an empty private
 * database), a file that holds a dump (loaded into one), or a database, which
 * is only read.
 *
 * Ownership: the differences are the caller's (lm_diff_clear).
 */
#ifndef LM_CORE_COMPARE_H
#define LM_CORE_COMPARE_H

#include "../db/diff.h"
#include "session.h"

int lm_compare(lm_session *s, const char *a, const char *b,
               lm_differences *out);

#endif
