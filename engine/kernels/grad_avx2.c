/* SPDX-License-Identifier: MIT */
/* Backward kernels with AVX2. */
#include "engine/kernels/simd_avx2.h"

#include "engine/kernels/depthwise_grad_impl.h"
#include "engine/kernels/grad_impl.h"
#include "engine/kernels/kernels_priv.h"
#include "engine/kernels/outer_impl.h"

void fn_grad_table_avx2(struct fn_grad_table *t)
{
    *t = GRAD_TABLE;
}
