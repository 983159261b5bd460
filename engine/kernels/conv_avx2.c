/* SPDX-License-Identifier: MIT */
/* Convolution tiles with AVX2: 6 x 2 vectors are 12 sums, 2 weights and a broadcast of 16
 * registers. */
#include "engine/kernels/simd_avx2.h"

#include "engine/kernels/conv_impl.h"
#include "engine/kernels/kernels_priv.h"

CONV_TILES_12(1)
CONV_TILES_6(2)
CONV_TILES_4(3)

void fn_conv_table_avx2(struct fn_conv_table *t)
{
    *t = (struct fn_conv_table){
        .lanes = VLANES,
        .nv = 3,
        .mr = {12, 6, 4},
        .tile = {{CONV_NAMES_12(1)}, {CONV_NAMES_6(2)}, {CONV_NAMES_4(3)}},
    };
}
