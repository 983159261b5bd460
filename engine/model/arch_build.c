/* SPDX-License-Identifier: MIT */
/* Layers of the built-in architectures, and their first weights. */
#include "engine/model/arch_build.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "engine/base/arena.h"
#include "engine/base/rng.h"
#include "engine/model/name.h"

static uint32_t ceil_div(uint32_t n, uint32_t d)
{
    return n / d + (n % d != 0);
}

/* ---- weights ---- */

/* Nearly normal (mean 0, variance 1): the sum of twelve uniform 16-bit numbers. Integers and
 * one division, so that every machine draws the same; log and cos of the mathematics library
 * differ between processors in the last bit. */
static double draw_normal(struct fn_rng *r)
{
    enum { UNIFORMS = 12, TOP = 65535 };
    int32_t sum = 0;
    for (int i = 0; i < UNIFORMS / 4; i++) {
        uint64_t u = fn_rng_u64(r);
        for (int k = 0; k < 4; k++)
            sum += (int32_t)(u >> 16 * k & TOP);
    }
    return (double)(2 * sum - UNIFORMS * TOP) / 131072.0;
}

static uint32_t add_matrix(struct fn_arch_builder *b, const char *name, const uint32_t dims[4])
{
    char text[FN_NAME_MAX];
    fn_name_join(text, name, ".weight");
    if (b->zero)
        return fn_graph_add_weight(b->graph, text, dims, NULL);
    size_t fan_in = (size_t)dims[1] * dims[2] * dims[3], n = dims[0] * fan_in;
    float *w = fn_alloc_aligned(n, sizeof *w);
    if (!w) {
        b->error = -ENOMEM;
        return FN_NONE;
    }
    struct fn_rng rng = fn_rng_init(b->seed, b->n_weights++);
    double scale = sqrt(2.0 / (double)fan_in);
    for (size_t i = 0; i < n; i++)
        w[i] = (float)(scale * draw_normal(&rng));
    uint32_t v = fn_graph_add_weight(b->graph, text, dims, w);
    free(w);
    return v;
}

static uint32_t add_bias(struct fn_arch_builder *b, const char *name, uint32_t n)
{
    char text[FN_NAME_MAX];
    fn_name_join(text, name, ".bias");
    return fn_graph_add_weight(b->graph, text, (uint32_t[4]){n, 1, 1, 1}, NULL);
}

/* ---- layers ---- */

/* Convolution with a bias, by the attributes; dims are the weight's. */
static struct fn_arch_map convolve(struct fn_arch_builder *b, const char *name,
                                   struct fn_arch_map x, const uint32_t dims[4],
                                   struct fn_attr a, enum fn_act act)
{
    uint32_t w = add_matrix(b, name, dims), bias = add_bias(b, name, dims[0]);
    a.kh = dims[1];
    a.kw = dims[2];
    x.value = fn_graph_add_conv(b->graph, name, x.value, w, bias, &a, act, FN_NONE);
    x.c = dims[0];
    return x;
}

static struct fn_arch_map node(struct fn_arch_builder *b, const char *name, enum fn_op_kind op,
                               struct fn_arch_map x, const struct fn_attr *a)
{
    x.value = fn_graph_add_node(b->graph, name, op, &x.value, 1, a);
    return x;
}

struct fn_arch_map fn_arch_input(struct fn_arch_builder *b)
{
    uint32_t h = b->arch->height, w = b->arch->width;
    return (struct fn_arch_map){fn_graph_add_input(b->graph, "input", 3, h, w), 3, h, w};
}

struct fn_arch_map fn_arch_conv(struct fn_arch_builder *b, const char *name,
                                struct fn_arch_map x, uint32_t k, uint32_t stride, uint32_t out)
{
    struct fn_attr a = {.stride_h = stride, .stride_w = stride, .pad_mode = FN_PAD_SAME};
    struct fn_arch_map y = convolve(b, name, x, (uint32_t[4]){out, k, k, x.c}, a, FN_ACT_RELU);
    y.h = ceil_div(x.h, stride);
    y.w = ceil_div(x.w, stride);
    return y;
}

static struct fn_arch_map cover(struct fn_arch_builder *b, const char *name,
                                struct fn_arch_map x, uint32_t out, enum fn_act act)
{
    struct fn_arch_map y =
        convolve(b, name, x, (uint32_t[4]){out, x.h, x.w, x.c}, (struct fn_attr){0}, act);
    y.h = y.w = 1;
    return y;
}

struct fn_arch_map fn_arch_full(struct fn_arch_builder *b, const char *name,
                                struct fn_arch_map x, uint32_t out)
{
    return cover(b, name, x, out, FN_ACT_RELU);
}

struct fn_arch_map fn_arch_linear(struct fn_arch_builder *b, const char *name,
                                  struct fn_arch_map x, uint32_t out)
{
    return cover(b, name, x, out, FN_ACT_NONE);
}

struct fn_arch_map fn_arch_maxout(struct fn_arch_builder *b, const char *name,
                                  struct fn_arch_map x, uint32_t out, uint32_t pieces)
{
    char text[FN_NAME_MAX];
    struct fn_attr a = {.size = pieces};
    fn_name_join(text, name, ".max");
    struct fn_arch_map y =
        node(b, text, FN_OP_MAXOUT, fn_arch_linear(b, name, x, pieces * out), &a);
    y.c = out;
    return y;
}

