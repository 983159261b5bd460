/* SPDX-License-Identifier: MIT */
/* Convolution tiles in portable C. */
#include "engine/kernels/simd_c.h"

#include "engine/kernels/conv_impl.h"
#include "engine/kernels/kernels_priv.h"

CONV_TILES_6(1)
CONV_TILES_6(2)

void fn_conv_table_c(struct fn_conv_table *t)
{
    *t = (struct fn_conv_table){
        .lanes = VLANES,
        .nv = 2,
        .mr = {6, 6},
        .tile = {{CONV_NAMES_6(1)}, {CONV_NAMES_6(2)}},
    };
}
