/* SPDX-License-Identifier: MIT */
/* A network as the table people read: one row per layer, what it makes, holds and costs. An
 * activation that only its layer's output goes through is part of that layer's row, as it is of
 * that layer's memory.
 *
 * Multiply-adds are counted as in the tables of FaceNet (CVPR 2015): of convolutions and fully
 * connected layers, the bias as one more product per output. Pools and normalisations count
 * nothing. */
#ifndef FN_ENGINE_MODEL_LAYER_TABLE_H
#define FN_ENGINE_MODEL_LAYER_TABLE_H

#include <stddef.h>
#include <stdint.h>

#include "engine/base/error.h"
#include "engine/graph/graph.h"

struct fn_layer {
    const struct fn_node *node;
    const struct fn_node *act; /* behind it, or NULL */
    uint32_t out[4];           /* n, c, h, w */
    uint64_t params, macs;
    uint64_t bytes; /* of the output */
};

struct fn_layer_table {
    struct fn_layer *layer;
    size_t n_layers;
    uint64_t params, macs;
    uint64_t bytes; /* of all outputs: what training keeps of one picture */
};

/* The table for one picture of h x w (0: the network's default size); it points into g. The
 * caller finishes it. */
FN_NODISCARD int fn_layer_table_init(struct fn_layer_table *t, const struct fn_graph *g,
                                     uint32_t h, uint32_t w, struct fn_error *err);
void fn_layer_table_finish(struct fn_layer_table *t);

/* "conv", "act", ...; "relu", "prelu", ... ; "?" for an unknown number. */
const char *fn_layer_op_name(const struct fn_node *node);
const char *fn_layer_act_name(const struct fn_node *node);
/* "7x7/2", "5x4/1 grouped", or "" where there is no window. */
const char *fn_layer_kernel(const struct fn_node *node, char out[48]);

#endif
