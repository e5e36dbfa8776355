/* SPDX-License-Identifier: MIT */
#include "summary.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "../base/text.h"
#include "luatok.h"

enum { LIMIT = 200 };

static bool is_blank(char c)
{
    return (c >= 0 && c <= ' ') || c == 0x7F;
}

/* A control character, of `step` bytes: C0, DEL, or C1 in UTF-8. */
static bool is_control(const char *s, size_t step)
{
    if (step == 2)
        return (unsigned char)s[0] == 0xC2 && (unsigned char)s[1] < 0xA0;
    return step == 1 && is_blank(*s);
}

char *lm_summary_line(const char *s, size_t n)
{
    char *line = malloc(LIMIT + 1);
    size_t i, step, used = 0;

    if (line == NULL)
        return NULL;
    for (i = 0; i < n; i += step) {
        step = lm_utf8_length(s + i, n - i);
        if (step == 0)
            step = 1;
        if (used + step > LIMIT)
            break;
        if (!is_control(s + i, step)) {
            memcpy(line + used, s + i, step);
            used += step;
        } else if (used > 0)
            line[used++] = ' ';
    }
    while (used > 0 && line[used - 1] == ' ')
        used--;
    line[used] = '\0';
    return line;
}

typedef struct span {
    const char *s;
    size_t n;
} span;

static span trim(span text)
{
    while (text.n > 0 && is_blank(text.s[text.n - 1]))
        text.n--;
    while (text.n > 0 && is_blank(*text.s)) {
        text.s++;
        text.n--;
    }
    return text;
}

/* The first line of text that is not empty, trimmed. */
static span first_line(span text)
{
    span line = trim(text);
    size_t n;

    for (n = 0; n < line.n; n++)
        if (line.s[n] == '\n' || line.s[n] == '\r')
            break;
    line.n = n;
    return trim(line);
}

/* What a comment says in its first line. One of dashes alone says nothing. */
static span comment_line(const lm_luatok *t)
{
    span text = {t->text + t->start, t->size};
    size_t width = 0;

    if (*text.s == '#') {
        text.n = 0;
        return text;
    }
    text.s += 2;
    text.n -= 2;
    if (text.n > 0 && *text.s == '[')
        while (++width < text.n && text.s[width] == '=')
            continue;
    if (width > 0 && width < text.n && text.s[width] == '[') {
        text.s += width + 1;
        text.n -= 2 * (width + 1);
        return first_line(text);
    }
    while (text.n > 0 && *text.s == '-') {
        text.s++;
        text.n--;
    }
    return trim(text);
}

char *lm_summary_lua(const char *text, size_t len)
{
    span line, best = {"", 0};
    lm_luatok t;
    lm_luakind kind;

    lm_luatok_start(&t, text, len);
    for (;;) {
        kind = lm_luatok_next(&t);
        if (kind != LM_LUA_SPACE && kind != LM_LUA_COMMENT)
            break;
        if (kind == LM_LUA_SPACE)
            continue;
        line = comment_line(&t);
        if (line.n > 0 && t.size > 2 && text[t.start + 2] == '-') {
            best = line;
            break;
        }
        if (best.n == 0)
            best = line;
    }
    return lm_summary_line(best.s, best.n);
}
