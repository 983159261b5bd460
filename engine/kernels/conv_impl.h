/* The convolution micro-kernel as a template over mr pixels and nv vectors of output channels: the sums of a
 * whole tile stay in registers over all taps and channels; each step broadcasts one input float per pixel and
 * multiplies it with nv vectors of packed weights (register-blocked GEMM as in Goto and van de Geijn 2008,
 * with rows of pointers in place of a packed left matrix as in XNNPACK's indirect convolution, Dukhan 2019).
 * Bias, residual and activation happen before the only store. */
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

FN_INLINE void conv_store(const struct fn_conv_tile *t, conv_sums acc, size_t mr, size_t nv)
{
    size_t last = t->n - (nv - 1) * VLANES; /* lanes of the last vector */
    FN_UNROLL
    for (size_t v = 0; v < nv; v++) {
        size_t lanes = v + 1 < nv ? VLANES : last;
        const float *slope = t->slope + v * VLANES;
        FN_UNROLL
        for (size_t m = 0; m < mr; m++) {
            vfloat x = acc[m][v];
            if (t->res) {
                const float *r = t->res + m * t->res_stride + v * VLANES;
                x = v_add(x, lanes == VLANES ? v_load(r) : v_load_n(r, lanes));
            }
            x = v_act(x, t->act, slope);
            float *out = t->out + m * t->out_stride + v * VLANES;
            if (lanes == VLANES)
                v_store(out, x);
            else
                v_store_n(out, x, lanes);
        }
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
    conv_store(t, acc, mr, nv);
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
