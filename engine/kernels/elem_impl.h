/* Element-by-element kernels as a template. Where no argument is per channel and pixels are dense, the whole
 * tensor is one run; else each pixel is a run of c. */
#ifndef FN_ENGINE_KERNELS_ELEM_IMPL_H
#define FN_ENGINE_KERNELS_ELEM_IMPL_H

#include "engine/kernels/simd_common.h"

FN_INLINE vfloat elem_load(const float *p, size_t n)
{
    return n == VLANES ? v_load(p) : v_load_n(p, n);
}

FN_INLINE void elem_store(float *p, vfloat v, size_t n)
{
    if (n == VLANES)
        v_store(p, v);
    else
        v_store_n(p, v, n);
}

FN_INLINE vfloat elem_act(vfloat x, enum fn_kact act, const float *slope, size_t n)
{
    if (act == FN_KACT_SLOPE)
        return v_prelu(x, elem_load(slope, n));
    return v_act(x, act, NULL);
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
            elem_store(o + i, elem_act(elem_load(in + i, n), act, slope + i, n), n);
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
            vfloat sum = v_add(elem_load(x + i, n), elem_load(y + i, n));
            elem_store(o + i, elem_act(sum, act, slope + i, n), n);
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
            vfloat y = v_mul(elem_load(in + i, n), elem_load(scale + i, n));
            if (shift)
                y = v_add(y, elem_load(shift + i, n));
            elem_store(o + i, y, n);
        }
    }
}

#define ELEM_TABLE                                                                             \
    ((struct fn_elem_table){                                                                   \
        .act = elem_act_run, .add = elem_add_run, .affine = elem_affine_run})

#endif
