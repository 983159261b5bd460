/* SPDX-License-Identifier: MIT */
/* See op_cases.h. Sizes are small enough for a difference quotient of every entry. */
#include "op_cases.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "random_net.h"

#define WINDOW(k, s) .kh = k, .kw = k, .stride_h = s, .stride_w = s
#define SAME         .pad_mode = FN_PAD_SAME
#define PAD(n)       .pad = {n, n, n, n}

/* clang-format off */
const struct op_case op_cases[] = {
    {.name = "conv 1x1", .op = FN_OP_CONV, .attr = {WINDOW(1, 1)}, .n = 2, .c = 5, .h = 3, .w = 4, .out = {7, 3, 4}, .bias = true, .macs = 2 * 12 * 35, .params = 42},
    {.name = "conv 1x1 stride 2", .op = FN_OP_CONV, .attr = {WINDOW(1, 2)}, .n = 1, .c = 4, .h = 5, .w = 4, .out = {3, 3, 2}, .macs = 6 * 12, .params = 12},
    {.name = "conv 3x3", .op = FN_OP_CONV, .attr = {WINDOW(3, 1), PAD(1)}, .n = 2, .c = 3, .h = 5, .w = 4, .out = {4, 5, 4}, .bias = true, .macs = 2 * 20 * 108, .params = 112},
    {.name = "conv 3x3 stride 2 same", .op = FN_OP_CONV, .attr = {WINDOW(3, 2), SAME}, .n = 1, .c = 4, .h = 6, .w = 7, .out = {5, 3, 4}, .bias = true, .macs = 12 * 180, .params = 185},
    {.name = "conv 5x5 stride 2 same", .op = FN_OP_CONV, .attr = {WINDOW(5, 2), SAME}, .n = 1, .c = 2, .h = 7, .w = 6, .out = {3, 4, 3}, .macs = 12 * 150, .params = 150},
    {.name = "conv 7x7 stride 2 same", .op = FN_OP_CONV, .attr = {WINDOW(7, 2), SAME}, .n = 1, .c = 3, .h = 10, .w = 10, .out = {2, 5, 5}, .bias = true, .macs = 25 * 294, .params = 296},
    {.name = "conv uneven", .op = FN_OP_CONV, .attr = {.kh = 2, .kw = 3, .stride_h = 1, .stride_w = 2, .pad = {1, 0, 0, 2}}, .n = 1, .c = 3, .h = 4, .w = 5, .out = {2, 4, 3}, .bias = true, .macs = 12 * 36, .params = 38},
    {.name = "conv dilated", .op = FN_OP_CONV, .attr = {WINDOW(3, 1), .dil_h = 2, .dil_w = 3, SAME}, .n = 1, .c = 2, .h = 6, .w = 7, .out = {3, 6, 7}, .bias = true, .macs = 42 * 54, .params = 57},
    {.name = "conv dilated stride", .op = FN_OP_CONV, .attr = {WINDOW(3, 2), .dil_h = 2, .dil_w = 2, PAD(2)}, .n = 1, .c = 2, .h = 6, .w = 6, .out = {2, 3, 3}, .macs = 9 * 36, .params = 36},
    {.name = "conv two groups", .op = FN_OP_CONV, .attr = {WINDOW(3, 1), PAD(1), .groups = 2}, .n = 1, .c = 4, .h = 4, .w = 4, .out = {6, 4, 4}, .bias = true, .macs = 16 * 108, .params = 114},
    {.name = "depthwise 3x3", .op = FN_OP_CONV, .attr = {WINDOW(3, 1), PAD(1), .groups = 5}, .n = 2, .c = 5, .h = 4, .w = 5, .out = {5, 4, 5}, .bias = true, .macs = 2 * 20 * 45, .params = 50},
    {.name = "depthwise 3x3 stride 2", .op = FN_OP_CONV, .attr = {WINDOW(3, 2), SAME, .groups = 6}, .n = 1, .c = 6, .h = 6, .w = 6, .out = {6, 3, 3}, .macs = 9 * 54, .params = 54},
    {.name = "depthwise of two outputs", .op = FN_OP_CONV, .attr = {WINDOW(3, 1), .groups = 3}, .n = 1, .c = 3, .h = 4, .w = 4, .out = {6, 2, 2}, .bias = true, .macs = 4 * 54, .params = 60},
    {.name = "linear", .op = FN_OP_CONV, .attr = {.kh = 3, .kw = 2}, .n = 3, .c = 4, .h = 3, .w = 2, .out = {5, 1, 1}, .bias = true, .macs = 3 * 120, .params = 125},
    {.name = "relu", .op = FN_OP_ACT, .attr = {.act = FN_ACT_RELU}, .n = 2, .c = 5, .h = 3, .w = 3, .out = {5, 3, 3}},
    {.name = "relu6", .op = FN_OP_ACT, .attr = {.act = FN_ACT_RELU6}, .n = 1, .c = 9, .h = 4, .w = 4, .out = {9, 4, 4}, .range = 9},
    {.name = "prelu", .op = FN_OP_ACT, .attr = {.act = FN_ACT_PRELU}, .n = 2, .c = 5, .h = 3, .w = 3, .out = {5, 3, 3}, .params = 5},
    {.name = "leaky relu", .op = FN_OP_ACT, .attr = {.act = FN_ACT_LEAKY, .alpha = 0.1f}, .n = 1, .c = 5, .h = 3, .w = 3, .out = {5, 3, 3}},
    {.name = "sigmoid", .op = FN_OP_ACT, .attr = {.act = FN_ACT_SIGMOID}, .n = 1, .c = 5, .h = 3, .w = 3, .out = {5, 3, 3}, .range = 4},
    {.name = "no activation", .op = FN_OP_ACT, .n = 1, .c = 5, .h = 2, .w = 3, .out = {5, 2, 3}},
    {.name = "add", .op = FN_OP_ADD, .n = 2, .c = 5, .h = 3, .w = 2, .more_c = {5}, .out = {5, 3, 2}},
    {.name = "concat", .op = FN_OP_CONCAT, .n = 2, .c = 5, .h = 3, .w = 2, .more_c = {3, 8}, .out = {16, 3, 2}},
    {.name = "maxpool 3x3 stride 2 same", .op = FN_OP_MAXPOOL, .attr = {WINDOW(3, 2), SAME}, .n = 2, .c = 5, .h = 6, .w = 5, .out = {5, 3, 3}},
    {.name = "maxpool 3x3", .op = FN_OP_MAXPOOL, .attr = {WINDOW(3, 1), PAD(1)}, .n = 1, .c = 4, .h = 5, .w = 5, .out = {4, 5, 5}},
    {.name = "maxpool 2x2", .op = FN_OP_MAXPOOL, .attr = {WINDOW(2, 2)}, .n = 1, .c = 3, .h = 5, .w = 4, .out = {3, 2, 2}},
    {.name = "avgpool 3x3 same", .op = FN_OP_AVGPOOL, .attr = {WINDOW(3, 1), SAME}, .n = 2, .c = 3, .h = 4, .w = 5, .out = {3, 4, 5}},
    {.name = "avgpool stride 2", .op = FN_OP_AVGPOOL, .attr = {.kh = 3, .kw = 2, .stride_h = 2, .stride_w = 2, .pad = {1, 1, 1, 0}}, .n = 1, .c = 3, .h = 5, .w = 5, .out = {3, 3, 3}},
    {.name = "avgpool global", .op = FN_OP_AVGPOOL, .n = 2, .c = 7, .h = 3, .w = 4, .out = {7, 1, 1}},
    {.name = "l2pool 3x3 same", .op = FN_OP_L2POOL, .attr = {WINDOW(3, 1), SAME, .eps = 1e-6f}, .n = 2, .c = 5, .h = 4, .w = 5, .out = {5, 4, 5}},
    {.name = "l2pool 3x3 stride 2", .op = FN_OP_L2POOL, .attr = {WINDOW(3, 2), PAD(1)}, .n = 1, .c = 5, .h = 5, .w = 6, .out = {5, 3, 3}},
    {.name = "softmax", .op = FN_OP_SOFTMAX, .n = 2, .c = 6, .h = 2, .w = 2, .out = {6, 2, 2}, .range = 2},
    {.name = "pad", .op = FN_OP_PAD, .attr = {.pad = {1, 0, 2, 3}, .pad_c = 2}, .n = 2, .c = 3, .h = 2, .w = 3, .out = {5, 5, 6}},
    {.name = "affine", .op = FN_OP_AFFINE, .n = 2, .c = 5, .h = 2, .w = 3, .out = {5, 2, 3}, .bias = true, .macs = 60, .params = 10},
    {.name = "affine without shift", .op = FN_OP_AFFINE, .n = 1, .c = 5, .h = 2, .w = 3, .out = {5, 2, 3}, .macs = 30, .params = 5},
    {.name = "lrn 5, 0.75", .op = FN_OP_LRN, .attr = {.size = 5, .alpha = 0.5f, .beta = 0.75f, .bias_k = 1}, .n = 2, .c = 20, .h = 2, .w = 2, .out = {20, 2, 2}, .range = 3},
    {.name = "lrn 11, 0.5", .op = FN_OP_LRN, .attr = {.size = 11, .alpha = 0.5f, .beta = 0.5f, .bias_k = 2}, .n = 1, .c = 34, .h = 2, .w = 2, .out = {34, 2, 2}, .range = 3},
    {.name = "lrn wider than the channels", .op = FN_OP_LRN, .attr = {.size = 9, .alpha = 1, .beta = 0.6f, .bias_k = 1}, .n = 1, .c = 3, .h = 3, .w = 2, .out = {3, 3, 2}, .range = 3},
    {.name = "lrn of one", .op = FN_OP_LRN, .attr = {.size = 1, .alpha = 1, .beta = 1, .bias_k = 1}, .n = 1, .c = 6, .h = 3, .w = 2, .out = {6, 3, 2}},
    {.name = "maxout 2", .op = FN_OP_MAXOUT, .attr = {.size = 2}, .n = 2, .c = 14, .h = 2, .w = 2, .out = {7, 2, 2}},
    {.name = "maxout 3", .op = FN_OP_MAXOUT, .attr = {.size = 3}, .n = 1, .c = 15, .h = 3, .w = 1, .out = {5, 3, 1}},
    {.name = "l2norm", .op = FN_OP_L2NORM, .attr = {.eps = 1e-10f}, .n = 3, .c = 20, .h = 2, .w = 1, .out = {20, 2, 1}},
    {.name = "l2norm, large eps", .op = FN_OP_L2NORM, .attr = {.eps = 0.5f}, .n = 1, .c = 5, .h = 2, .w = 2, .out = {5, 2, 2}},
};
/* clang-format on */

