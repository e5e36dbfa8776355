/* SPDX-License-Identifier: MIT */
/* The methods of t: each takes its arguments apart into an operation. */
#include "operation.h"

#include <string.h>

#include "../base/text.h"
#include "raise.h"

static int l_add_column(lua_State *L)
{
    static const char *const known[] = {"after", "before", "fill", NULL};
    lm_op *op = lm_change_add(L, LM_OP_ADD_COLUMN, "add_column");

    op->column = lm_change_text(L, 2);
    op->text = lm_change_text(L, 3);
    if (lm_change_options(L, 4, known)) {
        op->after = lm_change_field(L, 4, "after");
        op->before = lm_change_field(L, 4, "before");
        op->fill = lm_change_field(L, 4, "fill");
    }
    return 0;
}

static unsigned check_cascade(lua_State *L)
{
    static const char *const words[] = {
        "indexes", "triggers", "views", "constraints", NULL
    };
    unsigned cascade = 0;
    const char **names;
    size_t n, i, k;

    if (lua_getfield(L, 3, "cascade") == LUA_TNIL)
        return 0;
    if (!lua_istable(L, -1))
        lm_raise(L, "cascade must be a list, not a %s",
                 luaL_typename(L, -1));
    names = lm_change_names(L, lua_gettop(L), &n);
    for (i = 0; i < n; i++) {
        for (k = 0; words[k] != NULL && strcmp(words[k], names[i]) != 0;)
            k++;
        if (words[k] == NULL)
            lm_raise(L, "cascade: \"%s\" is none of indexes, triggers, "
                     "views, constraints", names[i]);
        cascade |= 1u << k;
    }
    return cascade;
}

static int l_drop_column(lua_State *L)
{
    static const char *const known[] = {"cascade", NULL};
    lm_op *op = lm_change_add(L, LM_OP_DROP_COLUMN, "drop_column");

    op->column = lm_change_text(L, 2);
    if (lm_change_options(L, 3, known))
        op->cascade = check_cascade(L);
    return 0;
}

static int l_rename_to(lua_State *L)
{
    lm_op *op = lm_change_add(L, LM_OP_RENAME_TO, "rename_to");

    op->text = lm_change_text(L, 2);
    return 0;
}

static const char **new_names(lua_State *L, size_t n)
{
    const char **names = lua_newuserdatauv(L, (n + 1) * sizeof *names, 0);

    lm_change_anchor(L, 1);
    return names;
}

static int l_rename_column(lua_State *L)
{
    lm_op *op = lm_change_add(L, LM_OP_RENAME_COLUMNS, "rename_column");

    op->columns = new_names(L, 1);
    op->others = new_names(L, 1);
    op->columns[0] = lm_change_text(L, 2);
    op->others[0] = lm_change_text(L, 3);
    op->column_count = op->other_count = 1;
    return 0;
}

/* In the order of the names, so that the same is done each time. */
static void insert_pair(lm_op *op, const char *from, const char *to)
{
    size_t at = op->column_count++;

    for (; at > 0 && strcmp(op->columns[at - 1], from) > 0; at--) {
        op->columns[at] = op->columns[at - 1];
        op->others[at] = op->others[at - 1];
    }
    op->columns[at] = from;
    op->others[at] = to;
}

static int l_rename_columns(lua_State *L)
{
    lm_op *op = lm_change_add(L, LM_OP_RENAME_COLUMNS, "rename_columns");
    size_t n = 0;

    luaL_checktype(L, 2, LUA_TTABLE);
    lua_pushnil(L);
    while (lua_next(L, 2)) {
        if (lua_type(L, -2) != LUA_TSTRING || lua_type(L, -1) != LUA_TSTRING)
            luaL_argerror(L, 2, "a table {old = \"new\", ...}");
        n++;
        lua_pop(L, 1);
    }
    op->columns = new_names(L, n);
    op->others = new_names(L, n);
    lua_pushnil(L);
    while (lua_next(L, 2)) {
        insert_pair(op,
                    lm_change_keep(L, lua_gettop(L) - 1, "a column's name"),
                    lm_change_keep(L, lua_gettop(L), "a column's name"));
        lua_pop(L, 1);
    }
    op->other_count = n;
    return 0;
}

static int l_set_type(lua_State *L)
{
    static const char *const known[] = {"using", NULL};
    lm_op *op = lm_change_add(L, LM_OP_SET_TYPE, "set_type");

    op->column = lm_change_text(L, 2);
    op->text = lm_change_text(L, 3);
    if (lm_change_options(L, 4, known))
        op->fill = lm_change_field(L, 4, "using");
    return 0;
}

