/* SPDX-License-Identifier: MIT */
#include "text.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"

char *lm_strndup(const char *s, size_t n)
{
    char *copy = malloc(n + 1);

    if (copy != NULL) {
        if (n > 0)
            memcpy(copy, s, n);
        copy[n] = '\0';
    }
    return copy;
}

char *lm_strdup(const char *s)
{
    return lm_strndup(s, strlen(s));
}

char *lm_vformat(const char *format, va_list args)
{
    lm_buf text = {0};

    lm_buf_vprintf(&text, format, args);
    return lm_buf_take(&text);
}

char *lm_format(const char *format, ...)
{
    va_list args;
    char *text;

    va_start(args, format);
    text = lm_vformat(format, args);
    va_end(args);
    return text;
}

int lm_fold(int c)
{
    return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
}

bool lm_same_name_n(const char *a, size_t alen, const char *b, size_t blen)
{
    size_t i;

    if (alen != blen)
        return false;
    for (i = 0; i < alen; i++)
        if (lm_fold((unsigned char)a[i]) != lm_fold((unsigned char)b[i]))
            return false;
    return true;
}

bool lm_same_name(const char *a, const char *b)
{
    return lm_same_name_n(a, strlen(a), b, strlen(b));
}

bool lm_starts(const char *s, const char *prefix)
{
    return strncmp(s, prefix, strlen(prefix)) == 0;
}

bool lm_ends(const char *s, const char *suffix)
{
    size_t n = strlen(s), m = strlen(suffix);

    return n >= m && memcmp(s + n - m, suffix, m) == 0;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Compare the numbers at *a and *b, which may be of any length, and step
 * over them. Zeros in front do not count. */
static int compare_numbers(const char **a, const char **b)
{
    const char *x = *a, *y = *b;
    size_t n, m;
    int order;

    while (*x == '0' && is_digit(x[1]))
        x++;
    while (*y == '0' && is_digit(y[1]))
        y++;
    for (n = 0; is_digit(x[n]);)
        n++;
    for (m = 0; is_digit(y[m]);)
        m++;
    order = n != m ? (n < m ? -1 : 1) : memcmp(x, y, n);
    *a = x + n;
    *b = y + m;
    return order;
}

int lm_natural_cmp(const char *a, const char *b)
{
    const char *x = a, *y = b;
    int order;

    while (*x != '\0' && *y != '\0') {
        if (is_digit(*x) && is_digit(*y)) {
            order = compare_numbers(&x, &y);
            if (order != 0)
                return order;
        } else if (*x != *y)
            return (unsigned char)*x < (unsigned char)*y ? -1 : 1;
        else
            x++, y++;
    }
    if (*x != *y)
        return *x == '\0' ? -1 : 1;
    return strcmp(a, b);
}

/* Table 3-7 of the Unicode standard: well-formed UTF-8 byte sequences. */
size_t lm_utf8_length(const char *text, size_t left)
{
    const unsigned char *s = (const unsigned char *)text;
    unsigned low = 0x80, high = 0xBF;
    size_t n, i;

    if (left == 0)
        return 0;
    if (s[0] < 0x80)
        return 1;
    if (s[0] < 0xC2 || s[0] > 0xF4)
        return 0;
    n = s[0] < 0xE0 ? 2 : s[0] < 0xF0 ? 3 : 4;
    if (n > left)
        return 0;
    if (s[0] == 0xE0)
        low = 0xA0;
    else if (s[0] == 0xED)
        high = 0x9F;
    else if (s[0] == 0xF0)
        low = 0x90;
    else if (s[0] == 0xF4)
        high = 0x8F;
    if (s[1] < low || s[1] > high)
        return 0;
    for (i = 2; i < n; i++)
        if (s[i] < 0x80 || s[i] > 0xBF)
            return 0;
    return n;
}

bool lm_utf8_valid(const char *s, size_t n)
{
    size_t step;

    while (n > 0) {
        step = lm_utf8_length(s, n);
        if (step == 0)
            return false;
        s += step;
        n -= step;
    }
    return true;
}

char *lm_one_line(const char *s, size_t n, size_t max)
{
    lm_buf out = {0};
    size_t i, shown = max != 0 && n > max ? max : n;
    unsigned char c;

    for (i = 0; i < shown; i++) {
        c = (unsigned char)s[i];
        if (c == '\n')
            lm_buf_puts(&out, "\\n");
        else if (c == '\t')
            lm_buf_puts(&out, "\\t");
        else if (c < 0x20 || c == 0x7F)
            lm_buf_printf(&out, "\\x%02x", c);
        else
            lm_buf_add(&out, s + i, 1);
    }
    if (shown < n)
        lm_buf_puts(&out, "...");
    return lm_buf_take(&out);
}

bool lm_parse_long(const char *s, long min, long max, long *out)
{
    char *end;
    long n;

    if (!is_digit(s[0]) && !(s[0] == '-' && is_digit(s[1])))
        return false;
    errno = 0;
    n = strtol(s, &end, 10);
    if (*end != '\0' || errno != 0 || n < min || n > max)
        return false;
    *out = n;
    return true;
}
