/* SPDX-License-Identifier: MIT */
/* See random_net.h. A pool of values grows node by node. Operands are drawn from it. */
#include "random_net.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { LIVE_MAX = 64 };

struct maker {
    struct fn_graph_builder *b;
    struct fn_rng r;
    uint32_t value[LIVE_MAX], c[LIVE_MAX], h[LIVE_MAX], w[LIVE_MAX]; /* the values so far */
    uint32_t n, serial;
    char name[FN_NAME_MAX];
};

void random_floats(struct fn_rng *r, float *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        p[i] = (float)(2 * fn_rng_uniform(r) - 1);
}

static uint32_t below(struct maker *m, uint32_t n)
{
    return (uint32_t)fn_rng_below(&m->r, n);
}

static const char *fresh(struct maker *m, const char *kind)
{
    snprintf(m->name, sizeof m->name, "%s%u", kind, m->serial++);
    return m->name;
}

static uint32_t weight(struct maker *m, uint32_t o, uint32_t kh, uint32_t kw, uint32_t i,
                       float scale)
{
    size_t n = (size_t)o * kh * kw * i;
    float *p = malloc(n * sizeof *p);
    assert_non_null(p);
    random_floats(&m->r, p, n);
    for (size_t k = 0; k < n; k++)
        p[k] *= scale;
    uint32_t v = fn_graph_add_weight(m->b, fresh(m, "w"), (uint32_t[]){o, kh, kw, i}, p);
    free(p);
    return v;
}

static void put(struct maker *m, uint32_t v, uint32_t c, uint32_t h, uint32_t w)
{
    uint32_t at = m->n < LIVE_MAX ? m->n++ : below(m, LIVE_MAX);
    m->value[at] = v;
    m->c[at] = c;
    m->h[at] = h;
    m->w[at] = w;
}

/* One direction of a window that fits size: kernel, stride, dilation, pads. Returns the output
 * size. */
static uint32_t window(struct maker *m, uint32_t size, uint32_t *k, uint32_t *stride,
                       uint32_t *dil, uint32_t *before, uint32_t *after, bool same)
{
    static const uint32_t ks[] = {1, 1, 3, 3, 2, 5, 7};
    *k = ks[below(m, 7)];
    *stride = 1 + below(m, 10) / 6 + below(m, 20) / 18;
    *dil = below(m, 5) == 0 ? 2 : 1;
    if (*k > size) {
        *k = size;
        *dil = 1;
    }
    *before = *after = 0;
    if (same)
        return (size + *stride - 1) / *stride;
    if (below(m, 2)) {
        *before = below(m, *k);
        *after = below(m, *k);
    }
    uint32_t reach = (*k - 1) * *dil + 1;
    if (size + *before + *after < reach) {
        *dil = 1;
        reach = *k;
    }
    return (size + *before + *after - reach) / *stride + 1;
}

static void windows(struct maker *m, uint32_t at, struct fn_attr *a, uint32_t *oh, uint32_t *ow)
{
    bool same = below(m, 3) == 0;
    a->pad_mode = same ? FN_PAD_SAME : FN_PAD_EXPLICIT;
    *oh = window(m, m->h[at], &a->kh, &a->stride_h, &a->dil_h, &a->pad[0], &a->pad[2], same);
    *ow = window(m, m->w[at], &a->kw, &a->stride_w, &a->dil_w, &a->pad[1], &a->pad[3], same);
    if (below(m, 2)) { /* in practice most are square */
        a->stride_w = a->stride_h;
        a->kw = m->w[at] >= a->kh ? a->kh : a->kw;
        a->dil_w = 1;
        *ow = same ? (m->w[at] + a->stride_w - 1) / a->stride_w
                   : (m->w[at] + a->pad[1] + a->pad[3] - a->kw) / a->stride_w + 1;
    }
}

static uint32_t act_node(struct maker *m, uint32_t v, uint32_t c, enum fn_act act)
{
    struct fn_attr a = {.act = (uint32_t)act, .alpha = act == FN_ACT_LEAKY ? 0.1f : 0};
    uint32_t slope = act == FN_ACT_PRELU ? weight(m, c, 1, 1, 1, 1) : FN_NONE;
    return fn_graph_add_node(m->b, fresh(m, "act"), FN_OP_ACT, (uint32_t[]){v, slope}, 2, &a);
}