static int l_set_not_null(lua_State *L)
{
    static const char *const known[] = {"fill", NULL};
    lm_op *op = lm_change_add(L, LM_OP_SET_NOT_NULL, "set_not_null");

    op->column = lm_change_text(L, 2);
    luaL_checktype(L, 3, LUA_TBOOLEAN);
    op->value = lua_toboolean(L, 3);
    if (lm_change_options(L, 4, known))
        op->fill = lm_change_field(L, 4, "fill");
    return 0;
}

/* A number says itself; everything else is SQL. */
static int l_set_default(lua_State *L)
{
    lm_op *op = lm_change_add(L, LM_OP_SET_DEFAULT, "set_default");

    op->column = lm_change_text(L, 2);
    if (lua_isnoneornil(L, 3))
        return 0;
    luaL_checkstring(L, 3);
    op->text = lm_change_keep(L, 3, "the default");
    return 0;
}

static int l_set_collate(lua_State *L)
{
    lm_op *op = lm_change_add(L, LM_OP_SET_COLLATE, "set_collate");

    op->column = lm_change_text(L, 2);
    if (!lua_isnoneornil(L, 3))
        op->text = lm_change_text(L, 3);
    return 0;
}

static int l_add_check(lua_State *L)
{
    static const char *const known[] = {"name", NULL};
    lm_op *op = lm_change_add(L, LM_OP_ADD_CHECK, "add_check");

    op->text = lm_change_text(L, 2);
    if (lm_change_options(L, 3, known))
        op->name = lm_change_field(L, 3, "name");
    return 0;
}

static int l_drop_check(lua_State *L)
{
    static const char *const known[] = {"name", "expr", NULL};
    lm_op *op = lm_change_add(L, LM_OP_DROP_CHECK, "drop_check");

    luaL_checktype(L, 2, LUA_TTABLE);
    lm_change_keys(L, 2, known, false);
    op->name = lm_change_field(L, 2, "name");
    op->text = lm_change_field(L, 2, "expr");
    if ((op->name == NULL) == (op->text == NULL))
        return lm_raise(L, "drop_check takes exactly one of name, expr");
    return 0;
}

static int l_add_unique(lua_State *L)
{
    lm_change_columns(L, lm_change_add(L, LM_OP_ADD_UNIQUE,
                      "add_unique"), true, false);
    return 0;
}

static int l_drop_unique(lua_State *L)
{
    lm_change_columns(L, lm_change_add(L, LM_OP_DROP_UNIQUE,
                      "drop_unique"), false, true);
    return 0;
}

static const char *check_action(lua_State *L, int arg, const char *name)
{
    static const char *const actions[] = {
        "NO ACTION", "RESTRICT", "SET NULL", "SET DEFAULT", "CASCADE"
    };
    const char *given = lm_change_field(L, arg, name);
    size_t i;

    if (given == NULL)
        return NULL;
    for (i = 0; i < sizeof actions / sizeof *actions; i++)
        if (lm_same_name(actions[i], given))
            return actions[i];
    lm_raise(L, "%s: \"%s\" is none of NO ACTION, RESTRICT, SET NULL, "
             "SET DEFAULT, CASCADE", name, given);
    return NULL;
}

static const char *check_deferrable(lua_State *L, int arg)
{
    static const char *const words[] = {
        "INITIALLY DEFERRED", "INITIALLY IMMEDIATE"
    };
    const char *given;
    size_t i;
    int type = lua_getfield(L, arg, "deferrable");

    if (type == LUA_TBOOLEAN || type == LUA_TNIL)
        return lua_toboolean(L, -1) ? "" : NULL;
    given = type == LUA_TSTRING ? lua_tostring(L, -1) : "";
    for (i = 0; i < 2; i++)
        if (lm_same_name(words[i], given))
            return words[i];
    lm_raise(L, "deferrable must be true, \"INITIALLY DEFERRED\" or "
             "\"INITIALLY IMMEDIATE\"");
    return NULL;
}

/* (columns, ref_table [, ref_columns [, options]]) */
static int l_add_foreign_key(lua_State *L)
{
    static const char *const known[] = {
        "on_delete", "on_update", "deferrable", "name", NULL
    };
    lm_op *op = lm_change_add(L, LM_OP_ADD_FOREIGN_KEY, "add_foreign_key");

    op->columns = lm_change_names(L, 2, &op->column_count);
    luaL_argcheck(L, op->column_count > 0, 2, "a list of column names");
    op->text = lm_change_text(L, 3);
    if (!lua_isnoneornil(L, 4))
        op->others = lm_change_names(L, 4, &op->other_count);
    if (lm_change_options(L, 5, known)) {
        op->on_delete = check_action(L, 5, "on_delete");
        op->on_update = check_action(L, 5, "on_update");
        op->deferrable = check_deferrable(L, 5);
        op->name = lm_change_field(L, 5, "name");
    }
    return 0;
}

