/* SPDX-License-Identifier: MIT */
/* Eight floats with AVX2 and FMA; see simd_c.h. */
#ifndef FN_ENGINE_KERNELS_SIMD_AVX2_H
#define FN_ENGINE_KERNELS_SIMD_AVX2_H

#include <immintrin.h>
#include <stddef.h>
#include <stdint.h>

enum { VLANES = 8 };
typedef __m256 vfloat;
typedef __m256 vmask;

static inline vfloat v_set1(float x)
{
    return _mm256_set1_ps(x);
}

static inline vfloat v_load(const float *p)
{
    return _mm256_loadu_ps(p);
}

static inline void v_store(float *p, vfloat v)
{
    _mm256_storeu_ps(p, v);
}

static inline __m256i v_lanes(size_t n)
{
    return _mm256_cmpgt_epi32(_mm256_set1_epi32((int)n),
                              _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}

static inline vfloat v_load_n(const float *p, size_t n)
{
    return _mm256_maskload_ps(p, v_lanes(n));
}

static inline void v_store_n(float *p, vfloat v, size_t n)
{
    _mm256_maskstore_ps(p, v_lanes(n), v);
}

static inline vfloat v_add(vfloat a, vfloat b)
{
    return _mm256_add_ps(a, b);
}

static inline vfloat v_mul(vfloat a, vfloat b)
{
    return _mm256_mul_ps(a, b);
}

static inline vfloat v_fma(vfloat a, vfloat b, vfloat c)
{
    return _mm256_fmadd_ps(a, b, c);
}

static inline vfloat v_max(vfloat a, vfloat b)
{
    return _mm256_max_ps(a, b);
}

static inline vfloat v_min(vfloat a, vfloat b)
{
    return _mm256_min_ps(a, b);
}

static inline vfloat v_sub(vfloat a, vfloat b)
{
    return _mm256_sub_ps(a, b);
}

static inline vfloat v_div(vfloat a, vfloat b)
{
    return _mm256_div_ps(a, b);
}

static inline vfloat v_sqrt(vfloat x)
{
    return _mm256_sqrt_ps(x);
}

static inline vfloat v_select(vmask m, vfloat a, vfloat b)
{
    return _mm256_blendv_ps(b, a, m);
}

static inline vmask v_eq(vfloat a, vfloat b)
{
    return _mm256_cmp_ps(a, b, _CMP_EQ_OQ);
}

static inline vmask v_lt(vfloat a, vfloat b)
{
    return _mm256_cmp_ps(a, b, _CMP_LT_OQ);
}

static inline vmask m_none(void)
{
    return _mm256_setzero_ps();
}

static inline vmask m_or(vmask a, vmask b)
{
    return _mm256_or_ps(a, b);
}

static inline vmask m_and(vmask a, vmask b)
{
    return _mm256_and_ps(a, b);
}

static inline vmask m_but(vmask a, vmask b)
{
    return _mm256_andnot_ps(b, a);
}

static inline vfloat v_prelu(vfloat x, vfloat slope)
{
    /* blendv reads the sign bit alone; -0 * slope and NaN * slope are correct */
    return _mm256_blendv_ps(x, _mm256_mul_ps(x, slope), x);
}

#endif
