/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>

#include "engine/base/array.h"
#include "index/edits/near_priv.h"

int fn_moments_add(struct fn_moments *m, bool has_moment, int64_t taken_s)
{
    if (!has_moment) {
        m->any_without = true;
        return 0;
    }
    int64_t *v = fn_array_grow(m->v, &m->cap, m->n + 1, sizeof *v);
    if (!v)
        return -ENOMEM;
    m->v = v;
    m->v[m->n++] = taken_s;
    return 0;
}

static int by_time(const void *pa, const void *pb)
{
    const int64_t *a = pa, *b = pb;
    return (*a > *b) - (*a < *b);
}

void fn_moments_sort(struct fn_moments *m)
{
    if (m->n)
        qsort(m->v, m->n, sizeof *m->v, by_time);
}

bool fn_moments_match(const struct fn_moments *m, bool has_moment, int64_t taken_s)
{
    return !has_moment || m->any_without ||
           (m->n && bsearch(&taken_s, m->v, m->n, sizeof *m->v, by_time));
}
