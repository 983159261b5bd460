/* Depthwise convolution with AVX-512. */
#include "engine/kernels/simd_avx512.h"

#include "engine/kernels/depthwise_impl.h"
#include "engine/kernels/kernels_priv.h"

DEPTHWISE_TABLE(8)

void fn_depthwise_table_avx512(struct fn_depthwise_table *t)
{
    *t = depthwise_table;
}
