/* SPDX-License-Identifier: MIT */
/* A network as a table for readers: one row per layer, with its output, its parameters and its
 * costs. An activation that is the only consumer of a layer's output is part of that layer's
 * row, as it is part of that layer's memory.
 *
 * Multiply-adds are counted as in the tables of FaceNet (CVPR 2015): those of convolutions and
 * fully connected layers, with the bias as one more product per output. Pools and
 * normalisations count nothing.
 */
#ifndef FN_ENGINE_MODEL_LAYER_TABLE_H
#define FN_ENGINE_MODEL_LAYER_TABLE_H

#include <stddef.h>
#include <stdint.h>

#include "engine/base/error.h"
#include "engine/graph/graph.h"

struct fn_layer {
    const struct fn_node *node;
    const struct fn_node *act; /* after it, or NULL */
    uint32_t out[4];           /* n, c, h, w */
    uint64_t params, macs;
    uint64_t bytes; /* of the output */
};

struct fn_layer_table {
    struct fn_layer *layer;
    size_t n_layers;
    uint64_t params, macs;
    uint64_t bytes; /* of all outputs: what training stores for one picture */
};

/* The table for one picture of h x w (0: the network's default size); it points into g. The
 * caller finishes it. */
FN_NODISCARD int fn_layer_table_init(struct fn_layer_table *t, const struct fn_graph *g,
                                     uint32_t h, uint32_t w, struct fn_error *err);
void fn_layer_table_finish(struct fn_layer_table *t);

/* "conv", "act", ...; "relu", "prelu", ... ; "?" for an unknown number. */
const char *fn_layer_op_name(const struct fn_node *node);
const char *fn_layer_act_name(const struct fn_node *node);
/* "7x7/2", "5x4/1 grouped", or "" without a window. */
const char *fn_layer_kernel(const struct fn_node *node, char out[48]);

#endif
