/* SPDX-License-Identifier: MIT */
/* Element-by-element kernels with AVX-512. */
#include "engine/kernels/simd_avx512.h"

#include "engine/kernels/elem_impl.h"
#include "engine/kernels/kernels_priv.h"

void fn_elem_table_avx512(struct fn_elem_table *t)
{
    *t = ELEM_TABLE;
}
