/* SPDX-License-Identifier: MIT */
/*
 * heap.h - the memory of a script's Lua state.
 *
 *   lm_heap_open   begin an empty heap; cannot fail
 *   lm_heap_alloc  lua_Alloc; its user data is the script
 *   lm_heap_close  give all of it back, with every object of the state
 *
 * Small blocks come from a pool of the state's own, which goes with it, with
 * all that is in it: Lua says how large a block was when it gives it back.
 * Large ones are malloc's, and on a list.
 *
 * The limit is on what was taken from the system. To answer NULL makes Lua
 * collect in the middle of whatever it does, and Lua before 5.4.8 can be made
 * to use freed memory that way. So a small request over the limit is granted
 * once more, and the script is doomed; refused at once is only a large one,
 * and every one when the script has found a way to go on and is far beyond
 * the limit.
 */
#ifndef LM_SCRIPT_HEAP_H
#define LM_SCRIPT_HEAP_H

#include <stdbool.h>

#include "../base/pool.h"

typedef struct lm_heap {
    lm_pool smalls;
    struct lm_large *larges;    /* blocks of other sizes */
    size_t taken;               /* bytes, from the system */
    size_t limit;               /* 0: none */
    bool over;                  /* it was reached */
} lm_heap;

void lm_heap_open(lm_heap *heap, long limit);
void *lm_heap_alloc(void *script, void *block, size_t osize, size_t nsize);
void lm_heap_close(lm_heap *heap);

#endif
