/* SPDX-License-Identifier: MIT */
#include "cli/library/group_faces.h"

#include <errno.h>
#include <stdlib.h>

struct keyed {
    uint64_t group;
    uint32_t i;
};

static int by_group(const void *pa, const void *pb)
{
    const struct keyed *a = pa, *b = pb;
    if (a->group != b->group)
        return a->group < b->group ? -1 : 1;
    return (a->i > b->i) - (a->i < b->i);
}

int fnl_group_faces(const struct fn_grouping_face *faces, size_t n, uint32_t width,
                    const struct fn_grouping_thresholds *t, uint32_t *ret)
{
    uint64_t *group = calloc(n + 1, sizeof *group);
    struct keyed *v = calloc(n + 1, sizeof *v);
    int rc = group && v ? fn_group_faces(faces, n, width, t, group) : -ENOMEM;
    for (size_t i = 0; !rc && i < n; i++)
        v[i] = (struct keyed){group[i], (uint32_t)i};
    if (!rc && n)
        qsort(v, n, sizeof *v, by_group);
    for (size_t i = 0, first = 0; !rc && i < n; i++) {
        if (v[i].group != v[first].group || !v[i].group)
            first = i;
        ret[v[i].i] = v[first].i;
    }
    free(group);
    free(v);
    return rc;
}
