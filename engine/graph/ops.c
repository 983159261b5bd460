/* SPDX-License-Identifier: MIT */
/* The operator table and what each operator demands of its node. */
#include "engine/graph/ops.h"

#include <math.h>
#include <string.h>

#include "engine/graph/graph_limits.h"
#include "engine/graph/ops_reference.h"

/* ---- checks ---- */

static int bad(struct fn_error *err, const struct fn_node *node, const char *what)
{
    return fn_error_set(err, FN_EMODEL, "node '%s': %s", node->name, what);
}

static bool in_range(uint32_t x, uint32_t lo)
{
    return x >= lo && x <= FN_GRAPH_WINDOW_MAX;
}

static bool pads_in_range(const struct fn_attr *a)
{
    for (int i = 0; i < 4; i++)
        if (!in_range(a->pad[i], 0))
            return false;
    return true;
}

static bool is_vector(const struct fn_value *v, uint32_t len)
{
    return v->dims[0] == len && v->dims[1] == 1 && v->dims[2] == 1 && v->dims[3] == 1;
}

static int check_window(const struct fn_node *node, struct fn_error *err)
{
    const struct fn_attr *a = &node->attr;
    if (!in_range(a->kh, 1) || !in_range(a->kw, 1))
        return bad(err, node, "window size out of range");
    if (!in_range(a->stride_h, 1) || !in_range(a->stride_w, 1))
        return bad(err, node, "stride out of range");
    if (!in_range(a->dil_h, 1) || !in_range(a->dil_w, 1))
        return bad(err, node, "dilation out of range");
    if (a->pad_mode > FN_PAD_SAME || !pads_in_range(a))
        return bad(err, node, "padding out of range");
    return 0;
}

static int check_conv(const struct fn_graph *g, const struct fn_node *node,
                      struct fn_error *err)
{
    int rc = check_window(node, err);
    if (rc)
        return rc;
    const struct fn_attr *a = &node->attr;
    const struct fn_value *w = &g->values[node->in[1]];
    if (w->dims[1] != a->kh || w->dims[2] != a->kw)
        return bad(err, node, "weight does not have the window's size");
    if (a->groups < 1 || a->groups > FN_GRAPH_SIDE_MAX || w->dims[0] % a->groups)
        return bad(err, node, "groups do not divide the outputs");
    if (node->n_in > 2 && node->in[2] != FN_NONE &&
        !is_vector(&g->values[node->in[2]], w->dims[0]))
        return bad(err, node, "bias does not have one value per output");
    return 0;
}

static int check_act(const struct fn_graph *g, const struct fn_node *node, struct fn_error *err)
{
    bool slope = node->n_in > 1 && node->in[1] != FN_NONE;
    if (node->attr.act > FN_ACT_SIGMOID)
        return bad(err, node, "unknown activation");
    if (slope != (node->attr.act == FN_ACT_PRELU))
        return bad(err, node, "slopes belong to prelu and to nothing else");
    if (slope && !is_vector(&g->values[node->in[1]], g->values[node->in[1]].dims[0]))
        return bad(err, node, "slopes are not a vector");
    return 0;
}

static int check_pool(const struct fn_graph *g, const struct fn_node *node,
                      struct fn_error *err)
{
    (void)g;
    const struct fn_attr *a = &node->attr;
    if (node->op == FN_OP_AVGPOOL && a->kh == 0 && a->kw == 0) {
        if (a->stride_h != 1 || a->stride_w != 1)
            return bad(err, node, "a global pool has no stride");
        return 0;
    }
    int rc = check_window(node, err);
    if (rc)
        return rc;
    if (a->dil_h != 1 || a->dil_w != 1)
        return bad(err, node, "pools have no dilation");
    if (a->pad_mode == FN_PAD_EXPLICIT &&
        (a->pad[0] >= a->kh || a->pad[2] >= a->kh || a->pad[1] >= a->kw || a->pad[3] >= a->kw))
        return bad(err, node, "padding as large as the window");
    return 0;
}

static int check_pad(const struct fn_graph *g, const struct fn_node *node, struct fn_error *err)
{
    (void)g;
    if (!pads_in_range(&node->attr) || node->attr.pad_c > FN_GRAPH_SIDE_MAX)
        return bad(err, node, "padding out of range");
    return 0;
}

static int check_affine(const struct fn_graph *g, const struct fn_node *node,
                        struct fn_error *err)
{
    const struct fn_value *scale = &g->values[node->in[1]];
    if (!is_vector(scale, scale->dims[0]))
        return bad(err, node, "scale is not a vector");
    if (node->n_in > 2 && node->in[2] != FN_NONE &&
        !is_vector(&g->values[node->in[2]], scale->dims[0]))
        return bad(err, node, "shift and scale differ in length");
    return 0;
}

static bool not_negative(float x)
{
    return isfinite(x) && x >= 0;
}

static int check_eps(const struct fn_graph *g, const struct fn_node *node, struct fn_error *err)
{
    (void)g;
    return not_negative(node->attr.eps) ? 0 : bad(err, node, "eps out of range");
}

