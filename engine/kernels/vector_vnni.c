/* SPDX-License-Identifier: MIT */
/* Distances between stored embeddings with AVX-512 VNNI: vpdpwssd is vpmaddwd and the addition
 * in one (without saturation). */
#include <immintrin.h>

#include "engine/kernels/vector_priv.h"

INLINE __m512i dot(__m512i acc, __m512i a, __m512i b)
{
    return _mm512_dpwssd_epi32(acc, a, b);
}

#include "engine/kernels/vector_avx512_impl.h"

const struct fn_vector_kernels fn_vector_vnni = {
    .d2 = d2, .d2_rows = d2_rows, .d2_tile = d2_tile};
