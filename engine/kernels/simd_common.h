/* SPDX-License-Identifier: MIT */
/* What the kernel templates share, written over the names of a simd_*.h included before. */
#ifndef FN_ENGINE_KERNELS_SIMD_COMMON_H
#define FN_ENGINE_KERNELS_SIMD_COMMON_H

#include <stdbool.h>

#include "engine/kernels/kernels.h"

#define FN_INLINE static inline __attribute__((always_inline))
/* Before a loop of constant count whose body must end up as straight code on named registers.
 */
#if defined(__clang__)
#    define FN_UNROLL _Pragma("clang loop unroll(full)")
#else
#    define FN_UNROLL _Pragma("GCC unroll 64")
#endif

FN_INLINE vfloat v_act(vfloat x, enum fn_kact act, vfloat slope)
{
    if (act == FN_KACT_SLOPE)
        return v_prelu(x, slope);
    if (act != FN_KACT_NONE)
        x = v_max(v_set1(0.0f), x); /* NaN passes */
    if (act == FN_KACT_RELU6)
        x = v_min(v_set1(6.0f), x);
    return x;
}

/* lanes: how many of the vector; VLANES as a constant makes it a plain load or store. */
FN_INLINE vfloat v_load_lanes(const float *p, size_t lanes)
{
    return lanes == VLANES ? v_load(p) : v_load_n(p, lanes);
}

FN_INLINE void v_store_lanes(float *p, vfloat v, size_t lanes)
{
    if (lanes == VLANES)
        v_store(p, v);
    else
        v_store_n(p, v, lanes);
}

#endif
