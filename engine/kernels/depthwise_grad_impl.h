/* SPDX-License-Identifier: MIT */
/* Backward pass of a depthwise convolution, as a template. The data gradient is gathered: for
 * each input pixel, the outputs that read it; so each is written once whatever the stride.
 * Weight gradients are summed tap by tap over rows. */
#ifndef FN_ENGINE_KERNELS_DEPTHWISE_GRAD_IMPL_H
#define FN_ENGINE_KERNELS_DEPTHWISE_GRAD_IMPL_H

#include <string.h>

#include "engine/kernels/depthwise.h"
#include "engine/kernels/simd_common.h"

/* Taps of one direction that lead from an input position to an output. */
struct dwg_taps {
    uint32_t n;
    uint32_t tap[FN_DEPTHWISE_KH_MAX], out[FN_DEPTHWISE_KH_MAX];
};

FN_INLINE void dwg_find(struct dwg_taps *t, uint32_t in, uint32_t k, uint32_t stride,
                        uint32_t dil, uint32_t pad, uint32_t size)
{
    t->n = 0;
    for (uint32_t i = 0; i < k && i * dil <= in + pad; i++) {
        uint32_t from = in + pad - i * dil, out = stride == 1 ? from : from / stride;
        if (out * stride == from && out < size) {
            t->tap[t->n] = i;
            t->out[t->n++] = out;
        }
    }
}

FN_INLINE void dwg_gather(const struct fn_depthwise_grad *g, const struct dwg_taps *rows,
                          const struct dwg_taps *cols, size_t image, float *dx, bool add,
                          size_t c0, size_t vectors, size_t lanes)
{
    vfloat acc[4];
    for (size_t v = 0; v < vectors; v++)
        acc[v] = add ? v_load_lanes(dx + v * VLANES, lanes) : v_set1(0.0f);
    for (uint32_t a = 0; a < rows->n; a++)
        for (uint32_t b = 0; b < cols->n; b++) {
            size_t pixel = (image * g->oh + rows->out[a]) * g->ow + cols->out[b];
            const float *dy = g->dy.data + pixel * g->dy.stride + c0;
            const float *w =
                g->scratch + ((size_t)rows->tap[a] * g->kw + cols->tap[b]) * g->c + c0;
            for (size_t v = 0; v < vectors; v++)
                acc[v] = v_fma(v_load_lanes(dy + v * VLANES, lanes),
                               v_load_lanes(w + v * VLANES, lanes), acc[v]);
        }
    for (size_t v = 0; v < vectors; v++)
        v_store_lanes(dx + v * VLANES, acc[v], lanes);
}

static void grad_depthwise_data(const struct fn_depthwise_grad *g, struct fn_pixels dx,
                                bool add)
{
    struct dwg_taps rows, cols;
    size_t taps = (size_t)g->kh * g->kw;
    for (size_t t = 0; t < taps; t++)
        for (size_t i = 0; i < g->c; i++)
            g->scratch[t * g->c + i] = g->weight[i * taps + t];
    float *to = dx.data;
    for (size_t n = 0; n < g->n; n++)
        for (uint32_t y = 0; y < g->h; y++) {
            dwg_find(&rows, y, g->kh, g->stride_h, g->dil_h, g->pad_top, g->oh);
            for (uint32_t x = 0; x < g->w; x++, to += dx.stride) {
                size_t i = 0;
                dwg_find(&cols, x, g->kw, g->stride_w, g->dil_w, g->pad_left, g->ow);
                for (; i + 4 * VLANES <= g->c; i += 4 * VLANES)
                    dwg_gather(g, &rows, &cols, n, to + i, add, i, 4, VLANES);
                for (; i + VLANES <= g->c; i += VLANES)
                    dwg_gather(g, &rows, &cols, n, to + i, add, i, 1, VLANES);
                if (i < g->c)
                    dwg_gather(g, &rows, &cols, n, to + i, add, i, 1, g->c - i);
            }
        }
}

/* sums += over `count` outputs of a row of dy * x for one tap. */
FN_INLINE void dwg_row(float *sums, const float *dy, size_t dy_step, const float *x,
                       size_t x_step, size_t count, size_t vectors, size_t lanes)
{
    vfloat acc[4];
    for (size_t v = 0; v < vectors; v++)
        acc[v] = v_set1(0.0f);
    for (size_t p = 0; p < count; p++)
        for (size_t v = 0; v < vectors; v++)
            acc[v] = v_fma(v_load_lanes(dy + p * dy_step + v * VLANES, lanes),
                           v_load_lanes(x + p * x_step + v * VLANES, lanes), acc[v]);
    for (size_t v = 0; v < vectors; v++)
        v_store_lanes(sums + v * VLANES, v_add(v_load_lanes(sums + v * VLANES, lanes), acc[v]),
                      lanes);
}

/* One tap over one row of outputs; dy: its first pixel, x: the row of the map the tap reads. */
FN_INLINE void dwg_tap(const struct fn_depthwise_grad *g, float *sums, const float *dy,
                       const float *x, uint32_t kx)
{
    size_t first = 0, end = g->ow, at = (size_t)kx * g->dil_w;
    while (first < end && first * g->stride_w + at < g->pad_left)
        first++;
    while (end > first && (end - 1) * g->stride_w + at - g->pad_left >= g->w)
        end--;
    if (first == end)
        return;
    dy += first * g->dy.stride;
    x += (first * g->stride_w + at - g->pad_left) * g->x.stride;
    size_t step = g->stride_w * g->x.stride, n = end - first, i = 0;
    for (; i + 4 * VLANES <= g->c; i += 4 * VLANES)
        dwg_row(sums + i, dy + i, g->dy.stride, x + i, step, n, 4, VLANES);
    for (; i + VLANES <= g->c; i += VLANES)
        dwg_row(sums + i, dy + i, g->dy.stride, x + i, step, n, 1, VLANES);
    if (i < g->c)
        dwg_row(sums + i, dy + i, g->dy.stride, x + i, step, n, 1, g->c - i);
}

static void grad_depthwise_weight(const struct fn_depthwise_grad *g, float *dweight)
{
    size_t taps = (size_t)g->kh * g->kw;
    memset(g->scratch, 0, taps * g->c * sizeof *g->scratch);
    for (size_t n = 0; n < g->n; n++)
        for (size_t oy = 0; oy < g->oh; oy++)
            for (size_t ky = 0; ky < g->kh; ky++) {
                size_t y = oy * g->stride_h + ky * g->dil_h - g->pad_top;
                if (y >= g->h) /* below 0 has wrapped round */
                    continue;
                const float *dy = g->dy.data + (n * g->oh + oy) * g->ow * g->dy.stride;
                const float *x = g->x.data + (n * g->h + y) * g->w * g->x.stride;
                for (uint32_t kx = 0; kx < g->kw; kx++)
                    dwg_tap(g, g->scratch + (ky * g->kw + kx) * g->c, dy, x, kx);
            }
    for (size_t i = 0; i < g->c; i++)
        for (size_t t = 0; t < taps; t++)
            dweight[i * taps + t] += g->scratch[t * g->c + i];
}

#endif
