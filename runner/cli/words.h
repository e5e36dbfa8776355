/* SPDX-License-Identifier: MIT */
/*
 * words.h - how numbers, durations and times read.
 *
 *   lm_words_count      190,000
 *   lm_words_many       190,000 things, 1 thing
 *   lm_words_duration   1.8 ms, 412 ms, 3.2 s, 2 min 5 s, 1 h 3 min
 *   lm_words_time       2026-01-28 09:30:00 of 2026-01-28T09:30:00.123Z
 *   lm_words_text       a text from outside, on one line (see utf.h)
 *   lm_words_name       the same between double quotes
 *   lm_words_cut        the same, at most so many columns, then …
 *   lm_words_flat       the same with blanks and line ends run together
 *   lm_words_number     is the whole text a number from 1 to most?
 *   lm_words_database   a path or URL with its password hidden
 */
#ifndef LM_CLI_WORDS_H
#define LM_CLI_WORDS_H

#include "str.h"

void lm_words_count(lm_str *to, long n);
void lm_words_many(lm_str *to, long n, const char *thing);
void lm_words_duration(lm_str *to, double ms);
void lm_words_time(lm_str *to, const char *utc);
void lm_words_text(lm_str *to, const char *text);
void lm_words_name(lm_str *to, const char *text);
void lm_words_cut(lm_str *to, const char *text, size_t n, size_t columns);
void lm_words_flat(lm_str *to, const char *text, size_t n, size_t columns);
bool lm_words_number(const char *text, long most, long *n);
void lm_words_database(lm_str *to, const char *url);

#endif
