/* SPDX-License-Identifier: MIT */
/* Pools with AVX-512. */
#include "engine/kernels/simd_avx512.h"

#include "engine/kernels/kernels_priv.h"
#include "engine/kernels/pool_impl.h"

void fn_pool_table_avx512(struct fn_pool_table *t)
{
    *t = POOL_TABLE;
}
