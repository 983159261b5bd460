/* SPDX-License-Identifier: MIT */
/* See mobilefacenet.h. */
#include "mobilefacenet.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "engine/base/rng.h"

struct maker {
    struct fn_graph_builder *b;
    struct fn_rng r;
    uint32_t serial, c; /* channels of the last value */
};

static uint32_t weight(struct maker *m, uint32_t o, uint32_t k, uint32_t i, double scale)
{
    size_t n = (size_t)o * k * k * i;
    float *p = malloc(n * sizeof *p);
    if (!p)
        return FN_NONE;
    for (size_t at = 0; at < n; at++)
        p[at] = (float)((2 * fn_rng_uniform(&m->r) - 1) * scale);
    char name[FN_NAME_MAX];
    snprintf(name, sizeof name, "w%u", m->serial++);
    uint32_t v = fn_graph_add_weight(m->b, name, (uint32_t[]){o, k, k, i}, p);
    free(p);
    return v;
}

/* groups: 1 or all. Padding SAME for 3 x 3, otherwise none. */
static uint32_t conv(struct maker *m, uint32_t x, uint32_t out, uint32_t k, uint32_t stride,
                     bool depthwise, bool prelu)
{
    uint32_t per_group = depthwise ? 1 : m->c;
    struct fn_attr a = {.kh = k, .kw = k, .stride_h = stride, .stride_w = stride};
    a.groups = depthwise ? m->c : 1;
    a.pad_mode = k == 3 ? FN_PAD_SAME : FN_PAD_EXPLICIT;
    uint32_t w = weight(m, out, k, per_group, sqrt(3.0 / (k * k * per_group)));
    uint32_t bias = weight(m, out, 1, 1, 0.1),
             slope = prelu ? weight(m, out, 1, 1, 0.3) : FN_NONE;
    char name[FN_NAME_MAX];
    snprintf(name, sizeof name, "conv%u", m->serial++);
    m->c = out;
    return fn_graph_add_conv(m->b, name, x, w, bias, &a, prelu ? FN_ACT_PRELU : FN_ACT_NONE,
                             slope);
}

static uint32_t bottleneck(struct maker *m, uint32_t x, uint32_t wide, uint32_t out,
                           uint32_t stride)
{
    x = conv(m, x, wide, 1, 1, false, true);
    x = conv(m, x, wide, 3, stride, true, true);
    return conv(m, x, out, 1, 1, false, false);
}

static uint32_t residual(struct maker *m, uint32_t x, uint32_t wide, uint32_t out, int times)
{
    for (int i = 0; i < times; i++) {
        uint32_t y = bottleneck(m, x, wide, out, 1);
        char name[FN_NAME_MAX];
        snprintf(name, sizeof name, "add%u", m->serial++);
        x = fn_graph_add_node(m->b, name, FN_OP_ADD, (uint32_t[]){x, y}, 2, NULL);
    }
    return x;
}

struct fn_graph_builder *mobilefacenet_synthetic(struct fn_graph *ret, struct fn_error *err)
{
    struct maker m = {.b = fn_graph_builder_create(), .r = fn_rng_init(112, 0), .c = 3};
    if (!m.b)
        return NULL;
    uint32_t x = fn_graph_add_input(m.b, "input", 3, 112, 112);
    x = conv(&m, x, 64, 3, 2, false, true);
    x = conv(&m, x, 64, 3, 1, true, true);
    x = conv(&m, x, 64, 1, 1, false, false);
    x = bottleneck(&m, x, 128, 64, 2);
    x = residual(&m, x, 128, 64, 4);
    x = bottleneck(&m, x, 256, 128, 2);
    x = residual(&m, x, 256, 128, 6);
    x = bottleneck(&m, x, 512, 128, 2);
    x = residual(&m, x, 256, 128, 2);
    x = conv(&m, x, 512, 1, 1, false, true);
    x = conv(&m, x, 512, 7, 1, true, false);
    x = conv(&m, x, 128, 1, 1, false, false);
    fn_graph_mark_output(m.b, x);
    if (fn_graph_builder_finish(m.b, ret, err)) {
        fn_graph_builder_destroy(m.b);
        return NULL;
    }
    return m.b;
}
