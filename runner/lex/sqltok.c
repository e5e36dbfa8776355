/* SPDX-License-Identifier: MIT */
#include "sqltok.h"

#include <string.h>

#include "../base/text.h"

/* What a byte begins (the low five bits) ... */
enum {
    C_BAD, C_SPACE, C_WORD, C_BLOB, C_BOM, C_DIGIT, C_QUOTE, C_BRACKET,
    C_ASK, C_VARIABLE, C_DASH, C_SLASH, C_DOT, C_LESS, C_MORE, C_EQUAL,
    C_BANG, C_PIPE, C_SEMI, C_SINGLE,
    CLASS = 0x1F
};

/* ... and what it may be part of. */
enum { DIGIT = 0x100, HEX = 0x200, IDENT = 0x400, BLANK = 0x800 };

/*
 * A vertical tab goes on a blank but begins none: SQLite has it so. All bytes
 * from 0x80 on are letters; 0xEF may begin a byte order mark.
 */
#define B C_BAD
#define T (C_SPACE | BLANK)
#define U (C_BAD | BLANK)
#define D (C_DIGIT | DIGIT | HEX | IDENT)
#define H (C_WORD | HEX | IDENT)
#define L (C_WORD | IDENT)
#define X (C_BLOB | IDENT)
#define M (C_BOM | IDENT)
#define S (C_VARIABLE | IDENT)
#define V C_VARIABLE
#define A C_ASK
#define Q C_QUOTE
#define K C_BRACKET
#define I C_SINGLE
#define P C_PIPE
#define Z C_SEMI
static const unsigned short traits[256] = {
    B, B, B, B, B, B, B, B, B, T, T, U, T, T, B, B,
    B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B,
    T, C_BANG, Q, V, S, I, I, Q, I, I, I, I, I, C_DASH, C_DOT, C_SLASH,
    D, D, D, D, D, D, D, D, D, D, V, Z, C_LESS, C_EQUAL, C_MORE, A,
    V, H, H, H, H, H, H, L, L, L, L, L, L, L, L, L,
    L, L, L, L, L, L, L, L, X, L, L, K, B, B, B, L,
    Q, H, H, H, H, H, H, L, L, L, L, L, L, L, L, L,
    L, L, L, L, L, L, L, L, X, L, L, B, P, B, I, B,
    L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L,
    L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L,
    L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L,
    L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L,
    L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L,
    L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L,
    L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, M,
    L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L
};

/* The byte at an offset; 0 at the end, because SQLite takes a NUL for it. */
static int peek(const lm_sqltok *t, size_t at)
{
    return at < t->len ? (unsigned char)t->text[at] : 0;
}

static bool is(const lm_sqltok *t, size_t at, int trait)
{
    return (traits[peek(t, at)] & trait) != 0;
}

static size_t skip(const lm_sqltok *t, size_t at, int trait)
{
    while (at < t->len && (traits[(unsigned char)t->text[at]] & trait) != 0)
        at++;
    return at;
}

/* The first byte c from `at` on, or the NUL or the end that comes first. */
static size_t find(const lm_sqltok *t, size_t at, char c)
{
    while (at < t->len && t->text[at] != c && t->text[at] != '\0')
        at++;
    return at;
}

static size_t end_token(lm_sqltok *t, lm_sqlkind kind, size_t end)
{
    t->kind = kind;
    return end;
}

static size_t read_quoted(lm_sqltok *t, size_t at)
{
    char quote = t->text[at];
    size_t end = find(t, at + 1, quote);

    while (peek(t, end) == quote && peek(t, end + 1) == quote)
        end = find(t, end + 2, quote);
    if (peek(t, end) != quote)
        return end_token(t, LM_TOK_BAD, end);
    return end_token(t, quote == '\'' ? LM_TOK_STRING : LM_TOK_QUOTED,
                     end + 1);
}

static size_t read_bracketed(lm_sqltok *t, size_t at)
{
    size_t end = find(t, at, ']');

    if (peek(t, end) != ']')
        return end_token(t, LM_TOK_BAD, end);
    return end_token(t, LM_TOK_QUOTED, end + 1);
}

