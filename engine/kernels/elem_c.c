/* SPDX-License-Identifier: MIT */
/* Element-by-element kernels in portable C. */
#include "engine/kernels/simd_c.h"

#include "engine/kernels/elem_impl.h"
#include "engine/kernels/kernels_priv.h"

void fn_elem_table_c(struct fn_elem_table *t)
{
    *t = ELEM_TABLE;
}
