/* SPDX-License-Identifier: MIT */
#include "pool.h"

#include <stdlib.h>

typedef struct lm_pool_chunk {
    struct lm_pool_chunk *next;
    size_t unused;              /* the blocks behind it are aligned as it */
} lm_pool_chunk;

bool lm_pool_grow(lm_pool *pool, size_t bytes)
{
    lm_pool_chunk *chunk = malloc(bytes);

    if (chunk == NULL)
        return false;
    chunk->next = pool->chunks;
    pool->chunks = chunk;
    pool->next = (char *)(chunk + 1);
    pool->left = bytes - sizeof *chunk;
    return true;
}

void lm_pool_clear(lm_pool *pool)
{
    lm_pool_chunk *chunk;

    while ((chunk = pool->chunks) != NULL) {
        pool->chunks = chunk->next;
        free(chunk);
    }
    memset(pool, 0, sizeof *pool);
}
