/* SPDX-License-Identifier: MIT */
#include "alter.h"

#include <string.h>

#include "../db/alter.h"
#include "change.h"
#include "cursor.h"
#include "kind.h"
#include "raise.h"
#include "value.h"

/* What db/ says is freed on every path, so what makes Lua values of it runs
 * protected. */
typedef struct call {
    const lm_alter_request *request;
    lm_alter_result result;
    const char *message;    /* of a refusal */
} call;

/* -- options -------------------------------------------------------------- */

static int choose(lua_State *L, const char *name, const char *const *words)
{
    const char *given;
    int i;

    if (lua_type(L, -1) != LUA_TSTRING)
        return lm_raise(L, "%s must be a string, not a %s", name,
                        luaL_typename(L, -1));
    given = lua_tostring(L, -1);
    for (i = 0; words[i] != NULL; i++)
        if (strcmp(words[i], given) == 0)
            return i;
    return lm_raise(L, "%s: there is no \"%s\"", name, given);
}

/* The value on the top of the stack is that of `key`. */
static void take_option(lua_State *L, const char *key,
                        lm_alter_request *request)
{
    static const char *const strategies[] = {
        "auto", "native", "edit", "rebuild", NULL
    };
    static const char *const checks[] = {"normal", "full", NULL};

    if (strcmp(key, "strategy") == 0)
        request->strategy = (lm_strategy)choose(L, key, strategies);
    else if (strcmp(key, "check") == 0)
        request->full = choose(L, key, checks) == 1;
    else if (strcmp(key, "dry_run") == 0) {
        if (!lua_isboolean(L, -1))
            lm_raise(L, "dry_run must be a boolean, not a %s",
                     luaL_typename(L, -1));
        request->dry_run = lua_toboolean(L, -1);
    } else if (strcmp(key, "schema") == 0) {
        if (lua_type(L, -1) != LUA_TSTRING)
            lm_raise(L, "schema must be a string, not a %s",
                     luaL_typename(L, -1));
        request->schema = lua_tostring(L, -1);
    } else
        lm_raise(L, "conn:alter() has no option %s", key);
}

/* The options stay on the stack and hold their strings. */
static void take_options(lua_State *L, int index, lm_alter_request *request)
{
    luaL_checktype(L, index, LUA_TTABLE);
    lua_pushnil(L);
    while (lua_next(L, index)) {
        if (lua_type(L, -2) != LUA_TSTRING)
            luaL_argerror(L, index, "a table {option = value, ...}");
        take_option(L, lua_tostring(L, -2), request);
        lua_pop(L, 1);
    }
}

/* -- what comes back ------------------------------------------------------ */

static void set_text(lua_State *L, const char *key, const char *value)
{
    if (value == NULL)
        return;
    lua_pushstring(L, value);
    lua_setfield(L, -2, key);
}

