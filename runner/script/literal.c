/* SPDX-License-Identifier: MIT */
#include "literal.h"

#include <float.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kind.h"
#include "raise.h"
#include "value.h"

static void add_quoted(luaL_Buffer *b, const char *s, size_t n, char quote)
{
    size_t i;

    luaL_addchar(b, quote);
    for (i = 0; i < n; i++) {
        if (s[i] == quote)
            luaL_addchar(b, quote);
        luaL_addchar(b, s[i]);
    }
    luaL_addchar(b, quote);
}

static void add_hex(luaL_Buffer *b, const char *s, size_t n)
{
    static const char digits[] = "0123456789abcdef";
    unsigned char c;
    size_t i;

    luaL_addstring(b, "x'");
    for (i = 0; i < n; i++) {
        c = (unsigned char)s[i];
        luaL_addchar(b, digits[c >> 4]);
        luaL_addchar(b, digits[c & 15]);
    }
    luaL_addchar(b, '\'');
}

int l_conn_quote_ident(lua_State *L)
{
    const char *name;
    luaL_Buffer b;
    size_t n;

    lm_kind_check(L, 1, LM_KIND_CONN);
    luaL_checktype(L, 2, LUA_TSTRING);
    name = lua_tolstring(L, 2, &n);
    if (memchr(name, '\0', n) != NULL)
        return lm_raise(L, "a name cannot hold a NUL byte");
    luaL_buffinit(L, &b);
    add_quoted(&b, name, n, '"');
    luaL_pushresult(&b);
    return 1;
}

/* SQLite stops reading at a NUL byte. */
static void add_text(luaL_Buffer *b, const lm_value *v)
{
    const char *s = v->as.text.bytes;
    size_t n = v->as.text.size;

    if (n == 0 || memchr(s, '\0', n) == NULL) {
        add_quoted(b, s, n, '\'');
        return;
    }
    luaL_addstring(b, "CAST(");
    add_hex(b, s, n);
    luaL_addstring(b, " AS TEXT)");
}

/* The digits, with the point of SQL whatever the locale's is; and one more
 * part when there is none, so that it stays a REAL. */
static void add_digits(luaL_Buffer *b, const char *text)
{
    bool real = false, point = false;
    size_t i;

    for (i = 0; text[i] != '\0'; i++) {
        if (strchr("0123456789+-e", text[i]) != NULL) {
            real = real || text[i] == 'e';
            luaL_addchar(b, text[i]);
        } else if (!point) {
            real = point = true;
            luaL_addchar(b, '.');
        }
    }
    if (!real)
        luaL_addstring(b, ".0");
}

/* As short as it can be and still be the same number; an infinite one is too
 * large a number. */
static void add_real(luaL_Buffer *b, double d)
{
    char text[40];
    double again;
    int digits;

    if (d > DBL_MAX || d < -DBL_MAX) {
        luaL_addstring(b, d > 0 ? "9e999" : "-9e999");
        return;
    }
    for (digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, d);
        again = strtod(text, NULL);
        if (!(again < d) && !(again > d))
            break;
    }
    add_digits(b, text);
}

int l_conn_quote_literal(lua_State *L)
{
    char text[40];
    luaL_Buffer b;
    lm_value v;

    lm_kind_check(L, 1, LM_KIND_CONN);
    luaL_checkany(L, 2);
    if (!lm_value_read(L, 2, &v))
        return lm_raise(L, "quote_literal: the value %s",
                        lm_value_problem(L, 2));
    luaL_buffinit(L, &b);
    switch (v.type) {
    case LM_INTEGER:
        snprintf(text, sizeof text, "%lld", (long long)v.as.integer);
        luaL_addstring(&b, text);
        break;
    case LM_REAL: add_real(&b, v.as.real); break;
    case LM_TEXT: add_text(&b, &v); break;
    case LM_BLOB: add_hex(&b, v.as.text.bytes, v.as.text.size); break;
    default: luaL_addstring(&b, "NULL");
    }
    luaL_pushresult(&b);
    return 1;
}
