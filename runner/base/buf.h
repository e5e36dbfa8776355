/* SPDX-License-Identifier: MIT */
/*
 * buf.h - a string that grows.
 *
 * Failure is sticky: once memory ran out, adding does nothing, lm_buf_failed
 * says so and lm_buf_take gives NULL. So a long text is built without a check
 * at each step and looked at once at the end.
 *
 *   lm_buf b = {0};          an empty buffer, nothing allocated
 *   lm_buf_add, puts, putc   append
 *   lm_buf_printf, vprintf   append formatted text
 *   lm_buf_text              what is in it, "" when empty; borrowed until the
 *                            next append
 *   lm_buf_take              hand the text over to the caller; empties b
 *   lm_buf_clear             free; may be called twice
 */
#ifndef LM_BASE_BUF_H
#define LM_BASE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct lm_buf {
    char *data;         /* NUL-terminated when not NULL */
    size_t len, size;
    bool failed;
} lm_buf;

void lm_buf_add(lm_buf *b, const char *s, size_t n);
void lm_buf_puts(lm_buf *b, const char *s);
void lm_buf_putc(lm_buf *b, char c);
void lm_buf_printf(lm_buf *b, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void lm_buf_vprintf(lm_buf *b, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));
const char *lm_buf_text(const lm_buf *b);
char *lm_buf_take(lm_buf *b);
void lm_buf_clear(lm_buf *b);
bool lm_buf_failed(const lm_buf *b);

#endif