const size_t n_op_cases = sizeof op_cases / sizeof *op_cases;

static uint32_t weight(struct fn_graph_builder *b, struct fn_rng *r, const char *name,
                       const uint32_t dims[4])
{
    size_t n = (size_t)dims[0] * dims[1] * dims[2] * dims[3];
    float *p = malloc(n * sizeof *p);
    assert_non_null(p);
    random_floats(r, p, n);
    uint32_t v = fn_graph_add_weight(b, name, dims, p);
    free(p);
    return v;
}

struct fn_graph_builder *op_case_graph(const struct op_case *c, struct fn_graph *ret)
{
    struct fn_graph_builder *b = fn_graph_builder_create();
    struct fn_rng r = fn_rng_init((uint64_t)(c - op_cases), 31);
    struct fn_error err = {0};
    assert_non_null(b);
    uint32_t in[3] = {fn_graph_add_input(b, "x", c->c, c->h, c->w)}, n_in = 1,
             groups = c->attr.groups ? c->attr.groups : 1, o = c->out[0];
    for (uint32_t i = 0; i < 2 && c->more_c[i]; i++)
        in[n_in++] = fn_graph_add_input(b, i ? "z" : "y", c->more_c[i], c->h, c->w);
    if (c->op == FN_OP_CONV)
        in[n_in++] =
            weight(b, &r, "weight", (uint32_t[]){o, c->attr.kh, c->attr.kw, c->c / groups});
    if (c->op == FN_OP_AFFINE || c->attr.act == FN_ACT_PRELU)
        in[n_in++] = weight(b, &r, "scale", (uint32_t[]){o, 1, 1, 1});
    if (c->bias)
        in[n_in++] = weight(b, &r, "bias", (uint32_t[]){o, 1, 1, 1});
    fn_graph_mark_output(b, fn_graph_add_node(b, c->name, c->op, in, n_in, &c->attr));
    if (fn_graph_builder_finish(b, ret, &err))
        fail_msg("%s: %s", c->name, err.text);
    return b;
}
