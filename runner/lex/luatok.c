/* SPDX-License-Identifier: MIT */
#include "luatok.h"

#include <string.h>

#include "../base/text.h"

/* What a byte may be part of. LETTER and digits are ASCII in every locale,
 * as Lua's own tables have them. */
enum { BLANK = 1, EOL = 2, LETTER = 4, DIGIT = 8, HEX = 16 };

#define B BLANK
#define N (BLANK | EOL)
#define L LETTER
#define D (DIGIT | HEX)
#define H (LETTER | HEX)
static const unsigned char traits[256] = {
    0, 0, 0, 0, 0, 0, 0, 0, 0, B, N, B, B, N, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    B, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    D, D, D, D, D, D, D, D, D, D, 0, 0, 0, 0, 0, 0,
    0, H, H, H, H, H, H, L, L, L, L, L, L, L, L, L,
    L, L, L, L, L, L, L, L, L, L, L, 0, 0, 0, 0, L,
    0, H, H, H, H, H, H, L, L, L, L, L, L, L, L, L,
    L, L, L, L, L, L, L, L, L, L, L, 0, 0, 0, 0, 0
};

/* The byte at an offset; 0 at the end, where no trait and no case fits. */
static int peek(const lm_luatok *t, size_t at)
{
    return at < t->len ? (unsigned char)t->text[at] : 0;
}

static bool is(const lm_luatok *t, size_t at, int trait)
{
    return (traits[peek(t, at)] & trait) != 0;
}

static size_t skip(const lm_luatok *t, size_t at, int trait)
{
    while (at < t->len && (traits[(unsigned char)t->text[at]] & trait) != 0)
        at++;
    return at;
}

static size_t skip_line(const lm_luatok *t, size_t at)
{
    while (at < t->len && (traits[(unsigned char)t->text[at]] & EOL) == 0)
        at++;
    return at;
}

static size_t end_token(lm_luatok *t, lm_luakind kind, size_t end)
{
    t->kind = kind;
    return end;
}

size_t lm_lua_line_end(const char *s, size_t left)
{
    if (left == 0 || (s[0] != '\n' && s[0] != '\r'))
        return 0;
    if (left > 1 && (s[1] == '\n' || s[1] == '\r') && s[0] != s[1])
        return 2;
    return 1;
}

static size_t skip_equals(const char *s, size_t at, size_t len)
{
    while (at < len && s[at] == '=')
        at++;
    return at;
}

/* `at` stands on a [. The bytes of [[ or [==[ there; 0: no long bracket. */
static size_t long_opening(const lm_luatok *t, size_t at)
{
    size_t end = skip_equals(t->text, at + 1, t->len);

    return peek(t, end) == '[' ? end + 1 - at : 0;
}

/* Behind an opening of `width` bytes: where its closing ends; 0: nowhere. */
static size_t long_closing(const lm_luatok *t, size_t at, size_t width)
{
    const char *hit;
    size_t end;

    while (at < t->len &&
           (hit = memchr(t->text + at, ']', t->len - at)) != NULL) {
        at = (size_t)(hit - t->text);
        end = skip_equals(t->text, at + 1, t->len);
        if (end - at == width - 1 && peek(t, end) == ']')
            return end + 1;
        at = end;
    }
    return 0;
}

static size_t read_long(lm_luatok *t, lm_luakind kind, size_t at)
{
    size_t width = long_opening(t, at);
    size_t end = long_closing(t, at + width, width);

    if (end == 0)
        return end_token(t, LM_LUA_BAD, t->len);
    return end_token(t, kind, end);
}

static size_t read_comment(lm_luatok *t, size_t at)
{
    if (peek(t, at) == '[' && long_opening(t, at) > 0)
        return read_long(t, LM_LUA_COMMENT, at);
    return end_token(t, LM_LUA_COMMENT, skip_line(t, at));
}

/* [ or [[x]]; a [= that opens nothing is an error to Lua as well. */
static size_t read_bracket(lm_luatok *t, size_t at)
{
    if (long_opening(t, at) > 0)
        return read_long(t, LM_LUA_LONG_STRING, at);
    if (peek(t, at + 1) == '=')
        return end_token(t, LM_LUA_BAD, skip_equals(t->text, at + 1, t->len));
    return end_token(t, LM_LUA_OPERATOR, at + 1);
}

/* `at` stands on a backslash. Behind what it hides from the reader of the
 * string: one byte, one line end, or after z all blanks. */
static size_t skip_escape(const lm_luatok *t, size_t at)
{
    size_t step;

    if (peek(t, at + 1) == 'z')
        return skip(t, at + 2, BLANK);
    if (at + 1 >= t->len)
        return t->len;
    step = lm_lua_line_end(t->text + at + 1, t->len - at - 1);
    return at + 1 + (step > 0 ? step : 1);
}