static void push_hangers(lua_State *L, const lm_alter_result *r)
{
    const lm_hanger *h;
    size_t i;

    lua_createtable(L, (int)r->hanger_count, 0);
    for (i = 0; i < r->hanger_count; i++) {
        h = &r->hangers[i];
        lua_createtable(L, 0, 6);
        set_text(L, "kind", h->kind);
        set_text(L, "schema", h->schema);
        set_text(L, "name", h->name);
        set_text(L, "table", h->table);
        set_text(L, "column", h->column);
        set_text(L, "how", h->how);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
}

static void push_misfits(lua_State *L, const lm_alter_result *r)
{
    const lm_misfit *m;
    size_t i;

    lua_createtable(L, (int)r->misfit_count, 0);
    for (i = 0; i < r->misfit_count; i++) {
        m = &r->misfits[i];
        lua_createtable(L, 0, 2);
        if (m->has_row) {
            lua_pushinteger(L, m->row);
            lua_setfield(L, -2, "rowid");
        }
        if (m->has_value) {
            lm_value_push(L, &m->value);
            lua_setfield(L, -2, "value");
        }
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
}

static int l_push_result(lua_State *L)
{
    const call *c = lua_touserdata(L, 1);
    const lm_alter_result *r = &c->result;
    size_t i;

    lua_createtable(L, 0, 6);
    lua_pushboolean(L, r->changed);
    lua_setfield(L, -2, "changed");
    set_text(L, "strategy", lm_alter_strategy(r->strategy));
    lua_pushinteger(L, r->rows);
    lua_setfield(L, -2, "rows");
    lua_pushnumber(L, r->seconds);
    lua_setfield(L, -2, "seconds");
    lua_createtable(L, (int)r->step_count, 0);
    for (i = 0; i < r->step_count; i++) {
        lua_pushstring(L, r->steps[i]);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    lua_setfield(L, -2, "steps");
    if (c->request->dry_run) {
        push_hangers(L, r);
        lua_setfield(L, -2, "dependents");
    }
    return 1;
}

/* -- a refusal ------------------------------------------------------------ */

/* As a string would be: with the position before it. */
static int l_refusal_tostring(lua_State *L)
{
    lua_settop(L, 1);
    if (!lua_istable(L, 1))
        return lm_raise(L, "not a refusal");
    lua_pushliteral(L, "where");
    if (lua_rawget(L, 1) != LUA_TSTRING) {
        lua_pop(L, 1);
        lua_pushliteral(L, "");
    }
    lua_pushliteral(L, "message");
    if (lua_rawget(L, 1) != LUA_TSTRING) {
        lua_pop(L, 1);
        lua_pushliteral(L, "alter refused");
    }
    lua_concat(L, 2);
    return 1;
}

static int l_refusal_concat(lua_State *L)
{
    luaL_tolstring(L, 1, NULL);
    luaL_tolstring(L, 2, NULL);
    lua_concat(L, 2);
    return 1;
}

static void set_refusal_kind(lua_State *L)
{
    static const char key = 0;

    if (lua_rawgetp(L, LUA_REGISTRYINDEX, &key) != LUA_TTABLE) {
        lua_pop(L, 1);
        lua_createtable(L, 0, 3);
        lua_pushcfunction(L, l_refusal_tostring);
        lua_setfield(L, -2, "__tostring");
        lua_pushcfunction(L, l_refusal_concat);
        lua_setfield(L, -2, "__concat");
        lua_pushboolean(L, 0);
        lua_setfield(L, -2, "__metatable");
        lua_pushvalue(L, -1);
        lua_rawsetp(L, LUA_REGISTRYINDEX, &key);
    }
    lua_setmetatable(L, -2);
}

static int l_push_refusal(lua_State *L)
{
    const call *c = lua_touserdata(L, 1);
    const lm_alter_result *r = &c->result;

    lua_createtable(L, 0, 10);
    set_text(L, "code", "alter_refused");
    set_text(L, "table", c->request->table);
    set_text(L, "op", r->op);
    set_text(L, "reason", lm_alter_reason(r->refused));
    set_text(L, "message", c->message);
    push_hangers(L, r);
    lua_setfield(L, -2, "dependents");
    push_misfits(L, r);
    lua_setfield(L, -2, "rows");
    if (r->sqlite_code != 0)
        set_text(L, "sqlite_code", lm_db_code_name(r->sqlite_code));
    lm_push_where(L);
    lua_setfield(L, -2, "where");
    set_refusal_kind(L);
    return 1;
}

/* -- the call ------------------------------------------------------------- */

/* Cursors that stand on a row, in a block that the stack holds. */
static void list_held(lua_State *L, lm_alter_request *request)
{
    const lm_script *sc = lm_script_of(L);
    const lm_cursor *cur;
    lm_held *held;
    size_t n = 0;

    for (cur = sc->cursors; cur != NULL; cur = cur->next)
        n++;
    held = lua_newuserdatauv(L, (n + 1) * sizeof *held, 0);
    n = 0;
    for (cur = sc->cursors; cur != NULL; cur = cur->next)
        if (cur->stmt != NULL) {
            held[n].stmt = cur->stmt;
            held[n++].line = cur->line;
        }
    request->held = held;
    request->held_count = n;
}

static int run(lua_State *L, call *c)
{
    lm_script *sc = lm_script_of(L);
    lua_State *before = lm_script_enter(L);
    int rc = lm_alter(sc->db, c->request, &c->result);

    sc->running = before;
    return rc;
}

static void sweep(void *user)
{
    lua_gc(user, LUA_GCCOLLECT);
}

/* A cursor that nobody refers to any more may be in the way. */
static int run_swept(lua_State *L, call *c, lm_alter_request *request)
{
    lm_script *sc = lm_script_of(L);
    int before, rc;

    request->sweep = sweep;
    request->sweep_user = L;
    list_held(L, request);
    rc = run(L, c);
    if (rc == LM_OK || c->result.refused != LM_REASON_BUSY_CURSOR)
        return rc;
    before = sc->open_cursors;
    lua_gc(L, LUA_GCCOLLECT);
    if (sc->open_cursors == before)
        return rc;
    lm_alter_result_clear(&c->result);
    lm_err_clear(lm_db_err(sc->db));
    list_held(L, request);
    return run(L, c);
}

/* Make the value, free the result, and return or raise. The pushes before
 * the protected call cannot fail: room was made. */
static int finish(lua_State *L, call *c, int rc)
{
    lm_script *sc = lm_script_of(L);
    bool refused = rc != LM_OK && c->result.refused != LM_REASON_NONE;
    int status;

    if (rc != LM_OK && !refused) {
        lm_alter_result_clear(&c->result);
        return lm_raise_db(L);
    }
    if (refused) {
        lm_err_clear(&sc->stash);
        lm_err_move(&sc->stash, lm_db_err(sc->db));
        c->message = lm_err_text(&sc->stash);
    }
    lua_pushcfunction(L, refused ? l_push_refusal : l_push_result);
    lua_pushlightuserdata(L, c);
    status = lua_pcall(L, 1, 1, 0);
    lm_alter_result_clear(&c->result);
    if (refused || status != LUA_OK)
        return lua_error(L);
    return 1;
}

static const char *check_table(lua_State *L)
{
    size_t len;
    const char *name;

    luaL_checktype(L, 2, LUA_TSTRING);
    name = lua_tolstring(L, 2, &len);
    if (strlen(name) != len)
        lm_raise(L, "the table's name holds a NUL byte");
    return name;
}

/* conn:alter(table, [options,] function(t) … end) */
int l_conn_alter(lua_State *L)
{
    lm_alter_request request = {0};
    call c = {0};
    int function = lua_istable(L, 3) ? 4 : 3;

    lm_kind_check(L, 1, LM_KIND_CONN);
    request.table = check_table(L);
    if (!lua_isfunction(L, function))
        return lm_raise(L, "conn:alter: a function is needed that says what "
                        "to change, as function(t) t:add_column(\"x\", "
                        "\"TEXT\") end, not %s", luaL_typename(L, function));
    if (function == 4)
        take_options(L, 3, &request);
    lua_settop(L, function);
    lm_script_alive(L);
    luaL_checkstack(L, 40, "conn:alter");
    lm_change_push(L);
    lua_pushvalue(L, function);
    lua_pushvalue(L, function + 1);
    lua_call(L, 1, 0);
    lm_change_close(L, function + 1);
    request.ops = lm_change_ops(L, function + 1, &request.count);
    c.request = &request;
    return finish(L, &c, run_swept(L, &c, &request));
}
