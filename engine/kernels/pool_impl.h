/* SPDX-License-Identifier: MIT */
/* Pools as a template: a vector of channels at a time over the window. */
#ifndef FN_ENGINE_KERNELS_POOL_IMPL_H
#define FN_ENGINE_KERNELS_POOL_IMPL_H

#include "engine/kernels/simd_common.h"

enum pool_kind { POOL_MAX, POOL_AVG, POOL_L2 };

FN_INLINE void pool_run(const struct fn_pool_window *w, enum pool_kind kind)
{
    vfloat share = v_set1(1.0f / (float)(w->rows * w->cols));
    for (size_t i = 0; i < w->c; i += VLANES) {
        size_t n = w->c - i < VLANES ? w->c - i : VLANES;
        vfloat sum = v_load_lanes(w->in + i, n);
        if (kind == POOL_L2)
            sum = v_fma(sum, sum, v_set1(w->eps));
        for (size_t y = 0; y < w->rows; y++)
            for (size_t x = y == 0; x < w->cols; x++) {
                vfloat v = v_load_lanes(w->in + y * w->row_stride + x * w->in_stride + i, n);
                sum = kind == POOL_MAX   ? v_max(v, sum)
                      : kind == POOL_AVG ? v_add(v, sum)
                                         : v_fma(v, v, sum);
            }
        if (kind == POOL_AVG)
            sum = v_mul(sum, share);
        if (kind == POOL_L2)
            sum = v_sqrt(sum);
        v_store_lanes(w->out + i, sum, n);
    }
}

static void pool_max(const struct fn_pool_window *w)
{
    pool_run(w, POOL_MAX);
}

static void pool_avg(const struct fn_pool_window *w)
{
    pool_run(w, POOL_AVG);
}

static void pool_l2(const struct fn_pool_window *w)
{
    pool_run(w, POOL_L2);
}

#define POOL_TABLE ((struct fn_pool_table){.max = pool_max, .avg = pool_avg, .l2 = pool_l2})

#endif
