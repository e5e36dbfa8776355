/* SPDX-License-Identifier: MIT */
/*
 * str.h - the front door's growing string. (The library's own is behind
 * lumigrate.h, where the front door cannot see it.)
 *
 * Failure is sticky: once memory ran out, adding does nothing and `failed`
 * says so, so that a long text is built without a check at each step and
 * looked at once at the end.
 *
 *   lm_str s = {0};          an empty string, nothing allocated
 *   lm_str_add, puts, putc   append
 *   lm_str_pad               append n spaces
 *   lm_str_printf, vprintf   append formatted text
 *   lm_str_text              what is in it, "" when empty; borrowed until
 *                            the next append
 *   lm_str_clear             free; may be called twice
 */
#ifndef LM_CLI_STR_H
#define LM_CLI_STR_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct lm_str {
    char *data; /* NUL-terminated when not NULL */
    size_t len, size;
    bool failed;
} lm_str;

void lm_str_add(lm_str *s, const char *text, size_t n);
void lm_str_puts(lm_str *s, const char *text);
void lm_str_putc(lm_str *s, char c);
void lm_str_pad(lm_str *s, size_t n);
void lm_str_printf(lm_str *s, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void lm_str_vprintf(lm_str *s, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));
const char *lm_str_text(const lm_str *s);
void lm_str_clear(lm_str *s);

#endif
