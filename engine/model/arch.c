/* SPDX-License-Identifier: MIT */
/* The table of built-in architectures, and building one. */
#include "engine/model/arch.h"

#include <errno.h>
#include <string.h>

#include "engine/model/arch_build.h"

static const struct fn_arch *const archs[] = {
    &fn_arch_nn1, &fn_arch_nn2, &fn_arch_nn3, &fn_arch_nn4, &fn_arch_nns1, &fn_arch_nns2,
};

size_t fn_arch_count(void)
{
    return sizeof archs / sizeof *archs;
}

const struct fn_arch *fn_arch_at(size_t i)
{
    return archs[i];
}

const struct fn_arch *fn_arch_find(const char *name)
{
    for (size_t i = 0; i < fn_arch_count(); i++)
        if (strcmp(archs[i]->name, name) == 0)
            return archs[i];
    return NULL;
}

static int build(struct fn_arch_builder b, struct fn_graph_builder **ret,
                 struct fn_graph *graph, struct fn_error *err)
{
    const struct fn_arch *a = b.arch;
    uint32_t dim = b.dim;
    if (dim > FN_ARCH_DIM_MAX)
        return fn_error_set(err, FN_EUSAGE, "an embedding has 1 to %d numbers, not %u",
                            FN_ARCH_DIM_MAX, dim);
    b.dim = dim ? dim : a->dim;
    b.graph = fn_graph_builder_create();
    if (!b.graph)
        return fn_error_set(err, -ENOMEM, "out of memory");
    a->build(&b);
    struct fn_graph g;
    int rc = b.error ? fn_error_set(err, b.error, "%s: out of memory", a->name)
                     : fn_graph_builder_finish(b.graph, &g, err);
    if (rc) {
        fn_graph_builder_destroy(b.graph);
        return rc;
    }
    *graph = g;
    *ret = b.graph;
    return 0;
}

int fn_arch_build(const struct fn_arch *a, uint32_t dim, uint64_t seed,
                  struct fn_graph_builder **ret, struct fn_graph *graph, struct fn_error *err)
{
    return build((struct fn_arch_builder){.arch = a, .dim = dim, .seed = seed}, ret, graph,
                 err);
}

int fn_arch_shapes(const struct fn_arch *a, uint32_t dim, struct fn_graph_builder **ret,
                   struct fn_graph *graph, struct fn_error *err)
{
    return build((struct fn_arch_builder){.arch = a, .dim = dim, .zero = true}, ret, graph,
                 err);
}
