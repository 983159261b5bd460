/* What the kernel templates share, written over the names of a simd_*.h included before. */
#ifndef FN_ENGINE_KERNELS_SIMD_COMMON_H
#define FN_ENGINE_KERNELS_SIMD_COMMON_H

#include <stdbool.h>

#include "engine/kernels/kernels.h"

#define FN_INLINE static inline __attribute__((always_inline))
/* Before a loop of constant count whose body must end up as straight code on named registers. */
#if defined(__clang__)
#    define FN_UNROLL _Pragma("clang loop unroll(full)")
#else
#    define FN_UNROLL _Pragma("GCC unroll 64")
#endif

FN_INLINE vfloat v_act(vfloat x, enum fn_kact act, const float *slope)
{
    if (act == FN_KACT_SLOPE)
        return v_prelu(x, v_load(slope));
    if (act != FN_KACT_NONE)
        x = v_max(v_set1(0.0f), x); /* NaN passes */
    if (act == FN_KACT_RELU6)
        x = v_min(v_set1(6.0f), x);
    return x;
}

#endif