static int check_l2pool(const struct fn_graph *g, const struct fn_node *node,
                        struct fn_error *err)
{
    int rc = check_pool(g, node, err);
    return rc ? rc : check_eps(g, node, err);
}

/* With these the sum under the power is always positive. */
static int check_lrn(const struct fn_graph *g, const struct fn_node *node, struct fn_error *err)
{
    (void)g;
    const struct fn_attr *a = &node->attr;
    if (!in_range(a->size, 1) || a->size % 2 == 0)
        return bad(err, node, "channels of a window out of range or even");
    if (!not_negative(a->alpha) || !not_negative(a->beta) || !not_negative(a->bias_k) ||
        a->bias_k < 1e-6f)
        return bad(err, node, "constants of normalisation out of range");
    return 0;
}

static int check_maxout(const struct fn_graph *g, const struct fn_node *node,
                        struct fn_error *err)
{
    (void)g;
    return in_range(node->attr.size, 1) ? 0 : bad(err, node, "number of pieces out of range");
}

/* ---- shapes ---- */

static int no_fit(struct fn_error *err, const struct fn_node *node, const char *what)
{
    return fn_error_set(err, FN_ESHAPE, "node '%s': %s", node->name, what);
}

static uint64_t reach(uint32_t k, uint32_t dil)
{
    return (uint64_t)(k - 1) * dil + 1;
}

/* Zeros TensorFlow's SAME puts on both sides together. */
static uint64_t same_total(uint32_t size, uint32_t k, uint32_t dil, uint32_t stride)
{
    uint64_t out = ((uint64_t)size + stride - 1) / stride,
             need = (out - 1) * stride + reach(k, dil);
    return need > size ? need - size : 0;
}

void fn_attr_pads(const struct fn_attr *a, uint32_t h, uint32_t w, uint32_t pads[4])
{
    memcpy(pads, a->pad, sizeof a->pad);
    if (a->pad_mode != FN_PAD_SAME)
        return;
    uint32_t y = (uint32_t)same_total(h, a->kh, a->dil_h, a->stride_h);
    uint32_t x = (uint32_t)same_total(w, a->kw, a->dil_w, a->stride_w);
    pads[0] = y / 2;
    pads[1] = x / 2;
    pads[2] = y - y / 2;
    pads[3] = x - x / 2;
}

static int infer_window(const struct fn_node *node, const uint32_t in[4], uint64_t out[4],
                        struct fn_error *err)
{
    const struct fn_attr *a = &node->attr;
    uint32_t pads[4];
    fn_attr_pads(a, in[2], in[3], pads);
    uint64_t h = (uint64_t)in[2] + pads[0] + pads[2], w = (uint64_t)in[3] + pads[1] + pads[3];
    if (h < reach(a->kh, a->dil_h) || w < reach(a->kw, a->dil_w))
        return no_fit(err, node, "window is larger than its input");
    out[0] = in[0];
    out[2] = (h - reach(a->kh, a->dil_h)) / a->stride_h + 1;
    out[3] = (w - reach(a->kw, a->dil_w)) / a->stride_w + 1;
    return 0;
}

static int infer_conv(const struct fn_graph *g, const struct fn_node *node,
                      const uint32_t (*dims)[4], uint64_t out[4], struct fn_error *err)
{
    const uint32_t *in = dims[node->in[0]], *w = g->values[node->in[1]].dims;
    if ((uint64_t)w[3] * node->attr.groups != in[1])
        return no_fit(err, node, "weight does not fit the input's channels");
    out[1] = w[0];
    return infer_window(node, in, out, err);
}

static int infer_pool(const struct fn_graph *g, const struct fn_node *node,
                      const uint32_t (*dims)[4], uint64_t out[4], struct fn_error *err)
{
    (void)g;
    const uint32_t *in = dims[node->in[0]];
    out[1] = in[1];
    if (node->attr.kh)
        return infer_window(node, in, out, err);
    out[0] = in[0];
    out[2] = out[3] = 1;
    return 0;
}

static void same_shape(const uint32_t in[4], uint64_t out[4])
{
    for (int i = 0; i < 4; i++)
        out[i] = in[i];
}

/* Operators that keep the shape; a weight in position 1 has one value per channel. */
static int infer_channels(const struct fn_graph *g, const struct fn_node *node,
                          const uint32_t (*dims)[4], uint64_t out[4], struct fn_error *err)
{
    const uint32_t *in = dims[node->in[0]];
    same_shape(in, out);
    if (node->n_in > 1 && node->in[1] != FN_NONE && g->values[node->in[1]].dims[0] != in[1])
        return no_fit(err, node, "not one value per channel");
    return 0;
}

static int infer_add(const struct fn_graph *g, const struct fn_node *node,
                     const uint32_t (*dims)[4], uint64_t out[4], struct fn_error *err)
{
    (void)g;
    same_shape(dims[node->in[0]], out);
    if (memcmp(dims[node->in[0]], dims[node->in[1]], sizeof dims[0]) != 0)
        return no_fit(err, node, "terms differ in shape");
    return 0;
}

