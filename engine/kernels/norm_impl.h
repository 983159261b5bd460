/* SPDX-License-Identifier: MIT */
/* Normalising kernels as a template: across channels (LRN), maxout, to unit length. */
#ifndef FN_ENGINE_KERNELS_NORM_IMPL_H
#define FN_ENGINE_KERNELS_NORM_IMPL_H

#include "engine/kernels/simd_norm.h"

/* ---- across channels ---- */

static void norm_lrn(struct fn_pixels out, struct fn_cpixels x, size_t pixels, size_t c,
                     const struct fn_lrn *l)
{
    struct lrn_rows r = lrn_rows(l, c);
    vfloat k = v_set1(l->k), a = v_set1(l->alpha / (float)l->size);
    for (size_t p = 0; p < pixels; p++) {
        const float *in = x.data + p * x.stride;
        lrn_squares(&r, in, c);
        for (size_t i = 0; i < c; i += VLANES) {
            size_t n = CHANNEL_LANES(i, c);
            vfloat s = v_fma(a, lrn_window(r.squares + i, r.size), k);
            v_store_lanes(out.data + p * out.stride + i,
                          v_mul(v_load_lanes(in + i, n), lrn_power(s, l->beta)), n);
        }
    }
}

/* ---- maxout ---- */

static void norm_maxout(struct fn_pixels out, struct fn_cpixels x, size_t pixels, size_t c,
                        size_t pieces)
{
    for (size_t p = 0; p < pixels; p++)
        for (size_t i = 0; i < c; i += VLANES) {
            size_t n = CHANNEL_LANES(i, c);
            v_store_lanes(out.data + p * out.stride + i,
                          maxout_best(x.data + p * x.stride + i, c, pieces, n), n);
        }
}

/* ---- to unit length ---- */

static void norm_l2(struct fn_pixels out, struct fn_cpixels x, size_t pixels, size_t c,
                    float eps)
{
    for (size_t p = 0; p < pixels; p++) {
        const float *in = x.data + p * x.stride;
        vfloat inverse = v_set1(norm_inverse(in, c, eps));
        for (size_t i = 0; i < c; i += VLANES) {
            size_t n = CHANNEL_LANES(i, c);
            v_store_lanes(out.data + p * out.stride + i,
                          v_mul(v_load_lanes(in + i, n), inverse), n);
        }
    }
}

#define NORM_TABLE                                                                             \
    ((struct fn_norm_table){.lrn = norm_lrn, .maxout = norm_maxout, .l2norm = norm_l2})

#endif
