/* SPDX-License-Identifier: MIT */
#include "fingerprint.h"

#include <string.h>

#include "sqltok.h"

/*
 * The byte that stands for a kind of token. These are part of "t1:" and
 * written into ledgers: they never change, whatever becomes of the enums.
 * 0 is a kind that does not count.
 */
static const unsigned char sql_kind[] = {
    [LM_TOK_END] = 0,        [LM_TOK_SPACE] = 0,
    [LM_TOK_COMMENT] = 0,    [LM_TOK_WORD] = 'w',
    [LM_TOK_QUOTED] = 'q',   [LM_TOK_STRING] = 's',
    [LM_TOK_BLOB] = 'b',     [LM_TOK_NUMBER] = 'n',
    [LM_TOK_VARIABLE] = 'v', [LM_TOK_OPERATOR] = 'o',
    [LM_TOK_SEMI] = ';',     [LM_TOK_BAD] = '!'
};

static const unsigned char lua_kind[] = {
    [LM_LUA_END] = 0,         [LM_LUA_SPACE] = 0,
    [LM_LUA_COMMENT] = 0,     [LM_LUA_NAME] = 'w',
    [LM_LUA_STRING] = 's',    [LM_LUA_LONG_STRING] = 'l',
    [LM_LUA_NUMBER] = 'n',    [LM_LUA_OPERATOR] = 'o',
    [LM_LUA_BAD] = '!'
};

enum { KIND_DIRECTIVE = 'd', BLOCK = LM_FINGERPRINT_BLOCK };

typedef lm_fingerprint sink;

static void flush(sink *k)
{
    lm_sha256_add(&k->hash, k->block, k->used);
    k->used = 0;
}

static void put_bytes(sink *k, const char *bytes, size_t n)
{
    if (n > BLOCK - k->used)
        flush(k);
    if (n > BLOCK) {
        lm_sha256_add(&k->hash, bytes, n);
        return;
    }
    memcpy(k->block + k->used, bytes, n);
    k->used += n;
}

/* What stands before a token's bytes: its kind, and its length in groups of
 * seven bits, the lowest first, all but the last with the high bit set. */
static void put_head(sink *k, unsigned char kind, size_t len)
{
    if (BLOCK - k->used < 11)
        flush(k);
    k->block[k->used++] = kind;
    for (; len >= 0x80; len >>= 7)
        k->block[k->used++] = (unsigned char)(len & 0x7F) | 0x80;
    k->block[k->used++] = (unsigned char)len;
}

static void put_token(sink *k, unsigned char kind, const char *s, size_t n)
{
    put_head(k, kind, n);
    put_bytes(k, s, n);
}

void lm_fingerprint_begin(sink *k)
{
    lm_sha256_begin(&k->hash);
    k->used = 0;
}

void lm_fingerprint_end(sink *k, char out[LM_FINGERPRINT_SIZE])
{
    flush(k);
    memcpy(out, "t1:", 3);
    lm_sha256_end(&k->hash, out + 3);
}

/* A string of a Lua script with its line ends as LF, which is what it holds
 * when it runs. A short one has them behind a backslash. */
static void put_lua_string(sink *k, unsigned char kind, const char *s,
                           size_t n)
{
    size_t i, step, len = 0;

    if (memchr(s, '\r', n) == NULL) {
        put_token(k, kind, s, n);
        return;
    }
    for (i = 0; i < n; i += step > 0 ? step : 1, len++)
        step = lm_lua_line_end(s + i, n - i);
    put_head(k, kind, len);
    for (i = 0; i < n; i += step > 0 ? step : 1) {
        step = lm_lua_line_end(s + i, n - i);
        put_bytes(k, step > 0 ? "\n" : s + i, 1);
    }
}

void lm_fingerprint_lua_token(sink *k, const lm_luatok *t)
{
    unsigned char kind = lua_kind[t->kind];

    if (kind == 0)
        return;
    if (t->kind == LM_LUA_STRING || t->kind == LM_LUA_LONG_STRING)
        put_lua_string(k, kind, t->text + t->start, t->size);
    else
        put_token(k, kind, t->text + t->start, t->size);
}

void lm_fingerprint_lua(const char *text, size_t len,
                        char out[LM_FINGERPRINT_SIZE])
{
    lm_luatok t;
    sink k;

    lm_fingerprint_begin(&k);
    lm_luatok_start(&t, text, len);
    while (lm_luatok_next(&t) != LM_LUA_END)
        lm_fingerprint_lua_token(&k, &t);
    lm_fingerprint_end(&k, out);
}

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* The next word of s[*at..n), 0 bytes at the end. Steps behind it. */
static const char *next_word(const char *s, size_t n, size_t *at,
                             size_t *size)
{
    size_t first;

    while (*at < n && is_blank(s[*at]))
        ++*at;
    first = *at;
    while (*at < n && !is_blank(s[*at]))
        ++*at;
    *size = *at - first;
    return s + first;
}

/* A directive's words, single-spaced; it begins with one, the dashes. */
static void put_directive(sink *k, const char *s, size_t n)
{
    const char *word;
    size_t at = 0, size, len = 0;

    while (next_word(s, n, &at, &size), size > 0)
        len += size + 1;
    put_head(k, KIND_DIRECTIVE, len - 1);
    at = 0;
    word = next_word(s, n, &at, &size);
    put_bytes(k, word, size);
    while (word = next_word(s, n, &at, &size), size > 0) {
        put_bytes(k, " ", 1);
        put_bytes(k, word, size);
    }
}

static void put_sql(sink *k, const char *text, size_t len,
                    lm_directive_fn directive)
{
    lm_sqltok t;
    lm_sqlkind kind;

    lm_sqltok_start(&t, text, len);
    while ((kind = lm_sqltok_next(&t)) != LM_TOK_END) {
        if (sql_kind[kind] != 0)
            put_token(k, sql_kind[kind], text + t.start, t.size);
        else if (kind == LM_TOK_COMMENT && directive != NULL &&
                 directive(&t))
            put_directive(k, text + t.start, t.size);
    }
}

void lm_fingerprint_sql(const char *text, size_t len,
                        lm_directive_fn directive,
                        char out[LM_FINGERPRINT_SIZE])
{
    lm_sqlpair pair = {0};

    pair.up = text;
    pair.up_len = len;
    lm_fingerprint_pair(&pair, directive, out);
}

void lm_fingerprint_pair(const lm_sqlpair *pair, lm_directive_fn directive,
                         char out[LM_FINGERPRINT_SIZE])
{
    static const char between[] = "-- down";
    sink k;

    lm_fingerprint_begin(&k);
    if (pair->setting != NULL)
        put_directive(&k, pair->setting, strlen(pair->setting));
    put_sql(&k, pair->up, pair->up_len, directive);
    if (pair->down != NULL) {
        put_directive(&k, between, sizeof between - 1);
        put_sql(&k, pair->down, pair->down_len, directive);
    }
    lm_fingerprint_end(&k, out);
}
