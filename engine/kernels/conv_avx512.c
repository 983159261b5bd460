/* SPDX-License-Identifier: MIT */
/* Convolution tiles with AVX-512: 14 x 2, 9 x 3 or 6 x 4 vectors of sums in 32 registers. */
#include "engine/kernels/simd_avx512.h"

#include "engine/kernels/conv_impl.h"
#include "engine/kernels/kernels_priv.h"

CONV_TILES_14(1)
CONV_TILES_14(2)
CONV_TILES_9(3)
CONV_TILES_6(4)

void fn_conv_table_avx512(struct fn_conv_table *t)
{
    *t = (struct fn_conv_table){
        .lanes = VLANES,
        .nv = 4,
        .mr = {14, 14, 9, 6},
        .tile = {{CONV_NAMES_14(1)}, {CONV_NAMES_14(2)}, {CONV_NAMES_9(3)}, {CONV_NAMES_6(4)}},
    };
}