static void add_conv(struct maker *m, uint32_t at)
{
    static const uint32_t outs[] = {1, 2, 3, 6, 8, 13, 16, 17, 24, 32, 48, 50, 64, 70};
    struct fn_attr a = {.groups = 1};
    uint32_t oh, ow, c = m->c[at], o = outs[below(m, 14)];
    windows(m, at, &a, &oh, &ow);
    if (below(m, 3) == 0) {
        a.groups = o = c;
    } else if (below(m, 8) == 0 && c % 2 == 0) {
        a.groups = 2;
        o += o & 1;
    }
    float scale = 1.5f / (float)(a.kh * a.kw * (c / a.groups));
    uint32_t w = weight(m, o, a.kh, a.kw, c / a.groups, scale * 2);
    uint32_t bias = below(m, 4) ? weight(m, o, 1, 1, 1, 1) : FN_NONE;
    uint32_t v = fn_graph_add_node(m->b, fresh(m, "conv"), FN_OP_CONV,
                                   (uint32_t[]){m->value[at], w, bias}, 3, &a);
    if (below(m, 4) == 0)
        put(m, v, o, oh, ow); /* the value before the activation may be read too */
    if (below(m, 4))
        v = act_node(m, v, o, (enum fn_act)below(m, FN_ACT_SIGMOID + 1));
    put(m, v, o, oh, ow);
}

/* x + conv(x) and similar: any two values of one shape. */
static void add_sum(struct maker *m, uint32_t at)
{
    uint32_t c = m->c[at], other = at;
    for (uint32_t i = 0; i < m->n; i++)
        if (i != at && m->c[i] == c && m->h[i] == m->h[at] && m->w[i] == m->w[at])
            other = i;
    uint32_t v = m->value[other];
    if (other == at || below(m, 2)) {
        struct fn_attr a = {.kh = 1, .kw = 1};
        uint32_t w = weight(m, c, 1, 1, c, 2.0f / (float)c);
        v = fn_graph_add_node(m->b, fresh(m, "proj"), FN_OP_CONV, (uint32_t[]){v, w}, 2, &a);
    }
    uint32_t terms[2] = {m->value[at], v}, flip = below(m, 2);
    v = fn_graph_add_node(m->b, fresh(m, "add"), FN_OP_ADD,
                          (uint32_t[]){terms[flip], terms[1 - flip]}, 2, NULL);
    if (below(m, 2))
        v = act_node(m, v, c, (enum fn_act)below(m, FN_ACT_SIGMOID));
    put(m, v, c, m->h[at], m->w[at]);
}

static void add_concat(struct maker *m, uint32_t at)
{
    uint32_t in[4], n = 0, c = 0;
    for (uint32_t i = at; n < 4 && i < m->n; i++)
        if (m->h[i] == m->h[at] && m->w[i] == m->w[at]) {
            in[n++] = m->value[i];
            c += m->c[i];
        }
    if (c > 256)
        return;
    put(m, fn_graph_add_node(m->b, fresh(m, "concat"), FN_OP_CONCAT, in, n, NULL), c, m->h[at],
        m->w[at]);
}

static void add_pool(struct maker *m, uint32_t at)
{
    struct fn_attr a = {0};
    uint32_t oh = 1, ow = 1;
    static const enum fn_op_kind kinds[] = {FN_OP_MAXPOOL, FN_OP_AVGPOOL, FN_OP_L2POOL};
    enum fn_op_kind op = kinds[below(m, 3)];
    if (op == FN_OP_L2POOL)
        a.eps = 1e-3f;
    if (op != FN_OP_AVGPOOL || below(m, 3)) {
        windows(m, at, &a, &oh, &ow);
        a.dil_h = a.dil_w = 1;
        a.pad[0] = a.pad[1] = a.pad[2] = a.pad[3] = 0;
        if (a.pad_mode == FN_PAD_EXPLICIT && a.kh > 1 && a.kw > 1)
            a.pad[below(m, 4)] = 1;
        oh = (m->h[at] + a.pad[0] + a.pad[2] - a.kh) / a.stride_h + 1;
        ow = (m->w[at] + a.pad[1] + a.pad[3] - a.kw) / a.stride_w + 1;
        if (a.pad_mode == FN_PAD_SAME) {
            oh = (m->h[at] + a.stride_h - 1) / a.stride_h;
            ow = (m->w[at] + a.stride_w - 1) / a.stride_w;
        }
    }
    put(m, fn_graph_add_node(m->b, fresh(m, "pool"), op, &m->value[at], 1, &a), m->c[at], oh,
        ow);
}

