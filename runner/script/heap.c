/* SPDX-License-Identifier: MIT */
#include "heap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "script.h"

enum {
    LM_SMALL = LM_HEAP_STEP * LM_HEAP_SIZES,
    LM_FIRST_CHUNK = 24 << 10,  /* enough for a small script */
    LM_CHUNK = 128 << 10,
    LM_LARGE = 16 << 20,
    LM_FAR = 64 << 20
};

typedef struct lm_chunk {
    struct lm_chunk *next;
    size_t unused;              /* the blocks behind it are aligned as it */
} lm_chunk;

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
    lm_chunk *chunk;
    lm_large *large;

    while ((large = heap->larges) != NULL) {
        heap->larges = large->next;
        free(large);
    }
    while ((chunk = heap->chunks) != NULL) {
        heap->chunks = chunk->next;
        free(chunk);
    }
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
    snprintf(text, sizeof text, "the script takes more memory than its "
             "limit of %zu MiB", heap->limit >> 20);
    lm_script_doom(sc, LM_EFAILED, text);
    return more <= LM_LARGE && heap->taken + more <= heap->limit + LM_FAR;
}

/* The rest of the chunk before is lost: less than a small block's size. */
static bool add_chunk(lm_script *sc)
{
    lm_heap *heap = &sc->heap;
    size_t size = heap->chunks == NULL ? LM_FIRST_CHUNK : LM_CHUNK;
    lm_chunk *chunk;

    if (!grant(sc, size))
        return false;
    chunk = malloc(size);
    if (chunk == NULL)
        return no_memory(sc) != NULL;
    chunk->next = heap->chunks;
    heap->chunks = chunk;
    heap->taken += size;
    heap->next = (char *)(chunk + 1);
    heap->left = size - sizeof *chunk;
    return true;
}

static inline size_t size_class(size_t size)
{
    return (size - 1) / LM_HEAP_STEP;
}

static void *take_small(lm_script *sc, size_t size)
{
    lm_heap *heap = &sc->heap;
    size_t class = size_class(size);
    void *block = heap->unused[class];

    if (block != NULL) {
        memcpy(&heap->unused[class], block, sizeof block);
        return block;
    }
    size = (class + 1) * LM_HEAP_STEP;
    if (size > heap->left && !add_chunk(sc))
        return NULL;
    block = heap->next;
    heap->next += size;
    heap->left -= size;
    return block;
}

static void give_small(lm_heap *heap, void *block, size_t size)
{
    void **list = &heap->unused[size_class(size)];

    memcpy(block, list, sizeof *list);
    *list = block;
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
    if (size <= LM_SMALL) {
        give_small(&sc->heap, block, size);
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
    if (nsize > LM_SMALL && (osize == 0 || osize > LM_SMALL))
        return resize_large(sc, block, osize, nsize);
    if (osize > 0 && osize <= LM_SMALL && nsize <= LM_SMALL &&
        size_class(osize) == size_class(nsize))
        return block;
    moved = nsize <= LM_SMALL ? take_small(sc, nsize)
                              : resize_large(sc, NULL, 0, nsize);
    if (moved != NULL && osize > 0) {
        memcpy(moved, block, osize < nsize ? osize : nsize);
        release(sc, block, osize);
    }
    return moved;
}
