/* SPDX-License-Identifier: MIT */
#include "chunk.h"

#include <lauxlib.h>
#include <string.h>

/* Lua does both for files only. The line end behind # stays, so that lines
 * keep their numbers. */
static size_t skip_head(const char *text, size_t len)
{
    size_t at = len >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;

    if (at < len && text[at] == '#')
        while (at < len && text[at] != '\n' && text[at] != '\r')
            at++;
    return at;
}

int lm_chunk_load(lua_State *L, const char *text, size_t len,
                  const char *chunk_name)
{
    size_t at = skip_head(text, len);

    return luaL_loadbufferx(L, text + at, len - at, chunk_name, "t");
}

const char *lm_chunk_problem(const char *text, size_t len)
{
    if (memchr(text, '\0', len) != NULL)
        return "there is a NUL byte in the script: the file is damaged, or "
               "not UTF-8";
    return NULL;
}
