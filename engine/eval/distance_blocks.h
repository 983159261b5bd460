/* SPDX-License-Identifier: MIT */
/* Squared distances of many unit vectors, computed by pairs of blocks of rows. For engine/eval
 * only. */
#ifndef FN_ENGINE_EVAL_DISTANCE_BLOCKS_H
#define FN_ENGINE_EVAL_DISTANCE_BLOCKS_H

#include <stddef.h>

#include "engine/base/error.h"

enum { FN_BLOCK_ROWS = 256 };

/* d2[i][j] = clamp(2 - 2 a_i . b_j, 0, 4), rows of n_b. a: n_a x dim, b: n_b x dim; d2: n_a x
 * n_b floats. */
void fn_block_d2(const float *a, size_t n_a, const float *b, size_t n_b, size_t dim, float *d2);

/* Calls visit for blocks that cover all i < n_a, j < n_b once. With b == NULL: all pairs i > j
 * of a once (a block on the diagonal is complete; the visitor ignores i <= j). i0, j0: first
 * row of each block. 0 or -ENOMEM. */
typedef void (*fn_block_visit)(void *ctx, const float *d2, size_t i0, size_t n_i, size_t j0,
                               size_t n_j);
FN_NODISCARD int fn_each_block(const float *a, size_t n_a, const float *b, size_t n_b,
                               size_t dim, fn_block_visit visit, void *ctx);

#endif
