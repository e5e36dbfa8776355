/* SPDX-License-Identifier: MIT */
#include "value.h"

#include <math.h>
#include <string.h>

#include "kind.h"

typedef struct blob {
    size_t size;
    char bytes[];
} blob;

static int l_blob_tostring(lua_State *L)
{
    const blob *b = lm_kind_check(L, 1, LM_KIND_BLOB);

    lua_pushlstring(L, b->bytes, b->size);
    return 1;
}

static int l_blob_len(lua_State *L)
{
    const blob *b = lm_kind_check(L, 1, LM_KIND_BLOB);

    lua_pushinteger(L, (lua_Integer)b->size);
    return 1;
}

static int l_blob_eq(lua_State *L)
{
    const blob *a = lm_kind_test(L, 1, LM_KIND_BLOB);
    const blob *b = lm_kind_test(L, 2, LM_KIND_BLOB);

    lua_pushboolean(L, a != NULL && b != NULL && a->size == b->size &&
                       memcmp(a->bytes, b->bytes, a->size) == 0);
    return 1;
}

/* One of the two is a blob; the other is what .. takes, or a blob. */
static int l_blob_concat(lua_State *L)
{
    int i;

    for (i = 1; i <= 2; i++)
        if (lm_kind_test(L, i, LM_KIND_BLOB) == NULL)
            luaL_checkstring(L, i);
    luaL_tolstring(L, 1, NULL);
    luaL_tolstring(L, 2, NULL);
    lua_concat(L, 2);
    return 1;
}

static void make_blob_kind(lua_State *L)
{
    static const luaL_Reg meta[] = {
        {"__tostring", l_blob_tostring},
        {"__len", l_blob_len},
        {"__eq", l_blob_eq},
        {"__concat", l_blob_concat},
        {NULL, NULL}
    };

    lua_pushnil(L);
    lm_kind_make(L, LM_KIND_BLOB, meta);
}

static void push_blob(lua_State *L, const char *bytes, size_t size)
{
    blob *b;

    if (lm_script_of(L)->kinds[LM_KIND_BLOB] == NULL)
        make_blob_kind(L);
    b = lua_newuserdatauv(L, sizeof *b + size, 0);
    b->size = size;
    if (size > 0)
        memcpy(b->bytes, bytes, size);
    lm_kind_set(L, LM_KIND_BLOB);
}

static bool read_object(lua_State *L, int index, lm_value *out)
{
    const blob *b = lm_kind_test(L, index, LM_KIND_BLOB);

    if (b == NULL) {
        out->type = LM_NULL;
        return lm_kind_test(L, index, LM_KIND_NULL) != NULL;
    }
    out->type = LM_BLOB;
    out->as.text.bytes = b->bytes;
    out->as.text.size = b->size;
    return true;
}

static bool read_number(lua_State *L, int index, lm_value *out)
{
    if (lua_isinteger(L, index)) {
        out->type = LM_INTEGER;
        out->as.integer = lua_tointeger(L, index);
        return true;
    }
    out->type = LM_REAL;
    out->as.real = lua_tonumber(L, index);
    return !isnan(out->as.real);
}

bool lm_value_read(lua_State *L, int index, lm_value *out)
{
    switch (lua_type(L, index)) {
    case LUA_TNUMBER:
        return read_number(L, index, out);
    case LUA_TSTRING:
        out->type = LM_TEXT;
        out->as.text.bytes = lua_tolstring(L, index, &out->as.text.size);
        return true;
    case LUA_TNIL:
        out->type = LM_NULL;
        return true;
    case LUA_TBOOLEAN:
        out->type = LM_INTEGER;
        out->as.integer = lua_toboolean(L, index);
        return true;
    case LUA_TUSERDATA:
        return read_object(L, index, out);
    default:
        return false;
    }
}

const char *lm_value_problem(lua_State *L, int index)
{
    if (lua_type(L, index) == LUA_TNUMBER)
        return "is NaN, which SQLite cannot store: it would become NULL";
    if (luaL_getmetafield(L, index, "__name") != LUA_TSTRING)
        lua_pushstring(L, luaL_typename(L, index));
    return lua_pushfstring(L, "is a %s, which is no SQL value",
                           lua_tostring(L, -1));
}

static inline void push_value(lua_State *L, const lm_value *v)
{
    switch (v->type) {
    case LM_INTEGER:
        lua_pushinteger(L, v->as.integer);
        break;
    case LM_REAL:
        lua_pushnumber(L, v->as.real);
        break;
    case LM_TEXT:
        lua_pushlstring(L, v->as.text.bytes, v->as.text.size);
        break;
    case LM_BLOB:
        push_blob(L, v->as.text.bytes, v->as.text.size);
        break;
    default:
        lua_pushnil(L);
        break;
    }
}

void lm_value_push(lua_State *L, const lm_value *value)
{
    push_value(L, value);
}

void lm_value_push_all(lua_State *L, const lm_value *values, int count)
{
    int i;

    for (i = 0; i < count; i++)
        push_value(L, &values[i]);
}

/* The one NULL stands in the registry under the address of this. */
static const char null_key = 'N';

void lm_value_push_null(lua_State *L)
{
    lua_rawgetp(L, LUA_REGISTRYINDEX, &null_key);
}

/* blob(s): s is a string, or a blob already. */
static int l_blob(lua_State *L)
{
    const char *bytes;
    size_t size;

    luaL_checkany(L, 1);
    lua_settop(L, 1);
    if (lm_kind_test(L, 1, LM_KIND_BLOB) != NULL)
        return 1;
    luaL_checktype(L, 1, LUA_TSTRING);
    bytes = lua_tolstring(L, 1, &size);
    push_blob(L, bytes, size);
    return 1;
}

static int l_null_tostring(lua_State *L)
{
    lua_pushliteral(L, "NULL");
    return 1;
}

void lm_value_open(lua_State *L)
{
    static const luaL_Reg null_meta[] = {
        {"__tostring", l_null_tostring},
        {NULL, NULL}
    };

    lua_register(L, "blob", l_blob);
    lua_pushnil(L);
    lm_kind_make(L, LM_KIND_NULL, null_meta);
    lua_newuserdatauv(L, 0, 0);
    lm_kind_set(L, LM_KIND_NULL);
    lua_pushvalue(L, -1);
    lua_setglobal(L, "NULL");
    lua_rawsetp(L, LUA_REGISTRYINDEX, &null_key);
}
