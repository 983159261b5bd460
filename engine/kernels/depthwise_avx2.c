/* SPDX-License-Identifier: MIT */
/* Depthwise convolution with AVX2. */
#include "engine/kernels/simd_avx2.h"

#include "engine/kernels/depthwise_impl.h"
#include "engine/kernels/kernels_priv.h"

void fn_depthwise_table_avx2(struct fn_depthwise_table *t)
{
    *t = DEPTHWISE_TABLE;
}
