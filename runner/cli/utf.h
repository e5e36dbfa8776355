/* SPDX-License-Identifier: MIT */
/*
 * utf.h - bytes that somebody else wrote, as text that may be shown.
 *
 * A terminal obeys control characters, and text that overrides the writing
 * direction shows something other than what is there. So whatever comes from
 * a file, a database or the command line goes through here on its way out.
 *
 *   lm_utf_next     the code point at s; its length, 0 when it is not UTF-8
 *   lm_utf_width    columns that a text takes, one for each code point
 *   lm_utf_valid    is all of it UTF-8?
 *   lm_utf_repair   append it with U+FFFD for each byte that is not UTF-8
 *   lm_utf_show     append it on one line, with controls as \n, \t, \x1b,
 *                   \u202e and U+FFFD for what is not UTF-8
 *   lm_utf_lines    append its lines, each behind `indent` spaces and ended
 *                   by a newline; tabs stay, the rest as lm_utf_show
 *   lm_utf_cut      bytes of the first `columns` code points
 */
#ifndef LM_CLI_UTF_H
#define LM_CLI_UTF_H

#include "str.h"

size_t lm_utf_next(const char *s, size_t left, unsigned long *code);
size_t lm_utf_width(const char *s, size_t n);
bool lm_utf_valid(const char *s, size_t n);
void lm_utf_repair(lm_str *to, const char *s, size_t n);
void lm_utf_show(lm_str *to, const char *s, size_t n);
void lm_utf_lines(lm_str *to, size_t indent, const char *s, size_t n);
size_t lm_utf_cut(const char *s, size_t n, size_t columns);

#endif
