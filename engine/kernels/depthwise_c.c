/* SPDX-License-Identifier: MIT */
/* Depthwise convolution in portable C. */
#include "engine/kernels/simd_c.h"

#include "engine/kernels/depthwise_impl.h"
#include "engine/kernels/kernels_priv.h"

void fn_depthwise_table_c(struct fn_depthwise_table *t)
{
    *t = DEPTHWISE_TABLE;
}
