/* SPDX-License-Identifier: MIT */
/* Depthwise convolution of a row as a template.
 *
 * 3 x 3: for a vector of channels the nine weights and the window stay in registers while the
 * window slides along the row, so that an output costs three loads (six at stride 2) and nine
 * multiply-adds. A row or column outside the map is zeros: a row by a pointer that does not
 * move, a column by a check at both ends of the row only. Everything else goes pixel by pixel
 * over the taps inside the map. Sums run over ky, then kx. */
#ifndef FN_ENGINE_KERNELS_DEPTHWISE_IMPL_H
#define FN_ENGINE_KERNELS_DEPTHWISE_IMPL_H

#include "engine/kernels/simd_common.h"

/* ---- 3 x 3 ---- */

struct dw3 {
    const float *next[3]; /* per row: the next column to be read */
    size_t step[3];
    vfloat weight[9], bias, slope;
    float *out;
    size_t out_stride;
};

FN_INLINE void dw3_read(struct dw3 *s, vfloat col[3], size_t lanes)
{
    FN_UNROLL
    for (int y = 0; y < 3; y++) {
        col[y] = v_load_lanes(s->next[y], lanes);
        s->next[y] += s->step[y];
    }
}

/* Column x, which may be outside: below 0 it has wrapped round to a large number. */
FN_INLINE void dw3_read_checked(struct dw3 *s, vfloat col[3], size_t x, size_t w, size_t lanes)
{
    if (x < w) {
        dw3_read(s, col, lanes);
    } else {
        FN_UNROLL
        for (int y = 0; y < 3; y++)
            col[y] = v_set1(0.0f);
    }
}

FN_INLINE void dw3_put(struct dw3 *s, const vfloat a[3], const vfloat b[3], const vfloat c[3],
                       enum fn_kact act, size_t lanes)
{
    vfloat sum = s->bias;
    FN_UNROLL
    for (int y = 0; y < 3; y++) {
        sum = v_fma(a[y], s->weight[3 * y], sum);
        sum = v_fma(b[y], s->weight[3 * y + 1], sum);
        sum = v_fma(c[y], s->weight[3 * y + 2], sum);
    }
    v_store_lanes(s->out, v_act(sum, act, s->slope), lanes);
    s->out += s->out_stride;
}

FN_INLINE void dw3_copy(vfloat to[3], const vfloat from[3])
{
    FN_UNROLL
    for (int y = 0; y < 3; y++)
        to[y] = from[y];
}

/* a, b hold the first two columns of the window of output x. */
FN_INLINE void dw3_slide1(const struct fn_depthwise_row *r, struct dw3 *s, vfloat a[3],
                          vfloat b[3], enum fn_kact act, size_t lanes)
{
    vfloat c[3];
    size_t x = 0, inside = (size_t)r->w + r->pad; /* x + 2 < inside: the third column exists */
    for (; x + 2 < r->pad && x < r->ow;
         x++) { /* only when there is more padding than a window */
        dw3_read_checked(s, c, x + 2 - r->pad, r->w, lanes);
        dw3_put(s, a, b, c, act, lanes);
        dw3_copy(a, b);
        dw3_copy(b, c);
    }
    for (; x + 3 <= r->ow && x + 4 < inside; x += 3) {
        dw3_read(s, c, lanes);
        dw3_put(s, a, b, c, act, lanes);
        dw3_read(s, a, lanes);
        dw3_put(s, b, c, a, act, lanes);
        dw3_read(s, b, lanes);
        dw3_put(s, c, a, b, act, lanes);
    }
    for (; x < r->ow; x++) {
        dw3_read_checked(s, c, x + 2 - r->pad, r->w, lanes);
        dw3_put(s, a, b, c, act, lanes);
        dw3_copy(a, b);
        dw3_copy(b, c);
    }
}

/* a holds the first column of the window of output x. */
FN_INLINE void dw3_slide2(const struct fn_depthwise_row *r, struct dw3 *s, vfloat a[3],
                          enum fn_kact act, size_t lanes)
{
    vfloat b[3], c[3];
    size_t inside = (size_t)r->w + r->pad;
    for (size_t x = 0; x < r->ow; x++) {
        if (2 * x + 1 >= r->pad && 2 * x + 2 < inside) {
            dw3_read(s, b, lanes);
            dw3_read(s, c, lanes);
        } else {
            dw3_read_checked(s, b, 2 * x + 1 - r->pad, r->w, lanes);
            dw3_read_checked(s, c, 2 * x + 2 - r->pad, r->w, lanes);
        }
        dw3_put(s, a, b, c, act, lanes);
        dw3_copy(a, c);
    }
}

