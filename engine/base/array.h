/* SPDX-License-Identifier: MIT */
/* Growing an array, and finding a position in a sorted one. */
#ifndef FN_ENGINE_BASE_ARRAY_H
#define FN_ENGINE_BASE_ARRAY_H

#include <stddef.h>

#include "engine/base/error.h"

/* The array with room for need elements of elem_size bytes (elem_size > 0). *cap is the number
 * of elements there is room for. It at least doubles when it grows, so that adding n elements
 * one by one costs O(n). array may be NULL when *cap is 0. New elements are not initialised.
 * NULL when out of memory, or when the size overflows; array and *cap are then unchanged and
 * the caller still owns array. Release it with free(). */
FN_NODISCARD void *fn_array_grow(void *array, size_t *cap, size_t need, size_t elem_size);

/* The number of elements of the sorted array that are less than key: the position of key, or
 * the position at which it would be inserted. cmp(key, elem) is negative, 0 or positive, as for
 * bsearch. */
size_t fn_lower_bound(const void *key, const void *array, size_t n, size_t elem_size,
                      int (*cmp)(const void *key, const void *elem));

#endif
