/* SPDX-License-Identifier: MIT */
/*
 * luatok.h - Lua 5.4 source as tokens (Reference Manual 3.1).
 *
 *   lm_luatok_start  look at text[0..len); a first line with # is skipped
 *                    over by the Lua loader, so here it is one comment
 *   lm_luatok_next   the next token; LM_LUA_END at the end
 *   lm_luatok_is     is the token exactly this text?
 *   lm_lua_string    the value of a string token, escapes resolved
 *   lm_lua_line_end  the bytes of the line end at s: LF, CR, CRLF or LFCR are
 *                    one to Lua; 0: none there
 *
 * Tokens are spans of the caller's text.
 */
#ifndef LM_LEX_LUATOK_H
#define LM_LEX_LUATOK_H

#include <stdbool.h>
#include <stddef.h>

typedef enum lm_luakind {
    LM_LUA_END,
    LM_LUA_SPACE,
    LM_LUA_COMMENT,     /* short (without its line end) or long */
    LM_LUA_NAME,        /* identifier or keyword */
    LM_LUA_STRING,      /* "x", 'x' */
    LM_LUA_LONG_STRING, /* [[x]], [==[x]==] */
    LM_LUA_NUMBER,
    LM_LUA_OPERATOR,    /* the longest one that fits: ... == ~= :: // << */
    LM_LUA_BAD          /* an open string or long bracket, to the end of the
                           line or text; or a byte that begins no token */
} lm_luakind;

typedef struct lm_luatok {
    const char *text;
    size_t len;
    size_t pos;
    lm_luakind kind;
    size_t start;
    size_t size;
} lm_luatok;

void lm_luatok_start(lm_luatok *t, const char *text, size_t len);
lm_luakind lm_luatok_next(lm_luatok *t);
bool lm_luatok_is(const lm_luatok *t, const char *text);
size_t lm_lua_line_end(const char *s, size_t left);

/*
 * The bytes that a STRING or LONG_STRING token stands for, and their number.
 * The caller frees them. NULL: out of memory or a bad escape (*bad is set).
 */
char *lm_lua_string(const lm_luatok *t, size_t *len, bool *bad);

#endif
