/* SPDX-License-Identifier: MIT */
/* Blocks of distances; see distance_blocks.h. */
#include "engine/eval/distance_blocks.h"

#include <errno.h>
#include <stdlib.h>

#include "engine/kernels/gemm.h"

void fn_block_d2(const float *a, size_t n_a, const float *b, size_t n_b, size_t dim, float *d2)
{
    const struct fn_gemm g = {.trans_b = true,
                              .m = n_a,
                              .n = n_b,
                              .k = dim,
                              .alpha = -2,
                              .a = a,
                              .b = b,
                              .lda = dim,
                              .ldb = dim,
                              .ldc = n_b,
                              .c = d2};
    fn_gemm(&g);
    for (size_t i = 0; i < n_a * n_b; i++) {
        float d = 2 + d2[i];
        d2[i] = d < 0 ? 0 : d > 4 ? 4 : d;
    }
}

static size_t rows_from(size_t at, size_t n)
{
    return n - at < FN_BLOCK_ROWS ? n - at : FN_BLOCK_ROWS;
}

int fn_each_block(const float *a, size_t n_a, const float *b, size_t n_b, size_t dim,
                  fn_block_visit visit, void *ctx)
{
    float *d2 = malloc(sizeof *d2 * FN_BLOCK_ROWS * FN_BLOCK_ROWS);
    if (!d2)
        return -ENOMEM;
    for (size_t i = 0; i < n_a; i += FN_BLOCK_ROWS) {
        size_t n_i = rows_from(i, n_a), end = b ? n_b : i + n_i;
        for (size_t j = 0; j < end; j += FN_BLOCK_ROWS) {
            size_t n_j = rows_from(j, end);
            fn_block_d2(a + i * dim, n_i, (b ? b : a) + j * dim, n_j, dim, d2);
            visit(ctx, d2, i, n_i, j, n_j);
        }
    }
    free(d2);
    return 0;
}
