/* SPDX-License-Identifier: MIT */
#include "kind.h"

static const char *const names[LM_KINDS] = {"conn", "cursor", "blob", "NULL",
                                            "table change"};

void lm_kind_make(lua_State *L, lm_kind kind, const luaL_Reg *metamethods)
{
    const void *key;

    lua_createtable(L, 0, 8);
    key = lua_topointer(L, -1);
    luaL_setfuncs(L, metamethods, 0);
    lua_insert(L, -2);
    lua_setfield(L, -2, "__index");
    lua_pushstring(L, names[kind]);
    lua_setfield(L, -2, "__name");
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    lua_rawsetp(L, LUA_REGISTRYINDEX, key);
    lm_script_of(L)->kinds[kind] = key;
}

/* __index of such a table, once. */
static int l_add_late(lua_State *L)
{
    lua_settop(L, 2);
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_pushvalue(L, 1);
    lua_call(L, 1, 0);
    lua_pushnil(L);
    lua_setmetatable(L, 1);
    lua_rawget(L, 1);
    return 1;
}

void lm_kind_late(lua_State *L, lua_CFunction add)
{
    lua_createtable(L, 0, 1);
    lua_pushcfunction(L, add);
    lua_pushcclosure(L, l_add_late, 1);
    lua_setfield(L, -2, "__index");
    lua_setmetatable(L, -2);
}

void lm_kind_set(lua_State *L, lm_kind kind)
{
    lua_rawgetp(L, LUA_REGISTRYINDEX, lm_script_of(L)->kinds[kind]);
    lua_setmetatable(L, -2);
}

void *lm_kind_check(lua_State *L, int index, lm_kind kind)
{
    void *object = lm_kind_test(L, index, kind);

    if (object == NULL)
        luaL_typeerror(L, index, names[kind]);
    return object;
}
