/* SPDX-License-Identifier: MIT */
/*
 * SQLite's own count of its memory costs a mutex at every allocation, and
 * malloc and free take a sixth of a run of small migrations: after each the
 * schema is parsed again. A process with one thread can count for itself and
 * keep small blocks in a pool.
 *
 * The variables below are the only ones of their kind in the library. What
 * they describe, SQLite's allocator, is the process's as well.
 */
#include "process.h"

#include <sqlite3.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../base/pool.h"
#include "trouble.h"

enum { FIRST_CHUNK = 64 << 10, CHUNK = 256 << 10 };

static lm_pool pool;
static size_t heap_limit, heap_used;
static bool dedicated;

/* Before each block stands its size; SQLite wants 8-byte alignment. */
typedef struct block {
    uint64_t size;
} block;

static bool grow_pool(void)
{
    return lm_pool_grow(&pool, pool.chunks == NULL ? FIRST_CHUNK : CHUNK);
}

/* Of so many bytes, the block's head included. */
static block *get(size_t size)
{
    block *b;

    if (size > LM_POOL_LARGEST)
        return malloc(size);
    b = lm_pool_take(&pool, size);
    if (b == NULL && grow_pool())
        b = lm_pool_take(&pool, size);
    return b;
}

static void put(block *b, size_t size)
{
    if (size > LM_POOL_LARGEST)
        free(b);
    else
        lm_pool_give(&pool, b, size);
}

static void *take(int n)
{
    size_t size = (size_t)n;
    block *b;

    if (heap_limit > 0 && heap_used + size > heap_limit)
        return NULL;
    b = get(sizeof *b + size);
    if (b == NULL)
        return NULL;
    b->size = size;
    heap_used += size;
    return b + 1;
}

static void give_back(void *p)
{
    block *b = (block *)p - 1;

    heap_used -= b->size;
    put(b, sizeof *b + b->size);
}

/* From the pool to malloc, the other way round, or within the pool. */
static block *move(block *b, size_t size)
{
    block *moved = get(size);
    size_t old = sizeof *b + b->size;

    if (moved == NULL)
        return NULL;
    memcpy(moved, b, old < size ? old : size);
    put(b, old);
    return moved;
}

static void *resize(void *p, int n)
{
    block *b = (block *)p - 1;
    size_t old = b->size, size = (size_t)n, whole = sizeof *b + size;

    if (heap_limit > 0 && size > old && heap_used + size - old > heap_limit)
        return NULL;
    if (whole > LM_POOL_LARGEST && sizeof *b + old > LM_POOL_LARGEST)
        b = realloc(b, whole);
    else if (!lm_pool_fits(whole, sizeof *b + old))
        b = move(b, whole);
    if (b == NULL)
        return NULL;
    b->size = size;
    heap_used = heap_used - old + size;
    return b + 1;
}

static int size_of(void *p)
{
    return p == NULL ? 0 : (int)((block *)p - 1)->size;
}

static int round_up(int n)
{
    return (n + 7) & ~7;
}

static int begin(void *unused)
{
    (void)unused;
    return SQLITE_OK;
}

static void end(void *unused)
{
    (void)unused;
}

bool lm_process_dedicate(size_t limit)
{
    const sqlite3_mem_methods methods = {take,  give_back, resize, size_of,
                                         round_up, begin, end, NULL};

    heap_limit = limit;
    dedicated = sqlite3_config(SQLITE_CONFIG_SINGLETHREAD) == SQLITE_OK &&
                sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0) == SQLITE_OK &&
                sqlite3_config(SQLITE_CONFIG_MALLOC, &methods) == SQLITE_OK;
    return dedicated;
}

bool lm_process_is_dedicated(void)
{
    return dedicated;
}

/*
 * A container with a read-only root has no /tmp, and SQLite cannot make an
 * index over many rows then (SQLITE_IOERR_GETTEMPPATH). The database's folder
 * can be written, or there is nothing to do anyway. What the user has set and
 * the system offers comes first; the working folder, SQLite's own last
 * resort, would be any place. SQLite looks again when it needs a file, so the
 * folder need not be there yet, and it wants a string of its own.
 */
bool lm_process_temp(const char *folder)
{
    const char *temp = lm_trouble_temp();

    if (!dedicated || sqlite3_temp_directory != NULL ||
        (temp != NULL && strcmp(temp, ".") != 0))
        return true;
    sqlite3_temp_directory = sqlite3_mprintf("%s", folder);
    return sqlite3_temp_directory != NULL;
}