static int infer_concat(const struct fn_graph *g, const struct fn_node *node,
                        const uint32_t (*dims)[4], uint64_t out[4], struct fn_error *err)
{
    (void)g;
    const uint32_t *first = dims[node->in[0]];
    same_shape(first, out);
    for (uint32_t i = 1; i < node->n_in; i++) {
        const uint32_t *d = dims[node->in[i]];
        if (d[0] != first[0] || d[2] != first[2] || d[3] != first[3])
            return no_fit(err, node, "parts differ in size");
        out[1] += d[1];
    }
    return 0;
}

static int infer_pad(const struct fn_graph *g, const struct fn_node *node,
                     const uint32_t (*dims)[4], uint64_t out[4], struct fn_error *err)
{
    (void)g;
    (void)err;
    const struct fn_attr *a = &node->attr;
    same_shape(dims[node->in[0]], out);
    out[1] += a->pad_c;
    out[2] += (uint64_t)a->pad[0] + a->pad[2];
    out[3] += (uint64_t)a->pad[1] + a->pad[3];
    return 0;
}

static int infer_maxout(const struct fn_graph *g, const struct fn_node *node,
                        const uint32_t (*dims)[4], uint64_t out[4], struct fn_error *err)
{
    (void)g;
    same_shape(dims[node->in[0]], out);
    if (out[1] % node->attr.size)
        return no_fit(err, node, "pieces do not divide the channels");
    out[1] /= node->attr.size;
    return 0;
}

/* ---- costs: pools and normalisations have none, as is usual ---- */

static uint64_t volume(const uint32_t d[4])
{
    return (uint64_t)d[0] * d[1] * d[2] * d[3];
}

static uint64_t macs_conv(const struct fn_graph *g, const struct fn_node *node,
                          const uint32_t out[4])
{
    const uint32_t *w = g->values[node->in[1]].dims;
    uint64_t macs;
    if (__builtin_mul_overflow(volume(out), (uint64_t)w[1] * w[2] * w[3], &macs))
        return UINT64_MAX;
    return macs;
}

static uint64_t macs_none(const struct fn_graph *g, const struct fn_node *node,
                          const uint32_t out[4])
{
    (void)g;
    (void)node;
    (void)out;
    return 0;
}

static uint64_t macs_affine(const struct fn_graph *g, const struct fn_node *node,
                            const uint32_t out[4])
{
    (void)g;
    (void)node;
    return volume(out);
}

#define FUNCTIONS(name, macs_)                                                                 \
    .forward = fn_forward_##name, .backward = fn_backward_##name, .macs = macs_,               \
    .forward64 = fn_forward64_##name, .backward64 = fn_backward64_##name

/* clang-format off */
static const struct fn_op ops[FN_OP_COUNT_] = {
    [FN_OP_CONV] = {"conv", 2, 3, 1, check_conv, infer_conv, FUNCTIONS(conv, macs_conv)},
    [FN_OP_ACT] = {"act", 1, 2, 1, check_act, infer_channels, FUNCTIONS(act, macs_none)},
    [FN_OP_ADD] = {"add", 2, 2, 2, NULL, infer_add, FUNCTIONS(add, macs_none)},
    [FN_OP_CONCAT] = {"concat", 1, FN_NODE_IN_MAX, FN_NODE_IN_MAX, NULL, infer_concat, FUNCTIONS(concat, macs_none)},
    [FN_OP_MAXPOOL] = {"maxpool", 1, 1, 1, check_pool, infer_pool, FUNCTIONS(maxpool, macs_none)},
    [FN_OP_AVGPOOL] = {"avgpool", 1, 1, 1, check_pool, infer_pool, FUNCTIONS(avgpool, macs_none)},
    [FN_OP_SOFTMAX] = {"softmax", 1, 1, 1, NULL, infer_channels, FUNCTIONS(softmax, macs_none)},
    [FN_OP_PAD] = {"pad", 1, 1, 1, check_pad, infer_pad, FUNCTIONS(pad, macs_none)},
    [FN_OP_AFFINE] = {"affine", 2, 3, 1, check_affine, infer_channels, FUNCTIONS(affine, macs_affine)},
    [FN_OP_L2POOL] = {"l2pool", 1, 1, 1, check_l2pool, infer_pool, FUNCTIONS(l2pool, macs_none)},
    [FN_OP_LRN] = {"lrn", 1, 1, 1, check_lrn, infer_channels, FUNCTIONS(lrn, macs_none)},
    [FN_OP_MAXOUT] = {"maxout", 1, 1, 1, check_maxout, infer_maxout, FUNCTIONS(maxout, macs_none)},
    [FN_OP_L2NORM] = {"l2norm", 1, 1, 1, check_eps, infer_channels, FUNCTIONS(l2norm, macs_none)},
};
/* clang-format on */

const struct fn_op *fn_op_get(uint32_t kind)
{
    return kind > 0 && kind < FN_OP_COUNT_ && ops[kind].name ? &ops[kind] : NULL;
}
