/* SPDX-License-Identifier: MIT */
/* Distances between stored embeddings: the C version, which is the specification, and the
 * choice.
 *
 * All sums are modulo 2^32. For vectors from fn_q14_from_float nothing wraps. For anything else
 * (a damaged record) every version still gives the same number, because wrapping sums do not
 * depend on their order.
 */
#include "engine/kernels/vector.h"

#include <math.h>

#include "engine/kernels/cpu.h"
#include "engine/kernels/vector_priv.h"

enum { Q14_ONE = 16384 };

void fn_q14_from_float(int16_t *out, const float *e, size_t width)
{
    for (size_t i = 0; i < width; i++) {
        /* nearbyint rounds half to even in the default rounding mode; NaN becomes 0 */
        float x = nearbyintf(e[i] * (float)Q14_ONE);
        if (!(x >= -(float)Q14_ONE))
            x = isnan(x) ? 0.0f : -(float)Q14_ONE;
        if (x > (float)Q14_ONE)
            x = (float)Q14_ONE;
        out[i] = (int16_t)x;
    }
}

void fn_q14_to_float(float *out, const int16_t *x, size_t width)
{
    double norm2 = 0;
    for (size_t i = 0; i < width; i++)
        norm2 += (double)x[i] * x[i];
    double scale = norm2 > 0 ? 1 / sqrt(norm2) : 0;
    for (size_t i = 0; i < width; i++)
        out[i] = (float)(x[i] * scale);
}

static uint32_t product(int16_t a, int16_t b)
{
    return (uint32_t)((int32_t)a * b);
}

static uint32_t d2_c(const int16_t *x, const int16_t *y, size_t width)
{
    uint32_t sum = 0;
    for (size_t i = 0; i < width; i++)
        sum += product(x[i], x[i]) + product(y[i], y[i]) - 2 * product(x[i], y[i]);
    return sum;
}

static void d2_rows_c(uint32_t *out, const int16_t *x, const int16_t *rows, size_t n,
                      size_t width)
{
    for (size_t i = 0; i < n; i++)
        out[i] = d2_c(x, rows + i * width, width);
}

static void d2_tile_c(uint32_t *out, size_t out_stride, const int16_t *x, size_t nx,
                      const int16_t *rows, size_t n, size_t width)
{
    for (size_t i = 0; i < nx; i++)
        d2_rows_c(out + i * out_stride, x + i * width, rows, n, width);
}

static const struct fn_vector_kernels vector_c = {
    .d2 = d2_c, .d2_rows = d2_rows_c, .d2_tile = d2_tile_c};

const struct fn_vector_kernels *fn_vector_kernels(unsigned flags)
{
    flags = fn_cpu_resolve(flags);
#if defined(__x86_64__)
    if (flags & FN_CPU_VNNI)
        return &fn_vector_vnni;
    if (flags & FN_CPU_AVX512)
        return &fn_vector_avx512;
    if (flags & FN_CPU_AVX2)
        return &fn_vector_avx2;
#endif
    (void)flags;
    return &vector_c;
}
