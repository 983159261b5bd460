/* SPDX-License-Identifier: MIT */
/* Four floats as a compiler vector: SSE2 on x86-64, NEON on ARM, plain code elsewhere. One of
 * three headers (simd_c.h, simd_avx2.h, simd_avx512.h) with the same names, of which a kernel
 * file includes exactly one before a *_impl.h. Loads and stores of n lanes touch no others;
 * lanes not loaded are zero. */
#ifndef FN_ENGINE_KERNELS_SIMD_C_H
#define FN_ENGINE_KERNELS_SIMD_C_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { VLANES = 4 };
typedef float vfloat __attribute__((vector_size(16)));
typedef int32_t vmask __attribute__((vector_size(16)));

static inline vfloat v_set1(float x)
{
    return (vfloat){x, x, x, x};
}

static inline vfloat v_load(const float *p)
{
    vfloat v;
    memcpy(&v, p, sizeof v);
    return v;
}

static inline void v_store(float *p, vfloat v)
{
    memcpy(p, &v, sizeof v);
}

static inline vfloat v_load_n(const float *p, size_t n)
{
    vfloat v = v_set1(0.0f);
    memcpy(&v, p, n * sizeof *p);
    return v;
}

static inline void v_store_n(float *p, vfloat v, size_t n)
{
    memcpy(p, &v, n * sizeof *p);
}

static inline vfloat v_add(vfloat a, vfloat b)
{
    return a + b;
}

static inline vfloat v_mul(vfloat a, vfloat b)
{
    return a * b;
}

static inline vfloat v_fma(vfloat a, vfloat b, vfloat c)
{
    return a * b + c;
}

static inline vfloat v_select(vmask m, vfloat a, vfloat b)
{
    return (vfloat)((m & (vmask)a) | (~m & (vmask)b));
}

/* The larger one; b when either is NaN. */
static inline vfloat v_max(vfloat a, vfloat b)
{
    return v_select(a > b, a, b);
}

static inline vfloat v_min(vfloat a, vfloat b)
{
    return v_select(a < b, a, b);
}

static inline vfloat v_sub(vfloat a, vfloat b)
{
    return a - b;
}

static inline vfloat v_div(vfloat a, vfloat b)
{
    return a / b;
}

static inline vfloat v_sqrt(vfloat x)
{
    return (vfloat){sqrtf(x[0]), sqrtf(x[1]), sqrtf(x[2]), sqrtf(x[3])};
}

/* ---- masks: a lane is true or false ---- */

static inline vmask v_eq(vfloat a, vfloat b)
{
    return a == b;
}

static inline vmask v_lt(vfloat a, vfloat b)
{
    return a < b;
}

static inline vmask m_none(void)
{
    return (vmask){0};
}

static inline vmask m_or(vmask a, vmask b)
{
    return a | b;
}

static inline vmask m_and(vmask a, vmask b)
{
    return a & b;
}

static inline vmask m_but(vmask a, vmask b) /* a and not b */
{
    return a & ~b;
}

/* x < 0 ? slope * x : x */
static inline vfloat v_prelu(vfloat x, vfloat slope)
{
    return v_select(x < v_set1(0.0f), x * slope, x);
}

#endif
