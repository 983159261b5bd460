/* SPDX-License-Identifier: MIT */
/* Sixteen floats with AVX-512F; see simd_c.h. */
#ifndef FN_ENGINE_KERNELS_SIMD_AVX512_H
#define FN_ENGINE_KERNELS_SIMD_AVX512_H

#include <immintrin.h>
#include <stddef.h>
#include <stdint.h>

enum { VLANES = 16 };
typedef __m512 vfloat;
typedef __mmask16 vmask;

static inline vfloat v_set1(float x)
{
    return _mm512_set1_ps(x);
}

static inline vfloat v_load(const float *p)
{
    return _mm512_loadu_ps(p);
}

static inline void v_store(float *p, vfloat v)
{
    _mm512_storeu_ps(p, v);
}

static inline __mmask16 v_lanes(size_t n)
{
    return (__mmask16)((1u << n) - 1u);
}

static inline vfloat v_load_n(const float *p, size_t n)
{
    return _mm512_maskz_loadu_ps(v_lanes(n), p);
}

static inline void v_store_n(float *p, vfloat v, size_t n)
{
    _mm512_mask_storeu_ps(p, v_lanes(n), v);
}

static inline vfloat v_add(vfloat a, vfloat b)
{
    return _mm512_add_ps(a, b);
}

static inline vfloat v_mul(vfloat a, vfloat b)
{
    return _mm512_mul_ps(a, b);
}

static inline vfloat v_fma(vfloat a, vfloat b, vfloat c)
{
    return _mm512_fmadd_ps(a, b, c);
}

static inline vfloat v_max(vfloat a, vfloat b)
{
    return _mm512_max_ps(a, b);
}

static inline vfloat v_min(vfloat a, vfloat b)
{
    return _mm512_min_ps(a, b);
}

static inline vfloat v_sub(vfloat a, vfloat b)
{
    return _mm512_sub_ps(a, b);
}

static inline vfloat v_div(vfloat a, vfloat b)
{
    return _mm512_div_ps(a, b);
}

static inline vfloat v_sqrt(vfloat x)
{
    return _mm512_sqrt_ps(x);
}

static inline vfloat v_select(vmask m, vfloat a, vfloat b)
{
    return _mm512_mask_blend_ps(m, b, a);
}

static inline vmask v_eq(vfloat a, vfloat b)
{
    return _mm512_cmp_ps_mask(a, b, _CMP_EQ_OQ);
}

static inline vmask v_lt(vfloat a, vfloat b)
{
    return _mm512_cmp_ps_mask(a, b, _CMP_LT_OQ);
}

static inline vmask m_none(void)
{
    return 0;
}

static inline vmask m_or(vmask a, vmask b)
{
    return (vmask)(a | b);
}

static inline vmask m_and(vmask a, vmask b)
{
    return (vmask)(a & b);
}

static inline vmask m_but(vmask a, vmask b)
{
    return (vmask)(a & ~b);
}

static inline vfloat v_prelu(vfloat x, vfloat slope)
{
    __mmask16 negative = _mm512_cmp_ps_mask(x, _mm512_setzero_ps(), _CMP_LT_OQ);
    return _mm512_mask_mul_ps(x, negative, x, slope);
}

#endif
