/* SPDX-License-Identifier: MIT */
/* What the normalising kernels share with their gradients. */
#ifndef FN_ENGINE_KERNELS_SIMD_NORM_H
#define FN_ENGINE_KERNELS_SIMD_NORM_H

#include <math.h>
#include <string.h>

#include "engine/kernels/simd_common.h"

#define CHANNEL_LANES(i, c) ((c) - (i) < VLANES ? (c) - (i) : VLANES)

/* s^-beta; the two exponents in use need only roots. */
FN_INLINE vfloat lrn_power(vfloat s, float beta)
{
    if (beta == 0.75f) {
        vfloat root = v_sqrt(s);
        return v_div(v_set1(1.0f), v_mul(root, v_sqrt(root)));
    }
    if (beta == 0.5f)
        return v_div(v_set1(1.0f), v_sqrt(s));
    float lanes[VLANES];
    v_store(lanes, s);
    for (size_t i = 0; i < VLANES; i++)
        lanes[i] = powf(lanes[i], -beta);
    return v_load(lanes);
}

/* Rows of channels with zeros on either side, so that a window is a run of unaligned loads. */
struct lrn_rows {
    size_t half, size;
    float *squares, *terms, *direct; /* direct has no zeros around it */
};

FN_INLINE struct lrn_rows lrn_rows(const struct fn_lrn *l, size_t c)
{
    size_t each = c + l->size + 64;
    memset(l->scratch, 0, 2 * each * sizeof *l->scratch);
    return (struct lrn_rows){.half = l->size / 2,
                             .size = l->size,
                             .squares = l->scratch,
                             .terms = l->scratch + each,
                             .direct = l->scratch + 2 * each};
}

FN_INLINE void lrn_squares(const struct lrn_rows *r, const float *x, size_t c)
{
    for (size_t i = 0; i < c; i += VLANES) {
        vfloat v = v_load_lanes(x + i, CHANNEL_LANES(i, c));
        v_store(r->squares + r->half + i, v_mul(v, v));
    }
}

FN_INLINE vfloat lrn_window(const float *row, size_t size)
{
    vfloat sum = v_load(row);
    for (size_t d = 1; d < size; d++)
        sum = v_add(sum, v_load(row + d));
    return sum;
}

FN_INLINE vfloat maxout_best(const float *x, size_t c, size_t pieces, size_t lanes)
{
    vfloat best = v_load_lanes(x, lanes);
    for (size_t p = 1; p < pieces; p++)
        best = v_max(v_load_lanes(x + p * c, lanes), best);
    return best;
}

FN_INLINE float norm_dot(const float *a, const float *b, size_t c)
{
    vfloat sum = v_set1(0.0f);
    for (size_t i = 0; i < c; i += VLANES) {
        size_t n = CHANNEL_LANES(i, c);
        sum = v_fma(v_load_lanes(a + i, n), v_load_lanes(b + i, n), sum);
    }
    float lanes[VLANES];
    v_store(lanes, sum);
    for (size_t half = VLANES / 2; half; half /= 2)
        for (size_t i = 0; i < half; i++)
            lanes[i] += lanes[i + half];
    return lanes[0];
}

/* 0 for the zero vector without eps. */
FN_INLINE float norm_inverse(const float *x, size_t c, float eps)
{
    float sum = norm_dot(x, x, c) + eps;
    return sum == 0 ? 0 : 1 / sqrtf(sum);
}

#endif
