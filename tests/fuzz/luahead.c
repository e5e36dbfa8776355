/* SPDX-License-Identifier: MIT */
/*
 * What is read off a script's text, held against Lua's own compiler: what it
 * compiles has no token that we do not know, and tokens lie side by side.
 */
#include "fuzz.h"

#include <lauxlib.h>

#include "../../runner/lex/fingerprint.h"
#include "../../runner/lex/luahead.h"
#include "../../runner/lex/luatok.h"

/* Lua's message when brackets nest too deep and the like is an error as any
 * other: only what compiles is told. */
static int compiles(const char *text, size_t size)
{
    lua_State *L = luaL_newstate();
    int rc;

    MUST(L != NULL);
    rc = luaL_loadbufferx(L, text, size, "=fuzz", "t");
    lua_close(L);
    return rc == LUA_OK;
}

/* Is any of its tokens bad? */
static int walk(const char *text, size_t size)
{
    size_t end = 0, n;
    lm_luatok t;
    char *value;
    bool wrong = false, bad;

    lm_luatok_start(&t, text, size);
    while (lm_luatok_next(&t) != LM_LUA_END) {
        MUST(t.start == end && t.size > 0 && t.start + t.size <= size);
        end = t.start + t.size;
        wrong = wrong || t.kind == LM_LUA_BAD;
        if (t.kind != LM_LUA_STRING && t.kind != LM_LUA_LONG_STRING)
            continue;
        value = lm_lua_string(&t, &n, &bad);
        MUST(value != NULL || bad);
        MUST(value == NULL || n <= t.size);
        wrong = wrong || value == NULL;
        free(value);
    }
    MUST(end == size);
    return wrong;
}

static void read_head(const char *text, size_t size)
{
    char checksum[LM_FINGERPRINT_SIZE];
    lm_luahead head;
    lm_err err = {0};
    int rc = lm_luahead_read(text, size, "fuzz.lua", &err, &head);

    MUST(rc == err.code);
    if (rc == LM_OK) {
        lm_fingerprint_lua(text, size, checksum);
        MUST(head.description != NULL);
        MUST(strchr(head.description, '\n') == NULL);
        MUST(strcmp(checksum, head.checksum) == 0);
    } else {
        MUST(rc == LM_EUSAGE && err.line >= 1 && err.column >= 1);
        MUST(head.id == NULL && head.description == NULL);
    }
    lm_luahead_clear(&head);
    lm_err_clear(&err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = fuzz_text(data, size);
    int wrong = walk(text, size);

    /* The runner's loader skips a BOM and a first line with #, Lua's buffer
     * loader does not; a NUL ends neither. */
    if (size > 0 && text[0] != '#' && (unsigned char)text[0] != 0xEF &&
        compiles(text, size))
        MUST(!wrong);
    read_head(text, size);
    free(text);
    return 0;
}
