/* SPDX-License-Identifier: MIT */
/*
 * require "lib.slug" runs lib/slug.lua of the migrations folder, once for
 * each script. Names are letters, digits, _ and dots between them, so no
 * name leads out of lib/.
 *
 * What was loaded is kept in a table that is the upvalue of require. While a
 * file is being run, `false` stands there.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "chunk.h"
#include "raise.h"
#include "sandbox.h"

static bool is_name(const char *s)
{
    for (;; s++) {
        if (!isalnum((unsigned char)*s) && *s != '_')
            return false;
        while (isalnum((unsigned char)*s) || *s == '_')
            s++;
        if (*s == '\0')
            return true;
        if (*s != '.')
            return false;
    }
}

/* The path of the file, as messages show it. */
static const char *push_path(lua_State *L, const char *name)
{
    const char *folder = lm_script_of(L)->run->folder;
    const char *slash = folder[0] == '\0' || lm_ends(folder, "/") ? "" : "/";

    luaL_gsub(L, name, ".", "/");
    lua_pushfstring(L, "@%s%s%s.lua", folder, slash, lua_tostring(L, -1));
    return lua_tostring(L, -1) + 1;
}

/* A copy of the file's text, from the host where it brought one along. */
static int read_text(lua_State *L, const char *path, lm_err *err,
                     char **text, size_t *len)
{
    const lm_run *run = lm_script_of(L)->run;
    size_t skip = strlen(run->folder);
    const char *own;

    if (run->folder[0] != '\0' && path[skip] == '/')
        skip++;
    own = run->library == NULL ? NULL
        : run->library(run->library_user, path + skip, len);
    if (own == NULL && run->folder[0] == '\0')
        return lm_err_set(err, LM_EUSAGE, "%s was not added", path);
    if (own == NULL)
        return lm_file_read(path, LM_FILE_LIMIT, err, text, len);
    *text = lm_strndup(own, *len);
    return *text == NULL ? lm_err_nomem(err) : LM_OK;
}

/* Pushes the file's function. The reason of a failure is kept in the stash,
 * which has an owner, until it is on the stack. */
static void load_file(lua_State *L, const char *name)
{
    lm_err *err = &lm_script_of(L)->stash;
    const char *path = push_path(L, name), *problem = NULL;
    int status = LUA_OK;
    char *text;
    size_t len;

    lm_err_clear(err);
    if (read_text(L, path, err, &text, &len) != LM_OK) {
        lua_pushstring(L, lm_err_text(err));
        lm_err_clear(err);
        lm_raise(L, "require \"%s\": %s", name, lua_tostring(L, -1));
    }
    problem = lm_chunk_problem(text, len);
    if (problem == NULL)
        status = lm_chunk_load(L, text, len, path - 1);
    free(text);
    if (problem != NULL)
        lm_raise(L, "require \"%s\": %s", name, problem);
    if (status != LUA_OK)
        lua_error(L);
}

static int l_require(lua_State *L)
{
    size_t len;
    const char *name = luaL_checklstring(L, 1, &len);
    int loaded = lua_upvalueindex(1);

    lua_settop(L, 1);
    if (strlen(name) != len || !lm_starts(name, "lib.") || !is_name(name))
        return lm_raise(L, "require \"%s\": a migration can only require "
                        "\"lib.NAME\", which is lib/NAME.lua in the "
                        "migrations folder", name);
    if (lua_getfield(L, loaded, name) == LUA_TBOOLEAN &&
        !lua_toboolean(L, -1))
        return lm_raise(L, "require \"%s\": it requires itself", name);
    if (!lua_isnil(L, -1))
        return 1;
    load_file(L, name);
    lua_pushboolean(L, 0);
    lua_setfield(L, loaded, name);
    lua_pushvalue(L, 1);
    if (lua_pcall(L, 1, 1, 0) != LUA_OK) {
        lua_pushnil(L);
        lua_setfield(L, loaded, name);
        return lua_error(L);
    }
    if (lua_isnil(L, -1)) {
        lua_pop(L, 1);
        lua_pushboolean(L, 1);
    }
    lua_pushvalue(L, -1);
    lua_setfield(L, loaded, name);
    return 1;
}

void lm_require_open(lua_State *L)
{
    lua_newtable(L);
    lua_pushcclosure(L, l_require, 1);
    lua_setglobal(L, "require");
}
