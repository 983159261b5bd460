/* SPDX-License-Identifier: MIT */
/* Backward kernels in portable C. */
#include "engine/kernels/simd_c.h"

#include "engine/kernels/depthwise_grad_impl.h"
#include "engine/kernels/grad_impl.h"
#include "engine/kernels/kernels_priv.h"
#include "engine/kernels/outer_impl.h"

void fn_grad_table_c(struct fn_grad_table *t)
{
    *t = GRAD_TABLE;
}
