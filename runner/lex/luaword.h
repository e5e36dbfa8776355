/* SPDX-License-Identifier: MIT */
/*
 * luaword.h - what a Lua name does to the nesting and to the expression
 * around it.
 *
 *   lm_lua_word   the traits of a NAME token
 *
 * Nothing is allocated.
 */
#ifndef LM_LEX_LUAWORD_H
#define LM_LEX_LUAWORD_H

#include "luatok.h"

enum {
    LM_WORD_KEYWORD = 1,    /* not an identifier */
    LM_WORD_OPENS = 2,      /* a block or a function */
    LM_WORD_CLOSES = 4,     /* one; else does both */
    LM_WORD_ENDS = 8,       /* an expression or statement may end with it */
    LM_WORD_JOINS = 16,     /* and, or: the expression goes on */
    LM_WORD_LISTS = 32      /* local, for: names that are no globals follow */
};

int lm_lua_word(const lm_luatok *t);

#endif
