/* SPDX-License-Identifier: MIT */
/*
 * pool.h - small blocks for one thread, whose sizes their owner remembers.
 *
 *   lm_pool_take   a block of `size` bytes (1 to LM_POOL_LARGEST), aligned
 *                  for any object; NULL: the pool must grow first
 *   lm_pool_give   put it back; `size` is what was asked for
 *   lm_pool_grow   take so many bytes more from the system
 *   lm_pool_fits   do both sizes take the same room?
 *   lm_pool_clear  give everything back to the system, with all blocks in it
 *
 * Lua and SQLite make and drop small blocks all the time. Cut from chunks and
 * kept in a list for each size when they are free, they cost half a dozen
 * instructions instead of the hundred that malloc and free take. Chunks go
 * only when the pool does.
 *
 * All zero is an empty pool.
 */
#ifndef LM_BASE_POOL_H
#define LM_BASE_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

enum { LM_POOL_STEP = 16, LM_POOL_SIZES = 32,
       LM_POOL_LARGEST = LM_POOL_STEP * LM_POOL_SIZES };

typedef struct lm_pool {
    void *unused[LM_POOL_SIZES];    /* free blocks of each size */
    char *next;                     /* the rest of the newest chunk */
    size_t left;
    struct lm_pool_chunk *chunks;
} lm_pool;

/* False: no memory. What was left of the chunk before is lost, less than a
 * block. */
bool lm_pool_grow(lm_pool *pool, size_t bytes);
void lm_pool_clear(lm_pool *pool);

static inline size_t lm_pool_class(size_t size)
{
    return (size - 1) / LM_POOL_STEP;
}

static inline bool lm_pool_fits(size_t a, size_t b)
{
    return lm_pool_class(a) == lm_pool_class(b);
}

static inline void *lm_pool_take(lm_pool *pool, size_t size)
{
    size_t class = lm_pool_class(size);
    void *block = pool->unused[class];

    if (block != NULL) {
        memcpy(&pool->unused[class], block, sizeof block);
        return block;
    }
    size = (class + 1) * LM_POOL_STEP;
    if (size > pool->left)
        return NULL;
    block = pool->next;
    pool->next += size;
    pool->left -= size;
    return block;
}

static inline void lm_pool_give(lm_pool *pool, void *block, size_t size)
{
    void **list = &pool->unused[lm_pool_class(size)];

    memcpy(block, list, sizeof *list);
    *list = block;
}

#endif
