/* SPDX-License-Identifier: MIT */
/* Normalising kernels in portable C. */
#include "engine/kernels/simd_c.h"

#include "engine/kernels/kernels_priv.h"
#include "engine/kernels/norm_impl.h"

void fn_norm_table_c(struct fn_norm_table *t)
{
    *t = NORM_TABLE;
}