static void add_other(struct maker *m, uint32_t at)
{
    uint32_t x = m->value[at], c = m->c[at];
    if (below(m, 3) == 0) {
        struct fn_attr a = {.pad = {below(m, 2), below(m, 2), below(m, 3), below(m, 3)},
                            .pad_c = below(m, 4)};
        uint32_t v = fn_graph_add_node(m->b, fresh(m, "pad"), FN_OP_PAD, &x, 1, &a);
        put(m, v, c + a.pad_c, m->h[at] + a.pad[0] + a.pad[2], m->w[at] + a.pad[1] + a.pad[3]);
    } else if (below(m, 2)) {
        uint32_t scale = weight(m, c, 1, 1, 1, 1),
                 shift = below(m, 2) ? weight(m, c, 1, 1, 1, 1) : FN_NONE;
        uint32_t v = fn_graph_add_node(m->b, fresh(m, "affine"), FN_OP_AFFINE,
                                       (uint32_t[]){x, scale, shift}, 3, NULL);
        put(m, v, c, m->h[at], m->w[at]);
    } else {
        put(m, fn_graph_add_node(m->b, fresh(m, "soft"), FN_OP_SOFTMAX, &x, 1, NULL), c,
            m->h[at], m->w[at]);
    }
}

/* eps and k are so large that rounding errors of small values do not grow. */
static void add_norm(struct maker *m, uint32_t at)
{
    static const float betas[] = {0.5f, 0.75f, 1, 0.6f};
    uint32_t x = m->value[at], c = m->c[at], h = m->h[at], w = m->w[at], kind = below(m, 3);
    if (kind == 0) {
        struct fn_attr a = {.size = 1 + 2 * below(m, 6), .alpha = 0.5f, .bias_k = 1};
        a.beta = betas[below(m, 4)];
        put(m, fn_graph_add_node(m->b, fresh(m, "lrn"), FN_OP_LRN, &x, 1, &a), c, h, w);
    } else if (kind == 1) {
        struct fn_attr a = {.eps = 0.01f};
        put(m, fn_graph_add_node(m->b, fresh(m, "norm"), FN_OP_L2NORM, &x, 1, &a), c, h, w);
    } else {
        struct fn_attr a = {.size = c % 2 == 0 ? 2 : c % 3 == 0 ? 3 : 1};
        put(m, fn_graph_add_node(m->b, fresh(m, "maxout"), FN_OP_MAXOUT, &x, 1, &a), c / a.size,
            h, w);
    }
}

static void add_any(struct maker *m)
{
    uint32_t at = m->n - 1 - below(m, m->n < 4 ? m->n : 4), kind = below(m, 11);
    if (kind < 5)
        add_conv(m, at);
    else if (kind < 7)
        add_sum(m, at);
    else if (kind == 7)
        add_concat(m, at);
    else if (kind == 8)
        add_pool(m, at);
    else if (kind == 9)
        add_norm(m, at);
    else
        add_other(m, at);
}

struct fn_graph_builder *random_net(uint64_t seed, struct fn_graph *ret)
{
    static const uint32_t channels[] = {1, 3, 3, 16, 5};
    struct maker m = {.b = fn_graph_builder_create(), .r = fn_rng_init(seed, 77)};
    struct fn_error err = {0};
    assert_non_null(m.b);
    uint32_t c = channels[below(&m, 5)], h = 3 + below(&m, 28), w = 3 + below(&m, 28);
    put(&m, fn_graph_add_input(m.b, "in", c, h, w), c, h, w);
    for (uint32_t i = 0, n = 2 + below(&m, 14); i < n; i++)
        add_any(&m);
    if (m.n == 1)
        add_conv(&m, 0);
    fn_graph_mark_output(m.b, m.value[m.n - 1]);
    if (m.n > 2 && below(&m, 2))
        fn_graph_mark_output(m.b, m.value[1 + below(&m, m.n - 1)]);
    if (fn_graph_builder_finish(m.b, ret, &err))
        fail_msg("seed %llu: %s", (unsigned long long)seed, err.text);
    return m.b;
}
