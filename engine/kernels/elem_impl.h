/* SPDX-License-Identifier: MIT */
/* Element-by-element kernels as a template. If no argument is per channel and pixels are dense,
 * the whole tensor is one run; otherwise each pixel is a run of c. */
#ifndef FN_ENGINE_KERNELS_ELEM_IMPL_H
#define FN_ENGINE_KERNELS_ELEM_IMPL_H

#include "engine/kernels/simd_common.h"

FN_INLINE vfloat elem_act(vfloat x, enum fn_kact act, const float *slope, size_t n)
{
    return v_act(x, act, act == FN_KACT_SLOPE ? v_load_lanes(slope, n) : x);
}

#define ELEM_LANES(i, c) ((c) - (i) < VLANES ? (c) - (i) : VLANES)

static void elem_act_run(struct fn_pixels out, struct fn_cpixels x, size_t pixels, size_t c,
                         enum fn_kact act, const float *slope)
{
    if (act != FN_KACT_SLOPE && out.stride == c && x.stride == c) {
        c *= pixels;
        pixels = 1;
    }
    for (size_t p = 0; p < pixels; p++) {
        float *o = out.data + p * out.stride;
        const float *in = x.data + p * x.stride;
        for (size_t i = 0; i < c; i += VLANES) {
            size_t n = ELEM_LANES(i, c);
            v_store_lanes(o + i, elem_act(v_load_lanes(in + i, n), act, slope + i, n), n);
        }
    }
}

static void elem_add_run(struct fn_pixels out, struct fn_cpixels a, struct fn_cpixels b,
                         size_t pixels, size_t c, enum fn_kact act, const float *slope)
{
    if (act != FN_KACT_SLOPE && out.stride == c && a.stride == c && b.stride == c) {
        c *= pixels;
        pixels = 1;
    }
    for (size_t p = 0; p < pixels; p++) {
        float *o = out.data + p * out.stride;
        const float *x = a.data + p * a.stride, *y = b.data + p * b.stride;
        for (size_t i = 0; i < c; i += VLANES) {
            size_t n = ELEM_LANES(i, c);
            vfloat sum = v_add(v_load_lanes(x + i, n), v_load_lanes(y + i, n));
            v_store_lanes(o + i, elem_act(sum, act, slope + i, n), n);
        }
    }
}

static void elem_affine_run(struct fn_pixels out, struct fn_cpixels x, size_t pixels, size_t c,
                            const float *scale, const float *shift)
{
    for (size_t p = 0; p < pixels; p++) {
        float *o = out.data + p * out.stride;
        const float *in = x.data + p * x.stride;
        for (size_t i = 0; i < c; i += VLANES) {
            size_t n = ELEM_LANES(i, c);
            vfloat y = v_mul(v_load_lanes(in + i, n), v_load_lanes(scale + i, n));
            if (shift)
                y = v_add(y, v_load_lanes(shift + i, n));
            v_store_lanes(o + i, y, n);
        }
    }
}

#define ELEM_TABLE                                                                             \
    ((struct fn_elem_table){                                                                   \
        .act = elem_act_run, .add = elem_add_run, .affine = elem_affine_run})

#endif