static int l_drop_foreign_key(lua_State *L)
{
    lm_change_columns(L, lm_change_add(L, LM_OP_DROP_FOREIGN_KEY,
                      "drop_foreign_key"), false, true);
    return 0;
}

static int l_set_primary_key(lua_State *L)
{
    lm_change_columns(L, lm_change_add(L, LM_OP_SET_PRIMARY_KEY,
                      "set_primary_key"), true, false);
    return 0;
}

static int set_option(lua_State *L, lm_op_kind kind, const char *shown)
{
    lm_op *op = lm_change_add(L, kind, shown);

    luaL_checktype(L, 2, LUA_TBOOLEAN);
    op->value = lua_toboolean(L, 2);
    return 0;
}

static int l_set_autoincrement(lua_State *L)
{
    return set_option(L, LM_OP_SET_AUTOINCREMENT, "set_autoincrement");
}

static int l_set_strict(lua_State *L)
{
    return set_option(L, LM_OP_SET_STRICT, "set_strict");
}

static int l_set_without_rowid(lua_State *L)
{
    return set_option(L, LM_OP_SET_WITHOUT_ROWID, "set_without_rowid");
}

static int l_reorder(lua_State *L)
{
    lm_change_columns(L, lm_change_add(L, LM_OP_REORDER,
                      "reorder"), false, false);
    return 0;
}

/* The table of strings {column = "sql"} at the top of the stack. */
static void take_pairs(lua_State *L, lm_op *op, const char *what)
{
    int at = lua_gettop(L);
    size_t n = 0;

    if (!lua_istable(L, at))
        lm_raise(L, "%s must be a table {column = \"sql\", ...}", what);
    lua_pushnil(L);
    while (lua_next(L, at)) {
        if (lua_type(L, -2) != LUA_TSTRING || lua_type(L, -1) != LUA_TSTRING)
            lm_raise(L, "%s must be a table {column = \"sql\", ...}", what);
        n++;
        lua_pop(L, 1);
    }
    op->columns = new_names(L, n);
    op->others = new_names(L, n);
    lua_pushnil(L);
    while (lua_next(L, at)) {
        insert_pair(op, lm_change_keep(L, lua_gettop(L) - 1, what),
                    lm_change_keep(L, lua_gettop(L), what));
        lua_pop(L, 1);
    }
    op->other_count = n;
}

/* define(body [, {fill = {column = sql}, lose = true | {columns}}]) */
static int l_define(lua_State *L)
{
    static const char *const known[] = {"fill", "lose", NULL};
    lm_op *op = lm_change_add(L, LM_OP_DEFINE, "define");

    op->text = lm_change_text(L, 2);
    if (!lm_change_options(L, 3, known))
        return 0;
    if (lua_getfield(L, 3, "fill") != LUA_TNIL)
        take_pairs(L, op, "fill");
    lua_settop(L, 3);
    if (lua_getfield(L, 3, "lose") == LUA_TBOOLEAN)
        op->value = lua_toboolean(L, 4);
    else if (lua_istable(L, 4))
        op->lose = lm_change_names(L, 4, &op->lose_count);
    else if (!lua_isnil(L, 4))
        lm_raise(L, "lose must be true or a list of columns");
    return 0;
}

static int l_rebuild(lua_State *L)
{
    lm_change_add(L, LM_OP_REBUILD, "rebuild");
    return 0;
}

const luaL_Reg lm_operations[] = {
    {"add_column", l_add_column},
    {"drop_column", l_drop_column},
    {"rename_to", l_rename_to},
    {"rename_column", l_rename_column},
    {"rename_columns", l_rename_columns},
    {"set_type", l_set_type},
    {"set_not_null", l_set_not_null},
    {"set_default", l_set_default},
    {"set_collate", l_set_collate},
    {"add_check", l_add_check},
    {"drop_check", l_drop_check},
    {"add_unique", l_add_unique},
    {"drop_unique", l_drop_unique},
    {"add_foreign_key", l_add_foreign_key},
    {"drop_foreign_key", l_drop_foreign_key},
    {"set_primary_key", l_set_primary_key},
    {"set_autoincrement", l_set_autoincrement},
    {"set_strict", l_set_strict},
    {"set_without_rowid", l_set_without_rowid},
    {"reorder", l_reorder},
    {"define", l_define},
    {"rebuild", l_rebuild},
    {NULL, NULL}
};
