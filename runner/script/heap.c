/* SPDX-License-Identifier: MIT */
#include "heap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "script.h"

enum {
    LM_FIRST_CHUNK = 24 << 10,  /* enough for a small script */
    LM_CHUNK = 128 << 10,
    LM_LARGE = 16 << 20,
    LM_FAR = 64 << 20
};

/* What stands before a large block, so that all of them can be found. */
typedef struct lm_large {
    struct lm_large *next, **link;
} lm_large;

void lm_heap_open(lm_heap *heap, long limit)
{
    memset(heap, 0, sizeof *heap);
    heap->limit = limit > 0 ? (size_t)limit : 0;
}

void lm_heap_close(lm_heap *heap)
{
    lm_large *large;

    while ((large = heap->larges) != NULL) {
        heap->larges = large->next;
        free(large);
    }
    lm_pool_clear(&heap->smalls);
}

static void *no_memory(lm_script *sc)
{
    lm_script_doom(sc, LM_ENOMEM, "out of memory");
    return NULL;
}

static bool grant(lm_script *sc, size_t more)
{
    const lm_heap *heap = &sc->heap;
    char text[sizeof sc->doom_text];

    if (heap->limit == 0 || heap->taken + more <= heap->limit)
        return true;
    sc->heap.over = true;
    snprintf(text, sizeof text, "the script takes more memory than its "
             "limit of %zu MiB", heap->limit >> 20);
    lm_script_doom(sc, LM_EFAILED, text);
    return more <= LM_LARGE && heap->taken + more <= heap->limit + LM_FAR;
}

static bool add_chunk(lm_script *sc)
{
    lm_heap *heap = &sc->heap;
    size_t size = heap->smalls.chunks == NULL ? LM_FIRST_CHUNK : LM_CHUNK;

    if (!grant(sc, size))
        return false;
    if (!lm_pool_grow(&heap->smalls, size))
        return no_memory(sc) != NULL;
    heap->taken += size;
    return true;
}

static void *take_small(lm_script *sc, size_t size)
{
    void *block = lm_pool_take(&sc->heap.smalls, size);

    if (block == NULL && add_chunk(sc))
        block = lm_pool_take(&sc->heap.smalls, size);
    return block;
}

static void link_large(lm_heap *heap, lm_large *large)
{
    large->next = heap->larges;
    large->link = &heap->larges;
    if (large->next != NULL)
        large->next->link = &large->next;
    heap->larges = large;
}

static void free_large(lm_large *large)
{
    *large->link = large->next;
    if (large->next != NULL)
        large->next->link = large->link;
    free(large);
}

static void *resize_large(lm_script *sc, void *block, size_t osize,
                          size_t nsize)
{
    lm_large *large = block == NULL ? NULL : (lm_large *)block - 1;

    if (nsize > osize && !grant(sc, nsize - osize))
        return NULL;
    large = realloc(large, sizeof *large + nsize);
    if (large == NULL)
        return no_memory(sc);
    if (block == NULL)
        link_large(&sc->heap, large);
    else {
        *large->link = large;
        if (large->next != NULL)
            large->next->link = &large->next;
    }
    sc->heap.taken += nsize - osize;
    return large + 1;
}

static void release(lm_script *sc, void *block, size_t size)
{
    if (size == 0)
        return;
    if (size <= LM_POOL_LARGEST) {
        lm_pool_give(&sc->heap.smalls, block, size);
        return;
    }
    free_large((lm_large *)block - 1);
    sc->heap.taken -= size;
}

void *lm_heap_alloc(void *script, void *block, size_t osize, size_t nsize)
{
    lm_script *sc = script;
    void *moved;

    /* Without a block osize says what it is for (lua_Alloc in the manual) */
    if (block == NULL)
        osize = 0;
    if (nsize == 0) {
        release(sc, block, osize);
        return NULL;
    }
    if (nsize > LM_POOL_LARGEST && (osize == 0 || osize > LM_POOL_LARGEST))
        return resize_large(sc, block, osize, nsize);
    if (osize > 0 && osize <= LM_POOL_LARGEST && nsize <= LM_POOL_LARGEST &&
        lm_pool_fits(osize, nsize))
        return block;
    moved = nsize <= LM_POOL_LARGEST ? take_small(sc, nsize)
                              : resize_large(sc, NULL, 0, nsize);
    if (moved != NULL && osize > 0) {
        memcpy(moved, block, osize < nsize ? osize : nsize);
        release(sc, block, osize);
    }
    return moved;
}
