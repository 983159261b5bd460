/* Depthwise convolution of a row as a template. Inner windows of width 3 are made several output pixels at a
 * time, so that a weight is loaded once for all of them and an input pixel serves every output it touches;
 * everything else (borders, other sizes) goes pixel by pixel. Sums run over ky, then kx, in both. */
#ifndef FN_ENGINE_KERNELS_DEPTHWISE_IMPL_H
#define FN_ENGINE_KERNELS_DEPTHWISE_IMPL_H

#include "engine/kernels/simd_common.h"

enum { DW_BLOCK = 8, DW_COLS = (DW_BLOCK - 1) * 2 + 3 };

FN_INLINE vfloat dw_load(const float *p, size_t lanes)
{
    return lanes == VLANES ? v_load(p) : v_load_n(p, lanes);
}

FN_INLINE void dw_store(float *p, vfloat v, size_t lanes)
{
    if (lanes == VLANES)
        v_store(p, v);
    else
        v_store_n(p, v, lanes);
}

/* Channels c0 .. c0 + lanes of output pixels x .. x + count, windows 3 wide and inside the map. */
FN_INLINE void dw_block(const struct fn_depthwise_row *r, size_t x, size_t c0, size_t count,
                        size_t stride, size_t lanes)
{
    vfloat acc[DW_BLOCK], in[DW_COLS];
    vfloat bias = v_load(r->bias + c0);
    FN_UNROLL
    for (size_t i = 0; i < count; i++)
        acc[i] = bias;
    size_t first = (x * stride - r->pad) * r->in_stride + c0;
    for (size_t ky = r->ky0; ky < r->ky1; ky++) {
        const float *p = r->rows[ky] + first;
        FN_UNROLL
        for (size_t i = 0; i < (count - 1) * stride + 3; i++)
            in[i] = dw_load(p + i * r->in_stride, lanes);
        FN_UNROLL
        for (size_t kx = 0; kx < 3; kx++) {
            vfloat w = v_load(r->weight + (ky * 3 + kx) * r->c_pad + c0);
            FN_UNROLL
            for (size_t i = 0; i < count; i++)
                acc[i] = v_fma(in[i * stride + kx], w, acc[i]);
        }
    }
    FN_UNROLL
    for (size_t i = 0; i < count; i++)
        dw_store(r->out + (x + i) * r->out_stride + c0, v_act(acc[i], r->act, r->slope + c0),
                 lanes);
}

FN_INLINE void dw_channels(const struct fn_depthwise_row *r, size_t x, size_t count,
                           size_t stride)
{
    size_t c0 = 0;
    for (; c0 + VLANES <= r->c; c0 += VLANES)
        dw_block(r, x, c0, count, stride, VLANES);
    if (c0 < r->c)
        dw_block(r, x, c0, count, stride, r->c - c0);
}

FN_INLINE void dw_inner3(const struct fn_depthwise_row *r, size_t stride, size_t block)
{
    size_t x = r->x0;
    for (; x + block <= r->x1; x += block)
        dw_channels(r, x, block, stride);
    if (block > 4)
        for (; x + 4 <= r->x1; x += 4)
            dw_channels(r, x, 4, stride);
    for (; x + 2 <= r->x1; x += 2)
        dw_channels(r, x, 2, stride);
    if (x < r->x1)
        dw_channels(r, x, 1, stride);
}

/* vectors: of channels at once, so that their sums do not wait for one another. */
FN_INLINE void dw_pixel(const struct fn_depthwise_row *r, size_t x, size_t kx0, size_t kx1,
                        size_t c0, size_t vectors, size_t lanes)
{
    vfloat acc[4];
    FN_UNROLL
    for (size_t v = 0; v < vectors; v++)
        acc[v] = v_load(r->bias + c0 + v * VLANES);
    for (size_t ky = r->ky0; ky < r->ky1; ky++)
        for (size_t kx = kx0; kx < kx1; kx++) {
            const float *p =
                r->rows[ky] + (x * r->stride + kx * r->dil - r->pad) * r->in_stride + c0;
            const float *w = r->weight + (ky * r->kw + kx) * r->c_pad + c0;
            FN_UNROLL
            for (size_t v = 0; v < vectors; v++)
                acc[v] = v_fma(dw_load(p + v * VLANES, lanes), v_load(w + v * VLANES), acc[v]);
        }
    float *out = r->out + x * r->out_stride + c0;
    FN_UNROLL
    for (size_t v = 0; v < vectors; v++)
        dw_store(out + v * VLANES, v_act(acc[v], r->act, r->slope + c0 + v * VLANES), lanes);
}

static void dw_any(const struct fn_depthwise_row *r)
{
    for (size_t x = r->x0; x < r->x1; x++) {
        size_t kx0 = 0, kx1 = r->kw;
        while (kx0 < kx1 && x * r->stride + kx0 * r->dil < r->pad)
            kx0++;
        while (kx1 > kx0 && x * r->stride + (kx1 - 1) * r->dil >= r->pad + (size_t)r->w)
            kx1--;
        size_t c0 = 0;
        for (; c0 + 4 * VLANES <= r->c; c0 += 4 * VLANES)
            dw_pixel(r, x, kx0, kx1, c0, 4, VLANES);
        for (; c0 + VLANES <= r->c; c0 += VLANES)
            dw_pixel(r, x, kx0, kx1, c0, 1, VLANES);
        if (c0 < r->c)
            dw_pixel(r, x, kx0, kx1, c0, 1, r->c - c0);
    }
}

#define DEPTHWISE_TABLE(block)                                                                 \
    static void dw_inner3_s1(const struct fn_depthwise_row *r)                                 \
    {                                                                                          \
        dw_inner3(r, 1, block);                                                                \
    }                                                                                          \
    static void dw_inner3_s2(const struct fn_depthwise_row *r)                                 \
    {                                                                                          \
        dw_inner3(r, 2, 4);                                                                    \
    }                                                                                          \
    static const struct fn_depthwise_table depthwise_table = {                                 \
        .lanes = VLANES, .any = dw_any, .inner3_s1 = dw_inner3_s1, .inner3_s2 = dw_inner3_s2};

#endif
