/* SPDX-License-Identifier: MIT */
/* Pools in portable C. */
#include "engine/kernels/simd_c.h"

#include "engine/kernels/kernels_priv.h"
#include "engine/kernels/pool_impl.h"

void fn_pool_table_c(struct fn_pool_table *t)
{
    *t = POOL_TABLE;
}