static size_t read_string(lm_luatok *t, size_t at)
{
    char quote = t->text[at++];

    while (at < t->len && t->text[at] != quote) {
        if (t->text[at] == '\\')
            at = skip_escape(t, at);
        else if (is(t, at, EOL))
            return end_token(t, LM_LUA_BAD, at);
        else
            at++;
    }
    if (at >= t->len)
        return end_token(t, LM_LUA_BAD, t->len);
    return end_token(t, LM_LUA_STRING, at + 1);
}

/* As greedy as Lua: 0x1p-4, 1e+5, and also 3..2, which it then refuses. */
static size_t read_number(lm_luatok *t, size_t at)
{
    int exponent = 'e';

    if (peek(t, at) == '0' && lm_fold(peek(t, at + 1)) == 'x') {
        exponent = 'p';
        at += 2;
    }
    for (;;) {
        if (lm_fold(peek(t, at)) == exponent) {
            at++;
            if (peek(t, at) == '+' || peek(t, at) == '-')
                at++;
        } else if (is(t, at, HEX) || peek(t, at) == '.')
            at++;
        else
            break;
    }
    return end_token(t, LM_LUA_NUMBER, is(t, at, LETTER) ? at + 1 : at);
}

static size_t read_dots(lm_luatok *t, size_t at)
{
    if (is(t, at + 1, DIGIT))
        return read_number(t, at);
    if (peek(t, at + 1) != '.')
        return end_token(t, LM_LUA_OPERATOR, at + 1);
    return end_token(t, LM_LUA_OPERATOR,
                     at + (peek(t, at + 2) == '.' ? 3 : 2));
}

/* An operator of one byte, or of two when one of `second` follows. */
static size_t read_pair(lm_luatok *t, size_t at, const char *second)
{
    int c = peek(t, at + 1);

    return end_token(t, LM_LUA_OPERATOR,
                     at + (c != 0 && strchr(second, c) != NULL ? 2 : 1));
}

static size_t read_symbol(lm_luatok *t, size_t at)
{
    switch (t->text[at]) {
    case '"':
    case '\'': return read_string(t, at);
    case '[': return read_bracket(t, at);
    case '.': return read_dots(t, at);
    case '-':
        if (peek(t, at + 1) == '-')
            return read_comment(t, at + 2);
        return end_token(t, LM_LUA_OPERATOR, at + 1);
    case '=': return read_pair(t, at, "=");
    case '~': return read_pair(t, at, "=");
    case ':': return read_pair(t, at, ":");
    case '/': return read_pair(t, at, "/");
    case '<': return read_pair(t, at, "<=");
    case '>': return read_pair(t, at, ">=");
    case '+': case '*': case '%': case '^': case '#': case '&': case '|':
    case '(': case ')': case '{': case '}': case ']': case ';': case ',':
        return end_token(t, LM_LUA_OPERATOR, at + 1);
    default: return end_token(t, LM_LUA_BAD, at + 1);
    }
}

static size_t read_token(lm_luatok *t, size_t at)
{
    int c = traits[(unsigned char)t->text[at]];

    if (c & BLANK)
        return end_token(t, LM_LUA_SPACE, skip(t, at, BLANK));
    if (c & LETTER)
        return end_token(t, LM_LUA_NAME, skip(t, at, LETTER | DIGIT));
    if (c & DIGIT)
        return read_number(t, at);
    return read_symbol(t, at);
}

/* Was the token before this one the byte order mark? No other blank begins
 * with its first byte. */
static bool is_after_mark(const lm_luatok *t)
{
    return t->pos == 3 && t->start == 0 && t->kind == LM_LUA_SPACE &&
           (unsigned char)t->text[0] == 0xEF;
}

/* What only the start of a file may have: a byte order mark, then #. */
static size_t read_start(lm_luatok *t)
{
    if (t->pos == 0 && t->len >= 3 &&
        memcmp(t->text, "\xEF\xBB\xBF", 3) == 0)
        return end_token(t, LM_LUA_SPACE, 3);
    if (t->text[t->pos] == '#')
        return end_token(t, LM_LUA_COMMENT, skip_line(t, t->pos));
    return read_token(t, t->pos);
}

void lm_luatok_start(lm_luatok *t, const char *text, size_t len)
{
    memset(t, 0, sizeof *t);
    t->text = text;
    t->len = len;
}

lm_luakind lm_luatok_next(lm_luatok *t)
{
    bool first = t->pos == 0 || is_after_mark(t);

    t->start = t->pos;
    if (t->pos >= t->len)
        t->kind = LM_LUA_END;
    else
        t->pos = first ? read_start(t) : read_token(t, t->pos);
    t->size = t->pos - t->start;
    return t->kind;
}

bool lm_luatok_is(const lm_luatok *t, const char *text)
{
    size_t n = strlen(text);

    return t->size == n && memcmp(t->text + t->start, text, n) == 0;
}