FN_INLINE void dw3_channels(const struct fn_depthwise_row *r, size_t c0, size_t stride,
                            enum fn_kact act, size_t lanes)
{
    struct dw3 s = {.out = r->out + c0, .out_stride = r->out_stride};
    FN_UNROLL
    for (uint32_t y = 0; y < 3; y++) {
        bool inside = y >= r->ky0 && y < r->ky1;
        s.next[y] = (inside ? r->rows[y] : r->zeros) + c0;
        s.step[y] = inside ? r->in_stride : 0;
    }
    FN_UNROLL
    for (size_t i = 0; i < 9; i++)
        s.weight[i] = v_load(r->weight + i * r->c_pad + c0);
    s.bias = v_load(r->bias + c0);
    s.slope = v_load(r->slope + c0);
    vfloat a[3], b[3];
    dw3_read_checked(&s, a, (size_t)0 - r->pad, r->w, lanes);
    if (stride == 2) {
        dw3_slide2(r, &s, a, act, lanes);
    } else {
        dw3_read_checked(&s, b, (size_t)1 - r->pad, r->w, lanes);
        dw3_slide1(r, &s, a, b, act, lanes);
    }
}

FN_INLINE void dw3_row(const struct fn_depthwise_row *r, size_t stride, enum fn_kact act)
{
    size_t c0 = 0;
    for (; c0 + VLANES <= r->c; c0 += VLANES)
        dw3_channels(r, c0, stride, act, VLANES);
    if (c0 < r->c)
        dw3_channels(r, c0, stride, act, r->c - c0);
}

/* One copy per activation, so that the loops have no branch on it. */
FN_INLINE void dw3_dispatch(const struct fn_depthwise_row *r, size_t stride)
{
    if (r->act == FN_KACT_RELU)
        dw3_row(r, stride, FN_KACT_RELU);
    else if (r->act == FN_KACT_SLOPE)
        dw3_row(r, stride, FN_KACT_SLOPE);
    else
        dw3_row(r, stride, r->act);
}

static void dw_s1_3x3(const struct fn_depthwise_row *r)
{
    dw3_dispatch(r, 1);
}

static void dw_s2_3x3(const struct fn_depthwise_row *r)
{
    dw3_dispatch(r, 2);
}

/* ---- any window ---- */

/* vectors: of channels at once, so that their sums do not wait for one another. */
FN_INLINE void dw_pixel(const struct fn_depthwise_row *r, size_t x, size_t kx0, size_t kx1,
                        size_t c0, size_t vectors, size_t lanes)
{
    vfloat acc[8];
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
                acc[v] =
                    v_fma(v_load_lanes(p + v * VLANES, lanes), v_load(w + v * VLANES), acc[v]);
        }
    float *out = r->out + x * r->out_stride + c0;
    FN_UNROLL
    for (size_t v = 0; v < vectors; v++) {
        vfloat slope = v_load(r->slope + c0 + v * VLANES);
        v_store_lanes(out + v * VLANES, v_act(acc[v], r->act, slope), lanes);
    }
}

static void dw_any(const struct fn_depthwise_row *r)
{
    for (size_t x = 0; x < r->ow; x++) {
        size_t kx0 = 0, kx1 = r->kw;
        while (kx0 < kx1 && x * r->stride + kx0 * r->dil < r->pad)
            kx0++;
        while (kx1 > kx0 && x * r->stride + (kx1 - 1) * r->dil >= r->pad + (size_t)r->w)
            kx1--;
        size_t c0 = 0;
        for (; c0 + 8 * VLANES <= r->c; c0 += 8 * VLANES)
            dw_pixel(r, x, kx0, kx1, c0, 8, VLANES);
        for (; c0 + VLANES <= r->c; c0 += VLANES)
            dw_pixel(r, x, kx0, kx1, c0, 1, VLANES);
        if (c0 < r->c)
            dw_pixel(r, x, kx0, kx1, c0, 1, r->c - c0);
    }
}

#define DEPTHWISE_TABLE                                                                        \
    ((struct fn_depthwise_table){                                                              \
        .lanes = VLANES, .any = dw_any, .s1_3x3 = dw_s1_3x3, .s2_3x3 = dw_s2_3x3})

#endif
