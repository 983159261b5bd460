/* SPDX-License-Identifier: MIT */
#include "engine/base/array.h"

#include <stdint.h>
#include <stdlib.h>

enum { FIRST_CAP = 8 };

void *fn_array_grow(void *array, size_t *cap, size_t need, size_t elem_size)
{
    if (array && need <= *cap)
        return array;
    size_t more = *cap > SIZE_MAX / 2 ? need : 2 * *cap;
    if (more < FIRST_CAP)
        more = FIRST_CAP;
    if (more < need)
        more = need;
    if (more > PTRDIFF_MAX / elem_size) /* an allocator would refuse, or a sanitizer complain */
        return NULL;
    void *grown = realloc(array, more * elem_size);
    if (grown)
        *cap = more;
    return grown;
}

size_t fn_lower_bound(const void *key, const void *array, size_t n, size_t elem_size,
                      int (*cmp)(const void *key, const void *elem))
{
    const char *first = array;
    size_t lo = 0, hi = n;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (cmp(key, first + mid * elem_size) > 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}
