/* SPDX-License-Identifier: MIT */
/*
 * summary.h - one line that says what a migration does.
 *
 *   lm_summary_line   any text as one line: control characters as blanks,
 *                     trimmed, at most 200 bytes and no character cut
 *   lm_summary_lua    the summary in the comments that a Lua script begins
 *                     with: its first --- line that is not empty, else its
 *                     first line of any comment that is not; "" when there
 *                     is none
 *
 * Ownership: a returned char * belongs to the caller; NULL: out of memory.
 */
#ifndef LM_LEX_SUMMARY_H
#define LM_LEX_SUMMARY_H

#include <stddef.h>

char *lm_summary_line(const char *s, size_t n);
char *lm_summary_lua(const char *text, size_t len);

#endif
