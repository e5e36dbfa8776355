/* SPDX-License-Identifier: MIT */
#include "buf.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Room for n more bytes and a NUL. */
static bool reserve(lm_buf *b, size_t n)
{
    size_t size = b->size;
    char *data;

    if (b->failed)
        return false;
    if (n < size - b->len && b->data != NULL)
        return true;
    if (n > SIZE_MAX / 4 || b->len > SIZE_MAX / 4) {
        b->failed = true;
        return false;
    }
    size = size < 32 ? 32 : size * 2;
    if (size < b->len + n + 1)
        size = b->len + n + 1;
    data = realloc(b->data, size);
    if (data == NULL) {
        b->failed = true;
        return false;
    }
    b->data = data;
    b->size = size;
    return true;
}

void lm_buf_add(lm_buf *b, const char *s, size_t n)
{
    if (!reserve(b, n))
        return;
    if (n > 0)
        memcpy(b->data + b->len, s, n);
    b->len += n;
    b->data[b->len] = '\0';
}

void lm_buf_puts(lm_buf *b, const char *s)
{
    lm_buf_add(b, s, strlen(s));
}

void lm_buf_putc(lm_buf *b, char c)
{
    lm_buf_add(b, &c, 1);
}

void lm_buf_vprintf(lm_buf *b, const char *format, va_list args)
{
    va_list again;
    int n;

    va_copy(again, args);
    n = vsnprintf(NULL, 0, format, args);
    if (n < 0)
        b->failed = true;
    else if (reserve(b, (size_t)n)) {
        vsnprintf(b->data + b->len, (size_t)n + 1, format, again);
        b->len += (size_t)n;
    }
    va_end(again);
}

void lm_buf_printf(lm_buf *b, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    lm_buf_vprintf(b, format, args);
    va_end(args);
}

const char *lm_buf_text(const lm_buf *b)
{
    return b->data != NULL && !b->failed ? b->data : "";
}

char *lm_buf_take(lm_buf *b)
{
    char *text;

    reserve(b, 0);
    if (b->failed) {
        lm_buf_clear(b);
        return NULL;
    }
    text = b->data;
    text[b->len] = '\0';
    memset(b, 0, sizeof *b);
    return text;
}

void lm_buf_clear(lm_buf *b)
{
    free(b->data);
    memset(b, 0, sizeof *b);
}

bool lm_buf_failed(const lm_buf *b)
{
    return b->failed;
}
