/* SPDX-License-Identifier: MIT */
/* Cases of the operators: one table for the tests of forward, gradient and cost. A case is one
 * node. Its inputs are the inputs of a graph; its weights are random. */
#ifndef FN_TESTS_UNIT_OP_CASES_H
#define FN_TESTS_UNIT_OP_CASES_H

#include "engine/graph/graph.h"

struct op_case {
    const char *name;
    enum fn_op_kind op;
    struct fn_attr attr;
    uint32_t n, c, h, w; /* of the first input */
    uint32_t out[3];     /* c, h, w of the result */
    uint32_t more_c[2];  /* channels of further inputs, 0: none */
    bool bias;           /* conv: bias; affine: shift */
    double range;        /* inputs are in [-range, range); 0: 1 */
    uint64_t macs, params;
};

extern const struct op_case op_cases[];
extern const size_t n_op_cases;

/* A complete graph of the one node, with random weights. The builder owns it. Aborts the test
 * when it cannot be built. */
struct fn_graph_builder *op_case_graph(const struct op_case *c, struct fn_graph *ret);

#endif
