/* SPDX-License-Identifier: MIT */
/*
 * list.h - growing arrays of any element.
 *
 *   lm_list_grow  make room for one more element in an array of `count` that
 *                 has room for `*size`; the array may move. NULL: no memory,
 *                 the old array is still valid and still the caller's.
 *   lm_list_sort  qsort, but for an array that is in order already, which
 *                 what comes out of a folder or a ledger mostly is
 *
 * Ownership: the array is an ordinary heap block, freed with free().
 */
#ifndef LM_BASE_LIST_H
#define LM_BASE_LIST_H

#include <stddef.h>

void *lm_list_grow(void *array, size_t count, size_t *size, size_t element);

void lm_list_sort(void *array, size_t count, size_t element,
                  int (*compare)(const void *, const void *));

#endif
