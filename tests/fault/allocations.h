/* SPDX-License-Identifier: MIT */
/*
 * allocations.h - allocations that fail (faults.h).
 *
 * Without sanitizers every allocation of the process is counted, Lua's and
 * ours too: malloc is replaced. AddressSanitizer has replaced it already, so
 * there SQLite's alone are, through its own allocator.
 *
 *   replace_allocator    for cmocka's group, before anything else
 */
#ifndef LM_TEST_ALLOCATIONS_H
#define LM_TEST_ALLOCATIONS_H

#include "faults.h"

#ifdef __SANITIZE_ADDRESS__
static sqlite3_mem_methods plain;

static void *take(int n)
{
    return fails_now() ? NULL : plain.xMalloc(n);
}

static void *resize(void *p, int n)
{
    return fails_now() ? NULL : plain.xRealloc(p, n);
}

static int replace_allocator(void **state)
{
    sqlite3_mem_methods faulty;

    (void)state;
    if (sqlite3_config(SQLITE_CONFIG_GETMALLOC, &plain) != SQLITE_OK)
        return 1;
    faulty = plain;
    faulty.xMalloc = take;
    faulty.xRealloc = resize;
    return sqlite3_config(SQLITE_CONFIG_MALLOC, &faulty);
}
#else
/* glibc's own names for what is replaced here. */
void *__libc_malloc(size_t n);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t n);

static int replaced;

void *malloc(size_t n)
{
    return replaced && fails_now() ? NULL : __libc_malloc(n);
}

void *calloc(size_t n, size_t size)
{
    return replaced && fails_now() ? NULL : __libc_calloc(n, size);
}

void *realloc(void *p, size_t n)
{
    return replaced && fails_now() ? NULL : __libc_realloc(p, n);
}

static int replace_allocator(void **state)
{
    (void)state;
    replaced = 1;
    return 0;
}
#endif

#endif
