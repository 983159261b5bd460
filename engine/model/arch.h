/* SPDX-License-Identifier: MIT */
/* Built-in architectures: the networks of FaceNet (Schroff, Kalenichenko and Philbin, CVPR
 * 2015), each defined in a file of its own, arch_NAME.c, by the words of arch_build.h. To add
 * one, write such a file and give it a row in arch.c. What the paper leaves open and how it was
 * settled: docs/decisions/facenet-networks.md.
 *
 * All take (n, 3, height, width) and give two outputs:
 *   0  "embedding": n x dim, of length 1
 *   1  the layer before it: the pooled map, or the last hidden layer
 * No batch normalisation (the paper's parameter counts leave no room for it): a picture's
 * embedding does not depend on the batch it is in. */
#ifndef FN_ENGINE_MODEL_ARCH_H
#define FN_ENGINE_MODEL_ARCH_H

#include <stddef.h>
#include <stdint.h>

#include "engine/base/error.h"
#include "engine/graph/graph.h"

enum { FN_ARCH_DIM_MAX = 4096 };

struct fn_arch_builder;

struct fn_arch {
    const char *name;       /* "nn2" */
    const char *title;      /* one line */
    const char *source;     /* source of the table */
    uint32_t width, height; /* default input */
    uint32_t dim;           /* of the embedding, by default */
    void (*build)(struct fn_arch_builder *b);
};

/* By name; NULL if there is none. */
const struct fn_arch *fn_arch_find(const char *name);
size_t fn_arch_count(void);
const struct fn_arch *fn_arch_at(size_t i);

/* The network with dim outputs (0: the architecture's own) and random weights. Weight i
 * (counted over the weights that are matrices, in the order of the graph) is drawn from stream
 * i of seed, normal with variance 2 / fan-in (He et al., ICCV 2015); biases are 0. The same
 * numbers on every machine. The caller destroys *ret; graph lives as long. FN_EUSAGE for a dim
 * out of range, -ENOMEM, errors of fn_graph_check. */
FN_NODISCARD int fn_arch_build(const struct fn_arch *a, uint32_t dim, uint64_t seed,
                               struct fn_graph_builder **ret, struct fn_graph *graph,
                               struct fn_error *err);
/* The same with all weights 0: for its shapes and counts. */
FN_NODISCARD int fn_arch_shapes(const struct fn_arch *a, uint32_t dim,
                                struct fn_graph_builder **ret, struct fn_graph *graph,
                                struct fn_error *err);

#endif
