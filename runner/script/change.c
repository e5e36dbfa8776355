/* SPDX-License-Identifier: MIT */
#include "change.h"

#include <string.h>

#include "../base/text.h"
#include "kind.h"
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
static void anchor(lua_State *L, int list)
{
    lua_getiuservalue(L, 1, list);
    lua_insert(L, -2);
    lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
    lua_pop(L, 1);
}

static lm_op *add(lua_State *L, lm_op_kind kind, const char *shown)
{
    change *c = check_open(L);
    lm_op *op = lua_newuserdatauv(L, sizeof *op, 0);

    memset(op, 0, sizeof *op);
    op->kind = kind;
    op->shown = shown;
    anchor(L, 2);
    c->count++;
    return op;
}

/* The string at index, for as long as the operation lives. */
static const char *keep(lua_State *L, int index, const char *what)
{
    size_t len;
    const char *s = lua_tolstring(L, index, &len);

    if (strlen(s) != len)
        lm_raise(L, "%s holds a NUL byte", what);
    lua_pushvalue(L, index);
    anchor(L, 1);
    return s;
}

static const char *check_text(lua_State *L, int arg)
{
    luaL_checktype(L, arg, LUA_TSTRING);
    return keep(L, arg, "the text");
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
static void check_keys(lua_State *L, int arg, const char *const *known,
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
static bool has_options(lua_State *L, int arg, const char *const *known)
{
    if (lua_isnoneornil(L, arg))
        return false;
    luaL_checktype(L, arg, LUA_TTABLE);
    check_keys(L, arg, known, false);
    return true;
}

static const char *text_field(lua_State *L, int arg, const char *name)
{
    const char *s = NULL;
    int type = lua_getfield(L, arg, name);

    if (type == LUA_TSTRING)
        s = keep(L, lua_gettop(L), name);
    else if (type != LUA_TNIL)
        lm_raise(L, "%s must be a string, not a %s", name,
                 luaL_typename(L, -1));
    lua_pop(L, 1);
    return s;
}

/* -- lists of names ------------------------------------------------------- */

static const char **check_names(lua_State *L, int arg, size_t *count)
{
    lua_Unsigned n, i;
    const char **names;

    luaL_checktype(L, arg, LUA_TTABLE);
    n = lua_rawlen(L, arg);
    *count = (size_t)n;
    if (n == 0)
        return NULL;
    names = lua_newuserdatauv(L, (size_t)n * sizeof *names, 0);
    anchor(L, 1);
    for (i = 0; i < n; i++) {
        if (lua_rawgeti(L, arg, (lua_Integer)i + 1) != LUA_TSTRING)
            luaL_argerror(L, arg, "a list of column names");
        names[i] = keep(L, lua_gettop(L), "a column's name");
        lua_pop(L, 1);
    }
    return names;
}

/* {"a", "b", name = "x"}: columns there must be, but where a name will do. */
static void take_columns(lua_State *L, lm_op *op, bool named, bool or_name)
{
    static const char *const none[] = {NULL}, *const name[] = {"name", NULL};

    luaL_checktype(L, 2, LUA_TTABLE);
    check_keys(L, 2, named || or_name ? name : none, true);
    op->columns = check_names(L, 2, &op->column_count);
    if (named || or_name)
        op->name = text_field(L, 2, "name");
    if (op->column_count == 0 && !(or_name && op->name != NULL))
        luaL_argerror(L, 2, "a list of column names");
    if (or_name && op->column_count > 0 && op->name != NULL)
        lm_raise(L, "give the columns or the name, not both");
}

/* -- the methods ---------------------------------------------------------- */

static int l_add_column(lua_State *L)
{
    static const char *const known[] = {"after", "before", "fill", NULL};
    lm_op *op = add(L, LM_OP_ADD_COLUMN, "add_column");

    op->column = check_text(L, 2);
    op->text = check_text(L, 3);
    if (has_options(L, 4, known)) {
        op->after = text_field(L, 4, "after");
        op->before = text_field(L, 4, "before");
        op->fill = text_field(L, 4, "fill");
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
    names = check_names(L, lua_gettop(L), &n);
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
    lm_op *op = add(L, LM_OP_DROP_COLUMN, "drop_column");

    op->column = check_text(L, 2);
    if (has_options(L, 3, known))
        op->cascade = check_cascade(L);
    return 0;
}

static int l_rename_to(lua_State *L)
{
    lm_op *op = add(L, LM_OP_RENAME_TO, "rename_to");

    op->text = check_text(L, 2);
    return 0;
}

static const char **new_names(lua_State *L, size_t n)
{
    const char **names = lua_newuserdatauv(L, (n + 1) * sizeof *names, 0);

    anchor(L, 1);
    return names;
}

static int l_rename_column(lua_State *L)
{
    lm_op *op = add(L, LM_OP_RENAME_COLUMNS, "rename_column");

    op->columns = new_names(L, 1);
    op->others = new_names(L, 1);
    op->columns[0] = check_text(L, 2);
    op->others[0] = check_text(L, 3);
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
    lm_op *op = add(L, LM_OP_RENAME_COLUMNS, "rename_columns");
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
        insert_pair(op, keep(L, lua_gettop(L) - 1, "a column's name"),
                    keep(L, lua_gettop(L), "a column's name"));
        lua_pop(L, 1);
    }
    op->other_count = n;
    return 0;
}

static int l_set_type(lua_State *L)
{
    static const char *const known[] = {"using", NULL};
    lm_op *op = add(L, LM_OP_SET_TYPE, "set_type");

    op->column = check_text(L, 2);
    op->text = check_text(L, 3);
    if (has_options(L, 4, known))
        op->fill = text_field(L, 4, "using");
    return 0;
}

static int l_set_not_null(lua_State *L)
{
    static const char *const known[] = {"fill", NULL};
    lm_op *op = add(L, LM_OP_SET_NOT_NULL, "set_not_null");

    op->column = check_text(L, 2);
    luaL_checktype(L, 3, LUA_TBOOLEAN);
    op->value = lua_toboolean(L, 3);
    if (has_options(L, 4, known))
        op->fill = text_field(L, 4, "fill");
    return 0;
}

/* A number says itself; everything else is SQL. */
static int l_set_default(lua_State *L)
{
    lm_op *op = add(L, LM_OP_SET_DEFAULT, "set_default");

    op->column = check_text(L, 2);
    if (lua_isnoneornil(L, 3))
        return 0;
    luaL_checkstring(L, 3);
    op->text = keep(L, 3, "the default");
    return 0;
}

static int l_set_collate(lua_State *L)
{
    lm_op *op = add(L, LM_OP_SET_COLLATE, "set_collate");

    op->column = check_text(L, 2);
    if (!lua_isnoneornil(L, 3))
        op->text = check_text(L, 3);
    return 0;
}

static int l_add_check(lua_State *L)
{
    static const char *const known[] = {"name", NULL};
    lm_op *op = add(L, LM_OP_ADD_CHECK, "add_check");

    op->text = check_text(L, 2);
    if (has_options(L, 3, known))
        op->name = text_field(L, 3, "name");
    return 0;
}

static int l_drop_check(lua_State *L)
{
    static const char *const known[] = {"name", "expr", NULL};
    lm_op *op = add(L, LM_OP_DROP_CHECK, "drop_check");

    luaL_checktype(L, 2, LUA_TTABLE);
    check_keys(L, 2, known, false);
    op->name = text_field(L, 2, "name");
    op->text = text_field(L, 2, "expr");
    if ((op->name == NULL) == (op->text == NULL))
        return lm_raise(L, "drop_check takes exactly one of name, expr");
    return 0;
}

static int l_add_unique(lua_State *L)
{
    take_columns(L, add(L, LM_OP_ADD_UNIQUE, "add_unique"), true, false);
    return 0;
}

static int l_drop_unique(lua_State *L)
{
    take_columns(L, add(L, LM_OP_DROP_UNIQUE, "drop_unique"), false, true);
    return 0;
}

static const char *check_action(lua_State *L, int arg, const char *name)
{
    static const char *const actions[] = {
        "NO ACTION", "RESTRICT", "SET NULL", "SET DEFAULT", "CASCADE"
    };
    const char *given = text_field(L, arg, name);
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
    lm_op *op = add(L, LM_OP_ADD_FOREIGN_KEY, "add_foreign_key");

    op->columns = check_names(L, 2, &op->column_count);
    luaL_argcheck(L, op->column_count > 0, 2, "a list of column names");
    op->text = check_text(L, 3);
    if (!lua_isnoneornil(L, 4))
        op->others = check_names(L, 4, &op->other_count);
    if (has_options(L, 5, known)) {
        op->on_delete = check_action(L, 5, "on_delete");
        op->on_update = check_action(L, 5, "on_update");
        op->deferrable = check_deferrable(L, 5);
        op->name = text_field(L, 5, "name");
    }
    return 0;
}

static int l_drop_foreign_key(lua_State *L)
{
    take_columns(L, add(L, LM_OP_DROP_FOREIGN_KEY, "drop_foreign_key"),
                 false, true);
    return 0;
}

static int l_set_primary_key(lua_State *L)
{
    take_columns(L, add(L, LM_OP_SET_PRIMARY_KEY, "set_primary_key"), true,
                 false);
    return 0;
}

static int set_option(lua_State *L, lm_op_kind kind, const char *shown)
{
    lm_op *op = add(L, kind, shown);

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
    take_columns(L, add(L, LM_OP_REORDER, "reorder"), false, false);
    return 0;
}

static int l_rebuild(lua_State *L)
{
    add(L, LM_OP_REBUILD, "rebuild");
    return 0;
}

void lm_change_push(lua_State *L)
{
    change *c = lua_newuserdatauv(L, sizeof *c, 2);

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

void lm_change_open(lua_State *L)
{
    static const luaL_Reg methods[] = {
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
        {"rebuild", l_rebuild},
        {NULL, NULL}
    };
    static const luaL_Reg meta[] = {{NULL, NULL}};

    luaL_newlib(L, methods);
    lm_kind_make(L, LM_KIND_CHANGE, meta);
}
