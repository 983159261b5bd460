/* SPDX-License-Identifier: MIT */
/* Building blocks of architectures. Each adds a layer after x and returns its output; sizes are
 * those at the architecture's default input. Convolutions and pools use TensorFlow's SAME
 * padding: an output of ceil(size / stride). The graph builder remembers failures. */
#ifndef FN_ENGINE_MODEL_ARCH_BUILD_H
#define FN_ENGINE_MODEL_ARCH_BUILD_H

#include "engine/model/arch.h"

struct fn_arch_builder {
    const struct fn_arch *arch;
    struct fn_graph_builder *graph;
    uint64_t seed;
    uint32_t dim;
    uint32_t n_weights; /* drawn so far */
    bool zero;          /* draw none */
    int error;          /* of what the graph builder does not see: -ENOMEM */
};

/* A map in the making. */
struct fn_arch_map {
    uint32_t value; /* in the graph */
    uint32_t c, h, w;
};

enum fn_arch_pool { FN_ARCH_MAX = 0, FN_ARCH_L2 };

struct fn_arch_map fn_arch_input(struct fn_arch_builder *b);
/* k x k convolution to `out` channels, bias, ReLU. */
struct fn_arch_map fn_arch_conv(struct fn_arch_builder *b, const char *name,
                                struct fn_arch_map x, uint32_t k, uint32_t stride,
                                uint32_t out);
/* Fully connected: a convolution that covers the map; with and without ReLU. */
struct fn_arch_map fn_arch_full(struct fn_arch_builder *b, const char *name,
                                struct fn_arch_map x, uint32_t out);
struct fn_arch_map fn_arch_linear(struct fn_arch_builder *b, const char *name,
                                  struct fn_arch_map x, uint32_t out);
/* Fully connected to pieces x out, then the largest of each `pieces`: outputs p * out + c, p <
 * pieces. */
struct fn_arch_map fn_arch_maxout(struct fn_arch_builder *b, const char *name,
                                  struct fn_arch_map x, uint32_t out, uint32_t pieces);
struct fn_arch_map fn_arch_pool(struct fn_arch_builder *b, const char *name,
                                struct fn_arch_map x, enum fn_arch_pool kind, uint32_t k,
                                uint32_t stride);
/* Mean over the map. */
struct fn_arch_map fn_arch_average(struct fn_arch_builder *b, const char *name,
                                   struct fn_arch_map x);
/* A weighted sum over the map, weights per channel: a depthwise convolution that covers it, and
 * a bias. */
struct fn_arch_map fn_arch_weighted(struct fn_arch_builder *b, const char *name,
                                    struct fn_arch_map x);
/* Local response normalisation across 5 channels. */
struct fn_arch_map fn_arch_lrn(struct fn_arch_builder *b, const char *name,
                               struct fn_arch_map x);

/* One row of the paper's Inception tables. A number 0 leaves a branch out; proj 0 lets the
 * pooled map through. */
struct fn_inception {
    const char *name;
    uint32_t n1x1, reduce3, n3x3, reduce5, n5x5;
    uint32_t stride; /* of the 3x3, the 5x5 and the pool */
    enum fn_arch_pool pool;
    uint32_t proj;
};
/* 1x1 | 1x1, 3x3 | 1x1, 5x5 | 3x3 pool, 1x1: concatenated in this order. Layers are called
 * "NAME/3x3". */
struct fn_arch_map fn_arch_inception(struct fn_arch_builder *b, struct fn_arch_map x,
                                     const struct fn_inception *row);
/* What NN2, NN3 and NN4 share: the first layers of the paper, the rows, the mean over the map,
 * the end. */
void fn_arch_inception_net(struct fn_arch_builder *b, const struct fn_inception *rows,
                           size_t n);

/* The end of every network: linear to dim, length 1, the outputs marked. */
void fn_arch_embed(struct fn_arch_builder *b, const char *name, struct fn_arch_map x);

/* One per file arch_NAME.c. */
extern const struct fn_arch fn_arch_nn1, fn_arch_nn2, fn_arch_nn3, fn_arch_nn4, fn_arch_nns1,
    fn_arch_nns2;

#endif
