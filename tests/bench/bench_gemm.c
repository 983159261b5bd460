/* SPDX-License-Identifier: MIT */
/* GFLOP/s of sgemm on one thread for some seconds. Measured together with two workers, it shows
 * how far the cores of this machine scale. */
#include <stdio.h>
#include <stdlib.h>

#include "engine/base/arena.h"
#include "engine/base/clock.h"
#include "engine/kernels/gemm.h"

int main(void)
{
    enum { N = 768 };
    float *a = fn_alloc_aligned(N * N, sizeof *a), *b = fn_alloc_aligned(N * N, sizeof *b),
          *c = fn_alloc_aligned(N * N, sizeof *c);
    if (!a || !b || !c)
        return 1;
    for (size_t i = 0; i < N * N; i++)
        a[i] = b[i] = (float)(i % 7) * .25f;
    const struct fn_gemm g = {.m = N,
                              .n = N,
                              .k = N,
                              .a = a,
                              .lda = N,
                              .b = b,
                              .ldb = N,
                              .c = c,
                              .ldc = N,
                              .alpha = 1};
    uint64_t t0 = fn_clock_mono_ns(), t = t0, n = 0;
    while (t - t0 < 3000000000u) {
        fn_gemm(&g);
        n++;
        t = fn_clock_mono_ns();
    }
    printf("%.1f\n", 2.0 * N * N * N * (double)n / (double)(t - t0));
    free(a);
    free(b);
    free(c);
    return 0;
}