/* x'..'; one with an odd number of digits, or with something else in it,
 * reaches to its quote all the same. */
static size_t read_blob(lm_sqltok *t, size_t at)
{
    size_t end;

    if (peek(t, at + 1) != '\'')
        return end_token(t, LM_TOK_WORD, skip(t, at, IDENT));
    end = skip(t, at + 2, HEX);
    if (peek(t, end) == '\'' && (end - at) % 2 == 0)
        return end_token(t, LM_TOK_BLOB, end + 1);
    end = find(t, end, '\'');
    return end_token(t, LM_TOK_BAD, peek(t, end) == '\'' ? end + 1 : end);
}

/* In SQLite 3.40 a hexadecimal number just ends where its digits do; any
 * other with letters behind it is no number. */
static size_t read_number(lm_sqltok *t, size_t at)
{
    size_t end, sign;

    if (peek(t, at) == '0' && (peek(t, at + 1) | 0x20) == 'x' &&
        is(t, at + 2, HEX))
        return end_token(t, LM_TOK_NUMBER, skip(t, at + 2, HEX));
    end = skip(t, at, DIGIT);
    if (peek(t, end) == '.')
        end = skip(t, end + 1, DIGIT);
    if ((peek(t, end) | 0x20) == 'e') {
        sign = peek(t, end + 1) == '+' || peek(t, end + 1) == '-';
        if (is(t, end + 1 + sign, DIGIT))
            end = skip(t, end + 1 + sign, DIGIT);
    }
    if (is(t, end, IDENT))
        return end_token(t, LM_TOK_BAD, skip(t, end, IDENT));
    return end_token(t, LM_TOK_NUMBER, end);
}

/* :a @a #a $a, with :: in it and (text) behind it as in Tcl. */
static size_t read_variable(lm_sqltok *t, size_t at)
{
    size_t end = at + 1, letters = 0, before;

    for (;;) {
        before = end;
        end = skip(t, end, IDENT);
        letters += end - before;
        if (peek(t, end) != ':' || peek(t, end + 1) != ':')
            break;
        end += 2;
    }
    if (letters == 0)
        return end_token(t, LM_TOK_BAD, end);
    if (peek(t, end) != '(')
        return end_token(t, LM_TOK_VARIABLE, end);
    do
        end++;
    while (peek(t, end) != 0 && peek(t, end) != ')' && !is(t, end, BLANK));
    if (peek(t, end) != ')')
        return end_token(t, LM_TOK_BAD, end);
    return end_token(t, LM_TOK_VARIABLE, end + 1);
}

static size_t read_dash(lm_sqltok *t, size_t at)
{
    if (peek(t, at + 1) == '-')
        return end_token(t, LM_TOK_COMMENT, find(t, at + 2, '\n'));
    if (peek(t, at + 1) != '>')
        return end_token(t, LM_TOK_OPERATOR, at + 1);
    return end_token(t, LM_TOK_OPERATOR,
                     at + (peek(t, at + 2) == '>' ? 3 : 2));
}

/* Two bytes at the very end of the text are a slash and a star. */
static size_t read_slash(lm_sqltok *t, size_t at)
{
    size_t end;

    if (peek(t, at + 1) != '*' || peek(t, at + 2) == 0)
        return end_token(t, LM_TOK_OPERATOR, at + 1);
    end = find(t, at + 2, '*');
    while (peek(t, end) == '*' && peek(t, end + 1) != '/')
        end = find(t, end + 1, '*');
    return end_token(t, LM_TOK_COMMENT, peek(t, end) == '*' ? end + 2 : end);
}

/* An operator of one byte, or of two when one of `second` follows. */
static size_t read_pair(lm_sqltok *t, size_t at, const char *second)
{
    int c = peek(t, at + 1);

    return end_token(t, LM_TOK_OPERATOR,
                     at + (c != 0 && strchr(second, c) != NULL ? 2 : 1));
}

