/* SPDX-License-Identifier: MIT */
/* Clusters of faces by the rule of the index (cli/library/group_faces.h). All faces are
 * clustered together in memory; the index does the same incrementally. */
#include <errno.h>
#include <stdlib.h>

#include "cli/library/eval.h"
#include "cli/library/group_faces.h"
#include "engine/kernels/vector.h"

static struct fn_grouping_model model_of(const struct fn_profile_values *p)
{
    return (struct fn_grouping_model){.single_d2 = (double)p->single_d2,
                                      .group_d2 = (double)p->group_d2,
                                      .net_d2 = (double)p->net_d2,
                                      .decade_d2 = (double)p->decade_d2};
}

int fnl_eval_group(const struct fnl_eval_group_face *f, size_t n,
                   const struct fn_profile_values *p, uint32_t *group, struct fn_error *err)
{
    struct fn_grouping_face *v = calloc(n + 1, sizeof *v);
    struct fn_grouping_thresholds t;
    const struct fn_grouping_model m = model_of(p);
    size_t n_good = 0;
    int rc = v ? 0 : -ENOMEM;
    for (size_t i = 0; i < n; i++)
        n_good += !f[i].poor;
    for (size_t i = 0; !rc && i < n; i++)
        v[i] = (struct fn_grouping_face){.id = (uint32_t)i + 1,
                                         .key = i + 1,
                                         .photo = (uint32_t)f[i].photo + 1,
                                         .poor = f[i].poor,
                                         .x = f[i].x};
    fn_grouping_thresholds_of(&m, fn_grouping_class(n_good, 0), &t);
    if (!rc)
        rc = fnl_group_faces(v, n, FN_DIM, &t, group);
    free(v);
    return rc ? fn_error_set(err, rc, "out of memory") : 0;
}
