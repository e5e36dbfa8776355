/* SPDX-License-Identifier: MIT */
#include "change.h"

#include <string.h>

#include "../base/text.h"
#include "kind.h"
#include "operation.h"
#include "raise.h"

/* The object that a script has. User value 1 is a list that anchors what the
 * operations point to; user value 2 holds the operations themselves. */
typedef struct change {
    bool closed;
    size_t count;
} change;

static change *check_open(lua_State *L)
{
    change *c = lm_kind_check(L, 1, LM_KIND_CHANGE);

    if (c->closed)
        lm_raise(L, "the function given to conn:alter() is over: nothing "
                 "can be added any more");
    lm_script_alive(L);
    return c;
}

/* Anchor the value on the top of the stack, and pop it. */
void lm_change_anchor(lua_State *L, int list)
{
    lua_getiuservalue(L, 1, list);
    lua_insert(L, -2);
    lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
    lua_pop(L, 1);
}

lm_op *lm_change_add(lua_State *L, lm_op_kind kind, const char *shown)
{
    change *c = check_open(L);
    lm_op *op = lua_newuserdatauv(L, sizeof *op, 0);

    memset(op, 0, sizeof *op);
    op->kind = kind;
    op->shown = shown;
    lm_change_anchor(L, 2);
    c->count++;
    return op;
}

/* The operation that was added last. */
static lm_op *last_op(lua_State *L)
{
    lm_op *op;

    lua_getiuservalue(L, 1, 2);
    lua_rawgeti(L, -1, (lua_Integer)lua_rawlen(L, -1));
    op = lua_touserdata(L, -1);
    lua_pop(L, 2);
    return op;
}

/* The string at index, for as long as the operation lives. */
const char *lm_change_keep(lua_State *L, int index, const char *what)
{
    size_t len;
    const char *s = lua_tolstring(L, index, &len);

    if (strlen(s) != len)
        last_op(L)->nul = what;
    lua_pushvalue(L, index);
    lm_change_anchor(L, 1);
    return s;
}

const char *lm_change_text(lua_State *L, int arg)
{
    luaL_checktype(L, arg, LUA_TSTRING);
    return lm_change_keep(L, arg, "the text");
}

/* -- tables of options ---------------------------------------------------- */

static bool is_known(const char *name, const char *const *known)
{
    for (; *known != NULL; known++)
        if (strcmp(name, *known) == 0)
            return true;
    return false;
}

/* Only these keys, and `list`: numbers from 1 on. */
void lm_change_keys(lua_State *L, int arg, const char *const *known,
                       bool list)
{
    lua_pushnil(L);
    while (lua_next(L, arg)) {
        lua_pop(L, 1);
        if (lua_type(L, -1) == LUA_TSTRING &&
            is_known(lua_tostring(L, -1), known))
            continue;
        if (list && lua_isinteger(L, -1) && lua_tointeger(L, -1) >= 1 &&
            (lua_Unsigned)lua_tointeger(L, -1) <= lua_rawlen(L, arg))
            continue;
        lua_pushvalue(L, -1);
        lm_raise(L, "there is no option %s here", luaL_tolstring(L, -1,
                                                                 NULL));
    }
}

/* May be left out. */
bool lm_change_options(lua_State *L, int arg, const char *const *known)
{
    if (lua_isnoneornil(L, arg))
        return false;
    luaL_checktype(L, arg, LUA_TTABLE);
    lm_change_keys(L, arg, known, false);
    return true;
}

const char *lm_change_field(lua_State *L, int arg, const char *name)
{
    const char *s = NULL;
    int type = lua_getfield(L, arg, name);

    if (type == LUA_TSTRING)
        s = lm_change_keep(L, lua_gettop(L), name);
    else if (type != LUA_TNIL)
        lm_raise(L, "%s must be a string, not a %s", name,
                 luaL_typename(L, -1));
    lua_pop(L, 1);
    return s;
}

/* -- lists of names ------------------------------------------------------- */

const char **lm_change_names(lua_State *L, int arg, size_t *count)
{
    lua_Unsigned n, i;
    const char **names;

    luaL_checktype(L, arg, LUA_TTABLE);
    n = lua_rawlen(L, arg);
    *count = (size_t)n;
    if (n == 0)
        return NULL;
    names = lua_newuserdatauv(L, (size_t)n * sizeof *names, 0);
    lm_change_anchor(L, 1);
    for (i = 0; i < n; i++) {
        if (lua_rawgeti(L, arg, (lua_Integer)i + 1) != LUA_TSTRING)
            luaL_argerror(L, arg, "a list of column names");
        names[i] = lm_change_keep(L, lua_gettop(L), "a column's name");
        lua_pop(L, 1);
    }
    return names;
}

/* {"a", "b", name = "x"}: columns there must be, but where a name will do. */
void lm_change_columns(lua_State *L, lm_op *op, bool named, bool or_name)
{
    static const char *const none[] = {NULL}, *const name[] = {"name", NULL};

    luaL_checktype(L, 2, LUA_TTABLE);
    lm_change_keys(L, 2, named || or_name ? name : none, true);
    op->columns = lm_change_names(L, 2, &op->column_count);
    if (named || or_name)
        op->name = lm_change_field(L, 2, "name");
    if (op->column_count == 0 && !(or_name && op->name != NULL))
        luaL_argerror(L, 2, "a list of column names");
    if (or_name && op->column_count > 0 && op->name != NULL)
        lm_raise(L, "give the columns or the name, not both");
}

/* Most scripts change no table this way: the kind is made for those that do.
 */
static void make_kind(lua_State *L)
{
    static const luaL_Reg meta[] = {{NULL, NULL}};

    lua_newtable(L);
    luaL_setfuncs(L, lm_operations, 0);
    lm_kind_make(L, LM_KIND_CHANGE, meta);
}

void lm_change_push(lua_State *L)
{
    change *c;

    if (lm_script_of(L)->kinds[LM_KIND_CHANGE] == NULL)
        make_kind(L);
    c = lua_newuserdatauv(L, sizeof *c, 2);
    memset(c, 0, sizeof *c);
    lm_kind_set(L, LM_KIND_CHANGE);
    lua_newtable(L);
    lua_setiuservalue(L, -2, 1);
    lua_newtable(L);
    lua_setiuservalue(L, -2, 2);
}

void lm_change_close(lua_State *L, int index)
{
    change *c = lm_kind_test(L, index, LM_KIND_CHANGE);

    c->closed = true;
}

const lm_op *lm_change_ops(lua_State *L, int index, size_t *count)
{
    const change *c = lm_kind_test(L, index, LM_KIND_CHANGE);
    lm_op *ops = lua_newuserdatauv(L, (c->count + 1) * sizeof *ops, 0);
    size_t i;

    lua_getiuservalue(L, index, 2);
    for (i = 0; i < c->count; i++) {
        lua_rawgeti(L, -1, (lua_Integer)i + 1);
        memcpy(&ops[i], lua_touserdata(L, -1), sizeof *ops);
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
    *count = c->count;
    return ops;
}
