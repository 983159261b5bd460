/* SPDX-License-Identifier: MIT */
/* The operator table: everything the rest of the engine needs to know about an operator. To add
 * one, see docs/first-change.md. */
#ifndef FN_ENGINE_GRAPH_OPS_H
#define FN_ENGINE_GRAPH_OPS_H

#include "engine/graph/graph.h"

/* A tensor in memory, NHWC: pixel (n, y, x) starts at ((n * h + y) * w + x) * stride and has c
 * floats. For a weight dims are as in fn_value and stride is unused. */
struct fn_view {
    float *data;
    uint32_t n, c, h, w;
    size_t stride;
};

/* The same in double, for gradient checks. */
struct fn_view64 {
    double *data;
    uint32_t n, c, h, w;
    size_t stride;
};

/* One call of an operator. in[i].data is NULL where an optional input is left out. */
struct fn_op_call {
    const struct fn_attr *attr;
    struct fn_view in[FN_NODE_IN_MAX];
    uint32_t n_in;
    struct fn_view out;
};

struct fn_op_call64 {
    const struct fn_attr *attr;
    struct fn_view64 in[FN_NODE_IN_MAX];
    uint32_t n_in;
    struct fn_view64 out;
};

struct fn_op {
    const char *name;
    uint32_t in_min, in_max; /* of inputs; those from in_min on may be FN_NONE */
    uint32_t weights_from;   /* inputs from this index on are weights */
    /* Attributes and weight shapes of a node whose indices are already known to be good. */
    int (*check)(const struct fn_graph *g, const struct fn_node *node, struct fn_error *err);
    /* out[4] = (n, c, h, w) from the shapes of all values. Results are range-checked by the
     * caller. */
    int (*infer)(const struct fn_graph *g, const struct fn_node *node,
                 const uint32_t (*dims)[4], uint64_t out[4], struct fn_error *err);
    /* Plain and readable: the specification every faster version is tested against. */
    void (*forward)(const struct fn_op_call *call);
    /* Gradient of the inputs, weights included, from that of the output: adds to grad_in[i]
     * (FN_NODE_IN_MAX of them), which has the shape of in[i], a weight's dense; data NULL where
     * it is not wanted. call->out holds the result of forward. At a tie the first maximum in
     * row order gets it, the lowest piece of a maxout. */
    void (*backward)(const struct fn_op_call *call, const struct fn_view *grad_out,
                     const struct fn_view *grad_in);
    uint64_t (*macs)(const struct fn_graph *g, const struct fn_node *node,
                     const uint32_t out[4]);
    /* The same two from the same source, in double (ops_reference.inc.h). */
    void (*forward64)(const struct fn_op_call64 *call);
    void (*backward64)(const struct fn_op_call64 *call, const struct fn_view64 *grad_out,
                       const struct fn_view64 *grad_in);
};

/* NULL for an unknown number. */
const struct fn_op *fn_op_get(uint32_t kind);

/* Padding in pixels (top, left, bottom, right) at the given input size, whatever the mode. */
void fn_attr_pads(const struct fn_attr *a, uint32_t h, uint32_t w, uint32_t pads[4]);

#endif
