/* SPDX-License-Identifier: MIT */
/* A network as data: values (tensors) and nodes (operators), in topological order.
 *
 * Logical shapes are (n, c, h, w) whatever the memory layout is; the layout of an activation is
 * chosen by the graph compiler (layout.c), never stored. Weights are stored in one fixed
 * order: convolution and linear weights [O][kh][kw][I/groups] ("OHWI"), biases and slopes [C].
 *
 * A graph has no spatial size of its own: input height and width are given when it is compiled,
 * and all shapes follow (TensorFlow's SAME padding is therefore kept as a mode, not as
 * numbers). A linear layer is a convolution whose kernel covers the whole map: there is no
 * flatten operator, and with it no question of flattening order after import.
 *
 * Weight pointers point into the model's map (or the builder's memory) and live as long as it
 * does.
 */
#ifndef FN_ENGINE_GRAPH_GRAPH_H
#define FN_ENGINE_GRAPH_GRAPH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/base/error.h"

#define FN_NAME_MAX     64 /* with the NUL */
#define FN_NODE_IN_MAX  8
#define FN_NONE         UINT32_MAX
#define FN_GRAPH_IO_MAX 16

/* Stored in .fnm: numbers never change, new operators get new numbers. */
enum fn_op_kind {
    FN_OP_CONV = 1,    /* in: x, weight OHWI, [bias], grouped; depthwise = groups == C */
    FN_OP_ACT = 2,     /* in: x, [slope]; attr.act */
    FN_OP_ADD = 3,     /* in: a, b, same shape */
    FN_OP_CONCAT = 4,  /* in: up to 8, along channels */
    FN_OP_MAXPOOL = 5, /* in: x; outside counts as -inf */
    FN_OP_AVGPOOL = 6, /* in: x; mean over the window's inside elements; kh = kw = 0: global */
    FN_OP_SOFTMAX = 7, /* in: x; over channels at each (n, h, w) */
    FN_OP_PAD = 8, /* in: x; zeros: pads at bottom, right (attr.pad) and attr.pad_c channels at
                      the end */
    FN_OP_AFFINE = 9, /* in: x, scale [C], [shift [C]] */
    /* in: x; sqrt(sum of squares over the window's inside elements + attr.eps) */
    FN_OP_L2POOL = 10,
    FN_OP_LRN = 11,    /* in: x; x_c (bias_k + alpha / size * sum over |j - c| <= size / 2 of
                          x_j^2)^-beta */
    FN_OP_MAXOUT = 12, /* in: x; the largest of each attr.size channels p * C + c, p < size: C =
                          channels / size */
    /* in: x; x / sqrt(sum over channels of x^2 + attr.eps) at each (n, h, w) */
    FN_OP_L2NORM = 13,
    FN_OP_COUNT_ = 14
};

enum fn_act {
    FN_ACT_NONE = 0,
    FN_ACT_RELU = 1,
    FN_ACT_RELU6 = 2,
    FN_ACT_PRELU = 3, /* y = x >= 0 ? x : slope[c] * x */
    FN_ACT_LEAKY = 4, /* y = x >= 0 ? x : alpha * x */
    FN_ACT_SIGMOID = 5,
};

enum fn_pad_mode {
    FN_PAD_EXPLICIT = 0, /* attr.pad: top, left, bottom, right */
    FN_PAD_SAME = 1, /* TensorFlow: out = ceil(in/stride), before = total/2, after = the rest */
};

struct fn_attr {
    uint32_t kh, kw; /* window of convolution or pool */
    uint32_t stride_h, stride_w;
    uint32_t dil_h, dil_w;
    uint32_t pad_mode; /* enum fn_pad_mode */
    uint32_t pad[4];   /* top, left, bottom, right */
    uint32_t pad_c;
    uint32_t groups;
    uint32_t act; /* enum fn_act */
    float alpha;
    uint32_t size;           /* LRN: channels of a window, odd; MAXOUT: pieces */
    float beta, bias_k, eps; /* LRN: beta, k; L2POOL, L2NORM: eps */
};

