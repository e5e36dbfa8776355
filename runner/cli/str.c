/* SPDX-License-Identifier: MIT */
#include "str.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Is there room for n more bytes and a NUL now? */
static bool make_room(lm_str *s, size_t n)
{
    size_t size = s->size == 0 ? 256 : s->size;
    char *data;

    if (s->failed)
        return false;
    if (n >= SIZE_MAX / 4 - s->len) {
        s->failed = true;
        return false;
    }
    while (size <= s->len + n)
        size *= 2;
    if (size == s->size)
        return true;
    data = realloc(s->data, size);
    if (data == NULL) {
        s->failed = true;
        return false;
    }
    s->data = data;
    s->size = size;
    return true;
}

void lm_str_add(lm_str *s, const char *text, size_t n)
{
    if (n == 0 || !make_room(s, n))
        return;
    memcpy(s->data + s->len, text, n);
    s->len += n;
    s->data[s->len] = '\0';
}

void lm_str_puts(lm_str *s, const char *text)
{
    lm_str_add(s, text, strlen(text));
}

void lm_str_putc(lm_str *s, char c)
{
    lm_str_add(s, &c, 1);
}

void lm_str_pad(lm_str *s, size_t n)
{
    if (n == 0 || !make_room(s, n))
        return;
    memset(s->data + s->len, ' ', n);
    s->len += n;
    s->data[s->len] = '\0';
}

void lm_str_vprintf(lm_str *s, const char *format, va_list args)
{
    va_list again;
    int n;

    va_copy(again, args);
    n = vsnprintf(NULL, 0, format, args);
    if (n < 0)
        s->failed = true;
    else if (make_room(s, (size_t)n)) {
        vsnprintf(s->data + s->len, (size_t)n + 1, format, again);
        s->len += (size_t)n;
    }
    va_end(again);
}

void lm_str_printf(lm_str *s, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    lm_str_vprintf(s, format, args);
    va_end(args);
}

const char *lm_str_text(const lm_str *s)
{
    return s->len > 0 ? s->data : "";
}

void lm_str_clear(lm_str *s)
{
    free(s->data);
    memset(s, 0, sizeof *s);
}
