/* SPDX-License-Identifier: MIT */
#include "utf.h"

#include <string.h>

static const char replacement[] = "\xEF\xBF\xBD";

/* What the first byte says: how many follow, and its own bits. */
static size_t lead(unsigned char c, unsigned long *bits)
{
    if (c < 0x80) {
        *bits = c;
        return 1;
    }
    if (c >= 0xC2 && c <= 0xDF) {
        *bits = c & 0x1FU;
        return 2;
    }
    if (c >= 0xE0 && c <= 0xEF) {
        *bits = c & 0x0FU;
        return 3;
    }
    if (c >= 0xF0 && c <= 0xF4) {
        *bits = c & 0x07U;
        return 4;
    }
    return 0;
}

size_t lm_utf_next(const char *s, size_t left, unsigned long *code)
{
    unsigned long bits = 0;
    size_t i, n;

    if (left == 0)
        return 0;
    n = lead((unsigned char)s[0], &bits);
    if (n == 0 || n > left)
        return 0;
    for (i = 1; i < n; i++) {
        unsigned char c = (unsigned char)s[i];

        if ((c & 0xC0) != 0x80)
            return 0;
        bits = bits << 6 | (c & 0x3FU);
    }
    /* Longer than needed, a half of a UTF-16 pair, beyond Unicode. */
    if ((n == 3 && bits < 0x800) || (n == 4 && bits < 0x10000) ||
        (bits >= 0xD800 && bits <= 0xDFFF) || bits > 0x10FFFF)
        return 0;
    *code = bits;
    return n;
}

size_t lm_utf_width(const char *s, size_t n)
{
    unsigned long code;
    size_t i = 0, width = 0, step;

    while (i < n) {
        step = lm_utf_next(s + i, n - i, &code);
        i += step > 0 ? step : 1;
        width++;
    }
    return width;
}

size_t lm_utf_cut(const char *s, size_t n, size_t columns)
{
    unsigned long code;
    size_t i = 0, step;

    for (; i < n && columns > 0; columns--) {
        step = lm_utf_next(s + i, n - i, &code);
        i += step > 0 ? step : 1;
    }
    return i;
}

bool lm_utf_valid(const char *s, size_t n)
{
    unsigned long code;
    size_t i = 0, step;

    while (i < n) {
        step = lm_utf_next(s + i, n - i, &code);
        if (step == 0)
            return false;
        i += step;
    }
    return true;
}

void lm_utf_repair(lm_str *to, const char *s, size_t n)
{
    unsigned long code;
    size_t i = 0, step;

    while (i < n) {
        step = lm_utf_next(s + i, n - i, &code);
        if (step > 0)
            lm_str_add(to, s + i, step);
        else
            lm_str_puts(to, replacement);
        i += step > 0 ? step : 1;
    }
}

/* Would a terminal act on it instead of showing it? */
static bool acts(unsigned long code)
{
    return code < 0x20 || (code >= 0x7F && code <= 0x9F) || code == 0x061C ||
           (code >= 0x200E && code <= 0x200F) ||
           (code >= 0x2028 && code <= 0x202E) ||
           (code >= 0x2066 && code <= 0x2069);
}

static void show_code(lm_str *to, unsigned long code)
{
    if (code == '\n')
        lm_str_puts(to, "\\n");
    else if (code == '\t')
        lm_str_puts(to, "\\t");
    else if (code == '\r')
        lm_str_puts(to, "\\r");
    else
        lm_str_printf(to, code < 0x80 ? "\\x%02lx" : "\\u%04lx", code);
}

static void show(lm_str *to, const char *s, size_t n, bool tabs)
{
    unsigned long code;
    size_t i = 0, step;

    while (i < n) {
        step = lm_utf_next(s + i, n - i, &code);
        if (step == 0)
            lm_str_puts(to, replacement);
        else if (acts(code) && !(tabs && code == '\t'))
            show_code(to, code);
        else
            lm_str_add(to, s + i, step);
        i += step > 0 ? step : 1;
    }
}

void lm_utf_show(lm_str *to, const char *s, size_t n)
{
    show(to, s, n, false);
}

void lm_utf_lines(lm_str *to, size_t indent, const char *s, size_t n)
{
    size_t i = 0;

    do {
        const char *end = memchr(s + i, '\n', n - i);
        size_t stop = end != NULL ? (size_t)(end - s) : n;
        size_t len = stop - i;

        if (len > 0 && end != NULL && s[stop - 1] == '\r')
            len--;
        if (len > 0)
            lm_str_pad(to, indent);
        show(to, s + i, len, true);
        lm_str_putc(to, '\n');
        i = stop + 1;
    } while (i < n);
}
