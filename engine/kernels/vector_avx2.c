/* Distances between stored embeddings with AVX2: vpmaddwd multiplies 16 pairs of int16 and adds
 * neighbours into 8 int32. */
#include <immintrin.h>

#include "engine/kernels/vector_priv.h"

enum { LANES = 16, VECTORS = FN_DIM / LANES };

static inline __m256i load(const int16_t *p)
{
    return _mm256_loadu_si256((const __m256i *)(const void *)p);
}

static inline uint32_t lane_sum(__m256i v)
{
    __m128i s = _mm_add_epi32(_mm256_castsi256_si128(v), _mm256_extracti128_si256(v, 1));
    s = _mm_add_epi32(s, _mm_shuffle_epi32(s, 0x4e));
    s = _mm_add_epi32(s, _mm_shuffle_epi32(s, 0xb1));
    return (uint32_t)_mm_cvtsi128_si32(s);
}

/* sum of y.y - 2 x.y, lane by lane */
static inline __m256i partial(const __m256i x[VECTORS], const int16_t *row)
{
    __m256i yy = _mm256_setzero_si256(), xy = yy;
    for (int i = 0; i < VECTORS; i++) {
        __m256i y = load(row + i * LANES);
        yy = _mm256_add_epi32(yy, _mm256_madd_epi16(y, y));
        xy = _mm256_add_epi32(xy, _mm256_madd_epi16(x[i], y));
    }
    return _mm256_sub_epi32(yy, _mm256_slli_epi32(xy, 1));
}

static void d2_rows(uint32_t *out, const int16_t x[FN_DIM], const int16_t *rows, size_t n)
{
    __m256i v[VECTORS], xx = _mm256_setzero_si256();
    for (int i = 0; i < VECTORS; i++) {
        v[i] = load(x + i * LANES);
        xx = _mm256_add_epi32(xx, _mm256_madd_epi16(v[i], v[i]));
    }
    uint32_t norm = lane_sum(xx);
    for (size_t r = 0; r < n; r++)
        out[r] = norm + lane_sum(partial(v, rows + r * FN_DIM));
}

static uint32_t d2(const int16_t x[FN_DIM], const int16_t y[FN_DIM])
{
    uint32_t out;
    d2_rows(&out, x, y, 1);
    return out;
}

const struct fn_vector_kernels fn_vector_avx2 = {.d2 = d2, .d2_rows = d2_rows};
