/* SPDX-License-Identifier: MIT */
/* Distances between stored embeddings with AVX-512BW: vpmaddwd makes 16 int32 of 32 pairs of
 * int16. */
#include <immintrin.h>

#include "engine/kernels/vector_priv.h"

INLINE __m512i dot(__m512i acc, __m512i a, __m512i b)
{
    return _mm512_add_epi32(acc, _mm512_madd_epi16(a, b));
}

#include "engine/kernels/vector_avx512_impl.h"

const struct fn_vector_kernels fn_vector_avx512 = {
    .d2 = d2, .d2_rows = d2_rows, .d2_tile = d2_tile};
