/* SPDX-License-Identifier: MIT */
/*
 * kind.h - the kinds of userdata that scripts hold: conn, cursor, blob, NULL
 * and what conn:alter collects.
 *
 *   lm_kind_make   make the metatable of a kind
 *   lm_kind_late   keep methods back until one is missed
 *   lm_kind_set    give it to the userdata on top of the stack
 *   lm_kind_test   the userdata at index if it is of this kind, else NULL
 *   lm_kind_check  the same; raises, naming the kind that was expected
 *
 * A kind is told by the address of its metatable, which the script keeps a
 * copy of: one comparison and no look-up by name. Scripts cannot reach a
 * metatable (__metatable hides it), so __gc cannot be called by hand and
 * nothing in it can be exchanged.
 */
#ifndef LM_SCRIPT_KIND_H
#define LM_SCRIPT_KIND_H

#include "script.h"

/* What stands on top of the stack becomes __index: a table of methods, or a
 * function. */
void lm_kind_make(lua_State *L, lm_kind kind, const luaL_Reg *metamethods);

/* The table of methods on top of the stack gets the rest of them from `add`,
 * called with the table, when a name is looked for that it does not have: to
 * make them all is a good part of what a small script costs. */
void lm_kind_late(lua_State *L, lua_CFunction add);

void lm_kind_set(lua_State *L, lm_kind kind);
void *lm_kind_check(lua_State *L, int index, lm_kind kind);

static inline void *lm_kind_test(lua_State *L, int index, lm_kind kind)
{
    void *object = lua_touserdata(L, index);
    const void *found;

    if (object == NULL || !lua_getmetatable(L, index))
        return NULL;
    found = lua_topointer(L, -1);
    lua_pop(L, 1);
    return found == lm_script_of(L)->kinds[kind] ? object : NULL;
}

#endif
