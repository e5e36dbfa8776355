/* SPDX-License-Identifier: MIT */
#include "arena.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { LM_ARENA_BLOCK = 16 * 1024 };

struct lm_arena_block {
    struct lm_arena_block *next;
    size_t used, size;
    char bytes[];
};

static struct lm_arena_block *new_block(lm_arena *arena, size_t n)
{
    size_t size = n > LM_ARENA_BLOCK ? n : LM_ARENA_BLOCK;
    struct lm_arena_block *b;

    if (n > SIZE_MAX / 2)
        return NULL;
    b = malloc(sizeof *b + size);
    if (b == NULL)
        return NULL;
    b->next = arena->blocks;
    b->used = 0;
    b->size = size;
    arena->blocks = b;
    return b;
}

char *lm_arena_add(lm_arena *arena, const char *s, size_t n)
{
    struct lm_arena_block *b = arena->blocks;
    char *copy;

    if (b == NULL || b->size - b->used <= n)
        b = new_block(arena, n + 1);
    if (b == NULL)
        return NULL;
    copy = b->bytes + b->used;
    if (n > 0)
        memcpy(copy, s, n);
    copy[n] = '\0';
    b->used += n + 1;
    return copy;
}

void lm_arena_clear(lm_arena *arena)
{
    struct lm_arena_block *b;

    while ((b = arena->blocks) != NULL) {
        arena->blocks = b->next;
        free(b);
    }
}
