/* SPDX-License-Identifier: MIT */
/* Normalising kernels with AVX2. */
#include "engine/kernels/simd_avx2.h"

#include "engine/kernels/kernels_priv.h"
#include "engine/kernels/norm_impl.h"

void fn_norm_table_avx2(struct fn_norm_table *t)
{
    *t = NORM_TABLE;
}