struct fn_arch_map fn_arch_pool(struct fn_arch_builder *b, const char *name,
                                struct fn_arch_map x, enum fn_arch_pool kind, uint32_t k,
                                uint32_t stride)
{
    struct fn_attr a = {
        .kh = k, .kw = k, .stride_h = stride, .stride_w = stride, .pad_mode = FN_PAD_SAME};
    if (kind == FN_ARCH_L2)
        a.eps = 1e-6f;
    struct fn_arch_map y =
        node(b, name, kind == FN_ARCH_L2 ? FN_OP_L2POOL : FN_OP_MAXPOOL, x, &a);
    y.h = ceil_div(x.h, stride);
    y.w = ceil_div(x.w, stride);
    return y;
}

struct fn_arch_map fn_arch_average(struct fn_arch_builder *b, const char *name,
                                   struct fn_arch_map x)
{
    struct fn_arch_map y = node(b, name, FN_OP_AVGPOOL, x, NULL);
    y.h = y.w = 1;
    return y;
}

struct fn_arch_map fn_arch_weighted(struct fn_arch_builder *b, const char *name,
                                    struct fn_arch_map x)
{
    struct fn_attr a = {.groups = x.c};
    struct fn_arch_map y =
        convolve(b, name, x, (uint32_t[4]){x.c, x.h, x.w, 1}, a, FN_ACT_NONE);
    y.h = y.w = 1;
    return y;
}

struct fn_arch_map fn_arch_lrn(struct fn_arch_builder *b, const char *name,
                               struct fn_arch_map x)
{
    struct fn_attr a = {.size = 5, .alpha = 1e-4f, .beta = 0.75f, .bias_k = 1};
    return node(b, name, FN_OP_LRN, x, &a);
}

/* ---- Inception ---- */

/* A branch of 1x1 and k x k. */
static struct fn_arch_map branch(struct fn_arch_builder *b, const char *block,
                                 struct fn_arch_map x, const char *const names[2],
                                 uint32_t reduce, uint32_t k, uint32_t stride, uint32_t out)
{
    char text[FN_NAME_MAX];
    fn_name_join(text, block, names[0]);
    x = fn_arch_conv(b, text, x, 1, 1, reduce);
    fn_name_join(text, block, names[1]);
    return fn_arch_conv(b, text, x, k, stride, out);
}

static struct fn_arch_map pool_branch(struct fn_arch_builder *b, struct fn_arch_map x,
                                      const struct fn_inception *row)
{
    char text[FN_NAME_MAX];
    fn_name_join(text, row->name, "/pool");
    x = fn_arch_pool(b, text, x, row->pool, 3, row->stride);
    if (!row->proj)
        return x;
    fn_name_join(text, row->name, "/pool_proj");
    return fn_arch_conv(b, text, x, 1, 1, row->proj);
}

struct fn_arch_map fn_arch_inception(struct fn_arch_builder *b, struct fn_arch_map x,
                                     const struct fn_inception *row)
{
    static const char *const three[2] = {"/3x3_reduce", "/3x3"};
    static const char *const five[2] = {"/5x5_reduce", "/5x5"};
    struct fn_arch_map part[4];
    uint32_t in[4], n = 0;
    char text[FN_NAME_MAX];
    if (row->n1x1) {
        fn_name_join(text, row->name, "/1x1");
        part[n++] = fn_arch_conv(b, text, x, 1, 1, row->n1x1);
    }
    if (row->n3x3)
        part[n++] = branch(b, row->name, x, three, row->reduce3, 3, row->stride, row->n3x3);
    if (row->n5x5)
        part[n++] = branch(b, row->name, x, five, row->reduce5, 5, row->stride, row->n5x5);
    part[n++] = pool_branch(b, x, row);
    struct fn_arch_map y = part[n - 1];
    y.c = 0;
    for (uint32_t i = 0; i < n; i++) {
        in[i] = part[i].value;
        y.c += part[i].c;
    }
    y.value = fn_graph_add_node(b->graph, row->name, FN_OP_CONCAT, in, n, NULL);
    return y;
}

void fn_arch_inception_net(struct fn_arch_builder *b, const struct fn_inception *rows, size_t n)
{
    struct fn_arch_map x = fn_arch_input(b);
    x = fn_arch_conv(b, "conv1", x, 7, 2, 64);
    x = fn_arch_pool(b, "pool1", x, FN_ARCH_MAX, 3, 2);
    x = fn_arch_lrn(b, "norm1", x);
    /* "inception (2)": the 3x3 branch alone */
    x = fn_arch_conv(b, "2/3x3_reduce", x, 1, 1, 64);
    x = fn_arch_conv(b, "2/3x3", x, 3, 1, 192);
    x = fn_arch_lrn(b, "norm2", x);
    x = fn_arch_pool(b, "pool2", x, FN_ARCH_MAX, 3, 2);
    for (size_t i = 0; i < n; i++)
        x = fn_arch_inception(b, x, &rows[i]);
    fn_arch_embed(b, "fc", fn_arch_average(b, "pool", x));
}

void fn_arch_embed(struct fn_arch_builder *b, const char *name, struct fn_arch_map x)
{
    struct fn_attr a = {.eps = 1e-10f};
    struct fn_arch_map y =
        node(b, "embedding", FN_OP_L2NORM, fn_arch_linear(b, name, x, b->dim), &a);
    fn_graph_mark_output(b->graph, y.value);
    fn_graph_mark_output(b->graph, x.value);
}
