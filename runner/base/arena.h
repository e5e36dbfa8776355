/* SPDX-License-Identifier: MIT */
/*
 * arena.h - many small strings that live and die together.
 *
 *   lm_arena a = {0};   empty, nothing allocated
 *   lm_arena_add        a NUL-terminated copy of n bytes; NULL: no memory
 *   lm_arena_clear      free them all; may be called twice
 *
 * Ownership: the strings belong to the arena and do not move.
 */
#ifndef LM_BASE_ARENA_H
#define LM_BASE_ARENA_H

#include <stddef.h>

typedef struct lm_arena {
    struct lm_arena_block *blocks;
} lm_arena;

char *lm_arena_add(lm_arena *arena, const char *s, size_t n);
void lm_arena_clear(lm_arena *arena);

#endif
