/* SPDX-License-Identifier: MIT */
/* Plain matrix product for shapes without packed kernels: C = alpha * op(A) * op(B) + beta * C,
 * row-major, op(X) = X or its transpose. Single precision, on the calling thread. The only use
 * of BLAS. */
#ifndef FN_ENGINE_KERNELS_GEMM_H
#define FN_ENGINE_KERNELS_GEMM_H

#include <stdbool.h>
#include <stddef.h>

struct fn_gemm {
    bool trans_a, trans_b;
    size_t m, n, k; /* op(A): m x k, op(B): k x n, C: m x n; each below 2^31 */
    float alpha, beta;
    const float *a, *b;
    size_t lda, ldb, ldc; /* floats between rows as stored */
    float *c;
};

void fn_gemm(const struct fn_gemm *g);
/* Loads BLAS now, and sets OPENBLAS_NUM_THREADS in the environment: to be called before a
 * sandbox that forbids opening files, and before threads start that read the environment.
 * false: BLAS is not available, products are slow. */
bool fn_gemm_load(void);

#endif
