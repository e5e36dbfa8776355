/* SPDX-License-Identifier: MIT */
#include "raise.h"

#include <stdlib.h>
#include <string.h>

#include "../db/txn.h"
#include "wake.h"

/* So much of an error's text is shown. */
enum { LM_MESSAGE_MAX = 4096 };

/*
 * "path:line: " of the innermost Lua function, or "". luaL_where looks at
 * one level alone, which is a C function where a script writes
 * pcall(cursor.execute, cursor, sql).
 */
void lm_push_where(lua_State *L)
{
    lua_Debug ar;
    int level;

    for (level = 0; lua_getstack(L, level, &ar); level++) {
        lua_getinfo(L, "Sl", &ar);
        if (ar.currentline > 0) {
            lua_pushfstring(L, "%s:%d: ", ar.short_src, ar.currentline);
            return;
        }
    }
    lua_pushliteral(L, "");
}

int lm_raise(lua_State *L, const char *format, ...)
{
    va_list args;

    lm_push_where(L);
    va_start(args, format);
    lua_pushvfstring(L, format, args);
    va_end(args);
    lua_concat(L, 2);
    return lua_error(L);
}

/* Inside the runner's transaction nobody else can be in the way: what is
 * busy is a table that a cursor of the script itself still reads. */
static void explain_busy(lm_err *err)
{
    err->code = LM_EFAILED;
    free(err->hint);
    err->hint = NULL;
    lm_err_hint(err, "a cursor of the script has rows left to be read: read "
                "them to the end, or close() it first");
}

int lm_raise_db(lua_State *L)
{
    lm_script *sc = lm_script_of(L);

    lm_err_clear(&sc->stash);
    lm_err_move(&sc->stash, lm_db_err(sc->db));
    if (sc->stash.code == LM_OK)
        lm_err_nomem(&sc->stash);
    if (sc->stash.code == LM_EBUSY && lm_txn_open(sc->db))
        explain_busy(&sc->stash);
    lm_wake_ask(sc);
    return lm_raise(L, "%s", lm_err_text(&sc->stash));
}

/* An error object that is no string says what it is by __tostring, a table
 * also by a field `message`. Raises what these raise. */
static int l_describe(lua_State *L)
{
    if (luaL_getmetafield(L, 1, "__tostring") != LUA_TNIL) {
        luaL_tolstring(L, 1, NULL);
        return 1;
    }
    if (lua_istable(L, 1)) {
        lua_pushliteral(L, "message");
        if (lua_rawget(L, 1) == LUA_TSTRING)
            return 1;
    }
    if (luaL_getmetafield(L, 1, "__name") != LUA_TSTRING)
        lua_pushstring(L, luaL_typename(L, 1));
    lua_pushfstring(L, "error object is a %s value", lua_tostring(L, -1));
    return 1;
}

void lm_push_error_text(lua_State *L, int index)
{
    const char *type = luaL_typename(L, index);

    lua_pushvalue(L, index);
    if (lua_isstring(L, -1)) {
        lua_tostring(L, -1);    /* of a number: makes it a string */
        return;
    }
    lua_pushcfunction(L, l_describe);
    lua_insert(L, -2);
    if (lua_pcall(L, 1, 1, 0) == LUA_OK)
        return;
    lua_pop(L, 1);
    lua_pushfstring(L, "error object is a %s whose __tostring fails", type);
}

/* Behind "shown:123: " at the beginning of text, if it is there. */
static const char *skip_position(const lm_script *sc, const char *text,
                                 int *line)
{
    size_t n = strlen(sc->shown);
    const char *s = text + n;
    int number = 0;

    if (n == 0 || strncmp(text, sc->shown, n) != 0 || *s++ != ':')
        return text;
    while (*s >= '0' && *s <= '9' && number < 100000000)
        number = number * 10 + (*s++ - '0');
    if (s[0] != ':' || s[1] != ' ')
        return text;
    *line = number;
    return s + 2;
}

/* The innermost line of the migration's own file that is being run. */
static int running_line(lua_State *L, const lm_script *sc)
{
    lua_Debug ar;
    int level;

    for (level = 1; lua_getstack(L, level, &ar); level++) {
        lua_getinfo(L, "Sl", &ar);
        if (ar.currentline > 0 && strcmp(ar.short_src, sc->shown) == 0)
            return ar.currentline;
    }
    return 0;
}

/*
 * The message without the position that it begins with: that is kept apart.
 * error(e) puts another one before the first for each time that a script
 * raises e again; the innermost counts.
 */
static void keep_message(lua_State *L, lm_script *sc)
{
    size_t len;
    const char *text = lua_tolstring(L, -1, &len), *rest = text, *next;

    while ((next = skip_position(sc, rest, &sc->line)) != rest)
        rest = next;
    if (sc->line == 0)
        sc->line = running_line(L, sc);
    free(sc->message);
    sc->message_len = len - (size_t)(rest - text);
    sc->message = lm_strndup(rest, sc->message_len);
}