enum fn_value_kind { FN_VALUE_ACTIVATION = 0, FN_VALUE_INPUT = 1, FN_VALUE_WEIGHT = 2 };

struct fn_value {
    char name[FN_NAME_MAX];
    uint32_t kind;     /* enum fn_value_kind */
    uint32_t dims[4];  /* weights: O,kh,kw,I or C,1,1,1; input: n,c,h,w as the file says (h, w:
                          defaults); activations: 0 */
    const float *data; /* weights only, 64-byte aligned */
};

struct fn_node {
    char name[FN_NAME_MAX];
    uint32_t op; /* enum fn_op_kind */
    uint32_t n_in;
    uint32_t in[FN_NODE_IN_MAX]; /* value indices; FN_NONE: optional input left out */
    uint32_t out;                /* value index */
    struct fn_attr attr;
};

struct fn_graph {
    struct fn_value *values;
    struct fn_node *nodes;
    uint32_t n_values, n_nodes;
    uint32_t inputs[FN_GRAPH_IO_MAX], outputs[FN_GRAPH_IO_MAX];
    uint32_t n_inputs, n_outputs;
};

/* ---- building: used by importers and by built-in architectures ---- */

/* A graph under construction owns its weights. create returns NULL when out of memory; every
 * later failure is remembered, and finish returns it. */
struct fn_graph_builder;
struct fn_graph_builder *fn_graph_builder_create(void);
void fn_graph_builder_destroy(struct fn_graph_builder *b); /* NULL-safe */
uint32_t fn_graph_add_input(struct fn_graph_builder *b, const char *name, uint32_t c,
                            uint32_t h, uint32_t w);
/* Copies n = product of dims floats; data NULL: zeros. */
uint32_t fn_graph_add_weight(struct fn_graph_builder *b, const char *name,
                             const uint32_t dims[4], const float *data);
/* Adds a node and its output value (named like the node). in[]: FN_NONE for left-out optional
 * inputs. */
uint32_t fn_graph_add_node(struct fn_graph_builder *b, const char *name, enum fn_op_kind op,
                           const uint32_t *in, uint32_t n_in, const struct fn_attr *attr);
void fn_graph_mark_output(struct fn_graph_builder *b, uint32_t value);
/* A convenience over the above for the most common node; bias and slope may be FN_NONE; act !=
 * NONE adds an activation node after it (slope for PRELU). Returns the output value of the last
 * node. */
uint32_t fn_graph_add_conv(struct fn_graph_builder *b, const char *name, uint32_t x,
                           uint32_t weight, uint32_t bias, const struct fn_attr *attr,
                           enum fn_act act, uint32_t slope);
/* Checks the graph (fn_graph_check) and gives a view that lives as long as the builder. */
FN_NODISCARD int fn_graph_builder_finish(struct fn_graph_builder *b, struct fn_graph *ret,
                                         struct fn_error *err);

/* ---- checks: everything a hostile file could get wrong in structure ---- */
/* Indices in range, topological order, known operators, arity, weight shapes and attributes
 * that fit. */
FN_NODISCARD int fn_graph_check(const struct fn_graph *g, struct fn_error *err);

/* Shapes of every value for the given input size (n, h, w apply to all inputs; 0: the file's
 * default). ret_dims: n_values x 4, caller's memory. FN_ESHAPE with the node's name; also
 * FN_ELIMIT when any value would exceed 2^31 elements. */
FN_NODISCARD int fn_graph_infer(const struct fn_graph *g, uint32_t n, uint32_t h, uint32_t w,
                                uint32_t (*ret_dims)[4], struct fn_error *err);

/* Cost of one node at the given shapes: multiply-adds, parameters, bytes read and written. */
struct fn_cost {
    uint64_t macs, params, bytes;
};
struct fn_cost fn_graph_node_cost(const struct fn_graph *g, uint32_t node,
                                  const uint32_t (*dims)[4]);

uint32_t fn_graph_find_value(const struct fn_graph *g,
                             const char *name); /* FN_NONE when absent */

#endif
