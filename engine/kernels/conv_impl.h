/* SPDX-License-Identifier: MIT */
/* The convolution micro-kernel as a template over mr pixels and nv vectors of output channels:
 * the sums of a whole tile stay in registers over all taps and channels; each step broadcasts
 * one input float per pixel and multiplies it with nv vectors of packed weights
 * (register-blocked GEMM as in Goto and van de Geijn 2008, with rows of pointers in place of a
 * packed left matrix as in XNNPACK's indirect convolution, Dukhan 2019). Bias, residual and
 * activation happen before the only store. */
#ifndef FN_ENGINE_KERNELS_CONV_IMPL_H
#define FN_ENGINE_KERNELS_CONV_IMPL_H

#include "engine/kernels/simd_common.h"

typedef vfloat conv_sums[FN_CONV_MR_MAX][FN_CONV_NV_MAX];

FN_INLINE void conv_step(conv_sums acc, const float *const *a, size_t i, const float *w,
                         size_t mr, size_t nv)
{
    vfloat b[FN_CONV_NV_MAX];
    FN_UNROLL
    for (size_t v = 0; v < nv; v++)
        b[v] = v_load(w + v * VLANES);
    FN_UNROLL
    for (size_t m = 0; m < mr; m++) {
        vfloat x = v_set1(a[m][i]);
        FN_UNROLL
        for (size_t v = 0; v < nv; v++)
            acc[m][v] = v_fma(x, b[v], acc[m][v]);
    }
}

FN_INLINE void conv_add(const struct fn_conv_tile *t, conv_sums acc, size_t mr, size_t nv)
{
    size_t last = t->n - (nv - 1) * VLANES; /* lanes of the last vector */
    FN_UNROLL
    for (size_t m = 0; m < mr; m++) {
        const float *r = t->res + m * t->res_stride;
        FN_UNROLL
        for (size_t v = 0; v < nv; v++)
            acc[m][v] =
                v_add(acc[m][v], v_load_lanes(r + v * VLANES, v + 1 < nv ? VLANES : last));
    }
}

FN_INLINE void conv_store(const struct fn_conv_tile *t, conv_sums acc, size_t mr, size_t nv,
                          enum fn_kact act)
{
    size_t last = t->n - (nv - 1) * VLANES;
    FN_UNROLL
    for (size_t v = 0; v < nv; v++) {
        vfloat slope = v_load(t->slope + v * VLANES);
        float *out = t->out + v * VLANES;
        FN_UNROLL
        for (size_t m = 0; m < mr; m++)
            v_store_lanes(out + m * t->out_stride, v_act(acc[m][v], act, slope),
                          v + 1 < nv ? VLANES : last);
    }
}

FN_INLINE void conv_tile(const struct fn_conv_tile *t, size_t mr, size_t nv)
{
    conv_sums acc;
    FN_UNROLL
    for (size_t v = 0; v < nv; v++) {
        vfloat bias = v_load(t->bias + v * VLANES);
        FN_UNROLL
        for (size_t m = 0; m < mr; m++)
            acc[m][v] = bias;
    }
    const float *w = t->w;
    const float *a[FN_CONV_MR_MAX];
    for (size_t tap = 0; tap < t->taps; tap++) {
        FN_UNROLL
        for (size_t m = 0; m < mr; m++)
            a[m] = t->rows[m * t->taps + tap];
        size_t i = 0, step = nv * VLANES;
        for (; i + 4 <= t->k; i += 4, w += 4 * step) {
            conv_step(acc, a, i, w, mr, nv);
            conv_step(acc, a, i + 1, w + step, mr, nv);
            conv_step(acc, a, i + 2, w + 2 * step, mr, nv);
            conv_step(acc, a, i + 3, w + 3 * step, mr, nv);
        }
        for (; i < t->k; i++, w += step)
            conv_step(acc, a, i, w, mr, nv);
    }
    if (t->res)
        conv_add(t, acc, mr, nv);
    /* one copy of the store per activation: no branches between the stores */
    if (t->act == FN_KACT_NONE)
        conv_store(t, acc, mr, nv, FN_KACT_NONE);
    else if (t->act == FN_KACT_RELU)
        conv_store(t, acc, mr, nv, FN_KACT_RELU);
    else if (t->act == FN_KACT_SLOPE)
        conv_store(t, acc, mr, nv, FN_KACT_SLOPE);
    else
        conv_store(t, acc, mr, nv, FN_KACT_RELU6);
}

#define CONV_TILE(mr, nv)                                                                      \
    static void tile_##mr##x##nv(const struct fn_conv_tile *t)                                 \
    {                                                                                          \
        conv_tile(t, mr, nv);                                                                  \
    }
/* clang-format off */
#define CONV_TILES_4(nv) CONV_TILE(1, nv) CONV_TILE(2, nv) CONV_TILE(3, nv) CONV_TILE(4, nv)
#define CONV_TILES_6(nv) CONV_TILES_4(nv) CONV_TILE(5, nv) CONV_TILE(6, nv)
#define CONV_TILES_9(nv) CONV_TILES_6(nv) CONV_TILE(7, nv) CONV_TILE(8, nv) CONV_TILE(9, nv)
#define CONV_TILES_12(nv) CONV_TILES_9(nv) CONV_TILE(10, nv) CONV_TILE(11, nv) CONV_TILE(12, nv)
#define CONV_TILES_14(nv) CONV_TILES_12(nv) CONV_TILE(13, nv) CONV_TILE(14, nv)
#define CONV_NAMES_4(nv) tile_1x##nv, tile_2x##nv, tile_3x##nv, tile_4x##nv
#define CONV_NAMES_6(nv) CONV_NAMES_4(nv), tile_5x##nv, tile_6x##nv
#define CONV_NAMES_9(nv) CONV_NAMES_6(nv), tile_7x##nv, tile_8x##nv, tile_9x##nv
#define CONV_NAMES_12(nv) CONV_NAMES_9(nv), tile_10x##nv, tile_11x##nv, tile_12x##nv
#define CONV_NAMES_14(nv) CONV_NAMES_12(nv), tile_13x##nv, tile_14x##nv
/* clang-format on */

#endif
