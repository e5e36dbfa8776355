/* SPDX-License-Identifier: MIT */
/*
 * text.h - strings: copies, formats, comparisons that no locale changes.
 *
 *   lm_strdup, lm_strndup   copies on the heap; NULL when memory ran out
 *   lm_format, lm_vformat   printf into a new string; NULL likewise
 *   lm_fold                 one ASCII letter in lower case, else unchanged
 *   lm_same_name            equal but for ASCII case, as SQLite compares names
 *   lm_starts, lm_ends      does text begin or end so?
 *   lm_natural_cmp          2_x before 10_x; ties by bytes
 *   lm_utf8_length          bytes of the valid sequence at s, 0: none there
 *   lm_utf8_valid           is all of it UTF-8?
 *   lm_one_line             copy with control characters made visible
 *   lm_parse_long           the whole text as a decimal number in a range
 *
 * Ownership: a returned char * belongs to the caller.
 */
#ifndef LM_BASE_TEXT_H
#define LM_BASE_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

char *lm_strdup(const char *s);
char *lm_strndup(const char *s, size_t n);
char *lm_format(const char *format, ...) __attribute__((format(printf, 1, 2)));
char *lm_vformat(const char *format, va_list args)
    __attribute__((format(printf, 1, 0)));

int lm_fold(int c);
bool lm_same_name(const char *a, const char *b);
bool lm_same_name_n(const char *a, size_t alen, const char *b, size_t blen);
bool lm_starts(const char *s, const char *prefix);
bool lm_ends(const char *s, const char *suffix);
int lm_natural_cmp(const char *a, const char *b);

size_t lm_utf8_length(const char *s, size_t left);
bool lm_utf8_valid(const char *s, size_t n);

/*
 * A copy of s that is safe to print on one line: control characters become
 * \n, \t or \xNN; other bytes stay as they are. At most max bytes of s are
 * shown (0: all), then "...".
 */
char *lm_one_line(const char *s, size_t n, size_t max);

bool lm_parse_long(const char *s, long min, long max, long *out);

#endif
