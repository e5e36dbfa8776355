/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "luatok.h"

/* A string's text between its quotes as it is read, its value as it is
 * written. No escape is shorter than the bytes that it stands for. */
typedef struct reader {
    const char *in, *end;
    char *out;
} reader;

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* \x41: exactly two digits. */
static bool read_hex(reader *r)
{
    int high, low;

    if (r->end - r->in < 2)
        return false;
    high = hex_digit(r->in[0]);
    low = hex_digit(r->in[1]);
    if (high < 0 || low < 0)
        return false;
    *r->out++ = (char)(high * 16 + low);
    r->in += 2;
    return true;
}

/* \65: at most three digits, at most 255. The first one is there. */
static bool read_decimal(reader *r)
{
    int n = 0, digits;

    for (digits = 0; digits < 3 && r->in < r->end; digits++) {
        if (*r->in < '0' || *r->in > '9')
            break;
        n = n * 10 + (*r->in++ - '0');
    }
    if (n > 255)
        return false;
    *r->out++ = (char)n;
    return true;
}

/* UTF-8 as it once was, up to 31 bits in six bytes: Lua writes that. */
static void write_utf8(reader *r, unsigned long code)
{
    int more, shift;

    if (code < 0x80) {
        *r->out++ = (char)code;
        return;
    }
    for (more = 1; more < 5 && code >> (5 * more + 6) != 0;)
        more++;
    *r->out++ = (char)((0xFF00u >> (more + 1)) | (code >> (6 * more)));
    for (shift = 6 * (more - 1); shift >= 0; shift -= 6)
        *r->out++ = (char)(0x80u | ((code >> shift) & 0x3Fu));
}

/* \u{20AC}: at least one digit, less than 2^31. */
static bool read_unicode(reader *r)
{
    unsigned long code = 0;
    const char *first;
    int digit;

    if (r->in >= r->end || *r->in++ != '{')
        return false;
    for (first = r->in; r->in < r->end; r->in++) {
        digit = hex_digit(*r->in);
        if (digit < 0)
            break;
        code = code * 16 + (unsigned long)digit;
        if (code > 0x7FFFFFFFul)
            return false;
    }
    if (r->in == first || r->in >= r->end || *r->in++ != '}')
        return false;
    write_utf8(r, code);
    return true;
}

static bool read_line_end(reader *r)
{
    size_t step = lm_lua_line_end(r->in, (size_t)(r->end - r->in));

    if (step == 0)
        return false;
    r->in += step;
    *r->out++ = '\n';
    return true;
}

/* Behind the backslash. */
static bool read_escape(reader *r)
{
    static const char letters[] = "abfnrtv\\\"'";
    static const char values[] = "\a\b\f\n\r\t\v\\\"'";
    const char *hit;

    if (r->in >= r->end)
        return false;
    if (*r->in >= '0' && *r->in <= '9')
        return read_decimal(r);
    if (*r->in == '\n' || *r->in == '\r')
        return read_line_end(r);
    hit = memchr(letters, *r->in, sizeof letters - 1);
    if (hit != NULL)
        *r->out++ = values[hit - letters];
    switch (*r->in++) {
    case 'x': return read_hex(r);
    case 'u': return read_unicode(r);
    case 'z':
        while (r->in < r->end && is_blank(*r->in))
            r->in++;
        return true;
    default: return hit != NULL;
    }
}

static bool read_quoted(reader *r)
{
    while (r->in < r->end) {
        if (*r->in != '\\')
            *r->out++ = *r->in++;
        else {
            r->in++;
            if (!read_escape(r))
                return false;
        }
    }
    return true;
}

/* A line end right behind the opening bracket does not count. */
static void read_long(reader *r)
{
    r->in += lm_lua_line_end(r->in, (size_t)(r->end - r->in));
    while (r->in < r->end)
        if (!read_line_end(r))
            *r->out++ = *r->in++;
}

char *lm_lua_string(const lm_luatok *t, size_t *len, bool *bad)
{
    const char *s = t->text + t->start;
    char *value = malloc(t->size + 1);
    size_t width = 1;
    reader r;

    *bad = false;
    *len = 0;
    if (value == NULL)
        return NULL;
    if (t->kind == LM_LUA_LONG_STRING)
        while (s[width++] != '[')
            continue;
    r.in = s + width;
    r.end = s + t->size - width;
    r.out = value;
    if (t->kind == LM_LUA_LONG_STRING)
        read_long(&r);
    else if (!read_quoted(&r)) {
        free(value);
        *bad = true;
        return NULL;
    }
    *r.out = '\0';
    *len = (size_t)(r.out - value);
    return value;
}
