/* SPDX-License-Identifier: MIT */
#include "list.h"

#include <stdint.h>
#include <stdlib.h>

void *lm_list_grow(void *array, size_t count, size_t *size, size_t element)
{
    size_t wanted = *size == 0 ? 8 : *size * 2;
    void *moved;

    if (count < *size)
        return array;
    if (wanted > SIZE_MAX / element)
        return NULL;
    moved = realloc(array, wanted * element);
    if (moved != NULL)
        *size = wanted;
    return moved;
}

void lm_list_sort(void *array, size_t count, size_t element,
                  int (*compare)(const void *, const void *))
{
    const char *at = array;
    size_t i;

    for (i = 1; i < count; i++, at += element)
        if (compare(at, at + element) > 0)
            break;
    if (i < count)
        qsort(array, count, element, compare);
}
