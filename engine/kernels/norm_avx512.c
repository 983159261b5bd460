/* SPDX-License-Identifier: MIT */
/* Normalising kernels with AVX-512. */
#include "engine/kernels/simd_avx512.h"

#include "engine/kernels/kernels_priv.h"
#include "engine/kernels/norm_impl.h"

void fn_norm_table_avx512(struct fn_norm_table *t)
{
    *t = NORM_TABLE;
}