/* Lua's traceback without its last line, which is our own call; nothing,
 * when no function of the script was running. */
static void keep_traceback(lua_State *L, lm_script *sc)
{
    static const char ours[] = "\n\t[C]: in ?";
    const char *text;
    size_t len;

    luaL_traceback(L, L, NULL, 1);
    text = lua_tolstring(L, -1, &len);
    if (lm_ends(text, ours))
        len -= sizeof ours - 1;
    free(sc->traceback);
    sc->traceback = NULL;
    if (memchr(text, '\n', len) != NULL)
        sc->traceback = lm_strndup(text, len);
    lua_pop(L, 1);
}

int l_message_handler(lua_State *L)
{
    lm_script *sc = lm_script_of(L);

    sc->line = 0;
    lm_push_error_text(L, 1);
    keep_message(L, sc);
    keep_traceback(L, sc);
    return 1;
}

static void set_message(lm_err *err, const char *text, size_t len)
{
    char *line = lm_one_line(text, len, LM_MESSAGE_MAX);

    if (line == NULL)
        lm_err_nomem(err);
    else if (line[strspn(line, " ")] == '\0')
        lm_err_set(err, LM_EFAILED, "the script raised an error without a "
                   "text");
    else
        lm_err_set(err, LM_EFAILED, "%s", line);
    free(line);
}

/*
 * Does the message of what ended the script end with the error of db/ that
 * was raised last? Then what is known of that is what is to be known, and the
 * script has put something before it at most: where it was, or a word of its
 * own.
 */
static bool is_stashed(const lm_script *sc)
{
    const char *text = lm_err_text(&sc->stash);
    size_t n = strlen(text);

    return sc->stash.code != LM_OK && sc->message != NULL &&
           n <= sc->message_len &&
           memcmp(sc->message + sc->message_len - n, text, n) == 0;
}

static void take_stash(lm_script *sc, lm_err *err)
{
    lm_err *stash = &sc->stash;

    if (sc->message_len > 0 && stash->message != NULL) {
        free(stash->message);
        stash->message = lm_one_line(sc->message, sc->message_len,
                                     LM_MESSAGE_MAX);
    }
    lm_err_move(err, stash);
}

/* A name that Lua has elsewhere, at the end of its own message. */
static bool is_left_out(const lm_script *sc)
{
    static const char *const names[] = {
        "(global 'io')", "(global 'debug')", "(global 'package')",
        "(global 'dofile')", "(global 'loadfile')",
        "(global 'collectgarbage')", "(field 'execute')", "(field 'exit')",
        "(field 'remove')", "(field 'rename')", "(field 'tmpname')",
        "(field 'setlocale')", "(field 'dump')"
    };
    char *text = lm_strndup(sc->message, sc->message_len);
    bool found = false;
    size_t i;

    for (i = 0; i < sizeof names / sizeof *names && text != NULL; i++)
        found = found || lm_ends(text, names[i]);
    found = found && strstr(text, " a nil value ") != NULL;
    free(text);
    return found;
}

static void tell_doom(const lm_script *sc, lm_err *err)
{
    lm_err_set(err, sc->doom, "%s", sc->doom_text);
    if (sc->heap.over)
        lm_err_hint(err, "let it hold less at once, or allow more with "
                    "--memory-limit");
}

/* Nothing here may call Lua: the protected call is over. */
int lm_report(lm_script *sc, int status)
{
    lm_err *err = lm_db_err(sc->db);
    int rc = LM_OK;

    /* Asked once more, stop knows what to do about it as well. */
    if (sc->doom != LM_OK && sc->run->stop != NULL)
        sc->run->stop(sc->run->stop_user, err);
    if (sc->doom != LM_OK)
        tell_doom(sc, err);
    else if (status != LUA_OK && is_stashed(sc))
        take_stash(sc, err);
    rc = lm_db_latched(sc->db);
    if (rc == LM_OK && status == LUA_OK && err->code == LM_OK)
        return LM_OK;
    if (status == LUA_ERRMEM)
        lm_err_nomem(err);
    else if (sc->message != NULL) {
        if (err->code == LM_OK && is_left_out(sc))
            lm_err_hint(err, "a script has no files, processes or modules "
                        "but lib/, and none of Lua's functions for them");
        set_message(err, sc->message, sc->message_len);
    }
    lm_err_set(err, LM_EFAILED, "the script failed, and so did finding out "
               "why");
    lm_err_migration(err, sc->source->id, sc->source->path);
    if (sc->line > 0)
        lm_err_line(err, sc->line, 0);
    lm_err_traceback(err, sc->traceback);
    return err->code;
}
