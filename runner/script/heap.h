/* SPDX-License-Identifier: MIT */
/*
 * heap.h - the memory of a script's Lua state.
 *
 *   lm_heap_open   begin an empty heap; cannot fail
 *   lm_heap_alloc  lua_Alloc; its user data is the script
 *   lm_heap_close  give all of it back, with every object of the state
 *
 * Lua makes and drops small blocks all the time, and says how large a block
 * was when it gives it back. So small blocks are cut from chunks and kept in
 * a list for each size when they are free: half a dozen instructions instead
 * of the hundred that malloc and free take. Chunks go when the heap does,
 * with all that is in them. Large blocks are malloc's, and on a list.
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

#include <stddef.h>

enum { LM_HEAP_STEP = 16, LM_HEAP_SIZES = 32 };

typedef struct lm_heap {
    void *unused[LM_HEAP_SIZES];    /* free blocks of each small size */
    char *next;                     /* the rest of the newest chunk */
    size_t left;
    struct lm_chunk *chunks;
    struct lm_large *larges;        /* blocks of other sizes */
    size_t taken;                   /* bytes, from the system */
    size_t limit;                   /* 0: none */
} lm_heap;

void lm_heap_open(lm_heap *heap, long limit);
void *lm_heap_alloc(void *script, void *block, size_t osize, size_t nsize);
void lm_heap_close(lm_heap *heap);

#endif
