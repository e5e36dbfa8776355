/* SPDX-License-Identifier: MIT */
#include "guardtext.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* A text of limited length; what does not fit is left out. */
typedef struct slip {
    char *bytes;
    size_t len;
    bool full;
} slip;

static const char dots[] = "...";

static void add(slip *s, const char *bytes, size_t n)
{
    size_t room = LM_GUARD_TEXT - sizeof dots - s->len;

    if (s->full)
        return;
    if (n > room) {
        /* No character of UTF-8 is cut in two. */
        for (n = room; n > 0 && ((unsigned char)bytes[n] & 0xC0) == 0x80; n--)
            continue;
        s->full = true;
    }
    memcpy(s->bytes + s->len, bytes, n);
    s->len += n;
}

static void add_text(slip *s, const char *text)
{
    add(s, text, strlen(text));
}

static void add_quoted(slip *s, const char *bytes, size_t n)
{
    size_t run;

    add_text(s, "\"");
    while (n > 0) {
        for (run = 0; run < n && bytes[run] != '"' && bytes[run] != '\\';)
            run++;
        add(s, bytes, run);
        if (run < n) {
            add_text(s, "\\");
            add(s, bytes + run, 1);
            run++;
        }
        bytes += run;
        n -= run;
    }
    add_text(s, "\"");
}

static void add_value(lua_State *L, slip *s, int index)
{
    char number[40];
    const char *text;
    size_t len;

    switch (lua_type(L, index)) {
    case LUA_TSTRING:
        text = lua_tolstring(L, index, &len);
        add_quoted(s, text, len);
        return;
    case LUA_TNUMBER:
        if (lua_isinteger(L, index))
            snprintf(number, sizeof number, LUA_INTEGER_FMT,
                     lua_tointeger(L, index));
        else
            snprintf(number, sizeof number, LUA_NUMBER_FMT,
                     lua_tonumber(L, index));
        add_text(s, number);
        return;
    case LUA_TBOOLEAN:
        add_text(s, lua_toboolean(L, index) ? "true" : "false");
        return;
    default:
        add_text(s, lua_rawlen(L, index) > 0 ? "blob" : "NULL");
        return;
    }
}

/* {"a", "b"} or {a = 1, b = 2} */
static void add_table(lua_State *L, slip *s, int index)
{
    const char *name, *comma = "";
    size_t len;

    add_text(s, "{");
    lua_pushnil(L);
    while (lua_next(L, index)) {
        add_text(s, comma);
        if (lua_type(L, -2) == LUA_TSTRING) {
            name = lua_tolstring(L, -2, &len);
            add(s, name, len);
            add_text(s, " = ");
        }
        add_value(L, s, -1);
        comma = ", ";
        lua_pop(L, 1);
    }
    add_text(s, "}");
}

size_t lm_guard_text(lua_State *L, const char *guard,
                     char out[LM_GUARD_TEXT])
{
    slip s = {out, 0, false};
    int top = lua_gettop(L), i;

    add_text(&s, guard);
    add_text(&s, "(");
    for (i = 1; i <= top && !lua_isnil(L, i); i++) {
        if (i > 1)
            add_text(&s, ", ");
        if (lua_istable(L, i))
            add_table(L, &s, i);
        else
            add_value(L, &s, i);
    }
    add_text(&s, ")");
    if (s.full) {
        memcpy(out + s.len, dots, sizeof dots - 1);
        s.len += sizeof dots - 1;
    }
    out[s.len] = '\0';
    return s.len;
}