static size_t read_token(lm_sqltok *t, size_t at)
{
    switch (traits[(unsigned char)t->text[at]] & CLASS) {
    case C_SPACE:
        return end_token(t, LM_TOK_SPACE, skip(t, at, BLANK));
    case C_WORD:
        return end_token(t, LM_TOK_WORD, skip(t, at, IDENT));
    case C_BLOB: return read_blob(t, at);
    case C_BOM:
        if (peek(t, at + 1) == 0xBB && peek(t, at + 2) == 0xBF)
            return end_token(t, LM_TOK_SPACE, at + 3);
        return end_token(t, LM_TOK_WORD, skip(t, at, IDENT));
    case C_DIGIT: return read_number(t, at);
    case C_QUOTE: return read_quoted(t, at);
    case C_BRACKET: return read_bracketed(t, at);
    case C_ASK:
        return end_token(t, LM_TOK_VARIABLE, skip(t, at + 1, DIGIT));
    case C_VARIABLE: return read_variable(t, at);
    case C_DASH: return read_dash(t, at);
    case C_SLASH: return read_slash(t, at);
    case C_DOT:
        return is(t, at + 1, DIGIT)
                   ? read_number(t, at)
                   : end_token(t, LM_TOK_OPERATOR, at + 1);
    case C_LESS: return read_pair(t, at, "=><");
    case C_MORE: return read_pair(t, at, "=>");
    case C_EQUAL: return read_pair(t, at, "=");
    case C_PIPE: return read_pair(t, at, "|");
    case C_BANG:
        return peek(t, at + 1) == '='
                   ? end_token(t, LM_TOK_OPERATOR, at + 2)
                   : end_token(t, LM_TOK_BAD, at + 1);
    case C_SEMI: return end_token(t, LM_TOK_SEMI, at + 1);
    case C_SINGLE: return end_token(t, LM_TOK_OPERATOR, at + 1);
    default: return end_token(t, LM_TOK_BAD, at + 1);
    }
}

void lm_sqltok_start(lm_sqltok *t, const char *text, size_t len)
{
    memset(t, 0, sizeof *t);
    t->text = text;
    t->len = len;
}

lm_sqlkind lm_sqltok_next(lm_sqltok *t)
{
    t->start = t->pos;
    if (t->pos < t->len)
        t->pos = read_token(t, t->pos);
    else
        t->kind = LM_TOK_END;
    t->size = t->pos - t->start;
    return t->kind;
}

lm_sqlkind lm_sql_next(lm_sqltok *t)
{
    do
        lm_sqltok_next(t);
    while (t->kind == LM_TOK_SPACE || t->kind == LM_TOK_COMMENT);
    return t->kind;
}

bool lm_sqltok_is(const lm_sqltok *t, const char *keyword)
{
    return t->kind == LM_TOK_WORD &&
           lm_same_name_n(t->text + t->start, t->size, keyword,
                          strlen(keyword));
}

bool lm_sqltok_op(const lm_sqltok *t, char op)
{
    return t->kind == LM_TOK_OPERATOR && t->size == 1 &&
           t->text[t->start] == op;
}

/* Behind a byte order mark the text begins. */
bool lm_sqltok_at_line(const lm_sqltok *t)
{
    return t->start == 0 || t->text[t->start - 1] == '\n' ||
           (t->start == 3 && memcmp(t->text, "\xEF\xBB\xBF", 3) == 0);
}

/* A byte order mark is no character of the first line: editors do not show
 * it. A byte that is not UTF-8 counts as one. */
void lm_text_position(const char *text, size_t offset, int *line,
                      int *column)
{
    const char *lf;
    size_t at = 0, step;

    if (offset >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0)
        at = 3;
    *line = 1;
    while ((lf = memchr(text + at, '\n', offset - at)) != NULL) {
        at = (size_t)(lf - text) + 1;
        ++*line;
    }
    for (*column = 1; at < offset; at += step, ++*column) {
        step = lm_utf8_length(text + at, offset - at);
        if (step == 0)
            step = 1;
    }
}
