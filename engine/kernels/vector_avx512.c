/* Distances between stored embeddings with AVX-512BW: a row is four registers, vpmaddwd makes 16 int32 of
 * each. Four rows are reduced together, so that the horizontal sums cost one transposition. */
#include <immintrin.h>

#include "engine/kernels/vector_priv.h"

enum { LANES = 32, VECTORS = FN_DIM / LANES };

static inline __m512i load(const int16_t *p)
{
    return _mm512_loadu_si512(p);
}

/* sum of y.y - 2 x.y, lane by lane */
static inline __m512i partial(const __m512i x[VECTORS], const int16_t *row)
{
    __m512i yy = _mm512_setzero_si512(), xy = yy;
    for (int i = 0; i < VECTORS; i++) {
        __m512i y = load(row + i * LANES);
        yy = _mm512_add_epi32(yy, _mm512_madd_epi16(y, y));
        xy = _mm512_add_epi32(xy, _mm512_madd_epi16(x[i], y));
    }
    return _mm512_sub_epi32(yy, _mm512_slli_epi32(xy, 1));
}

/* lane i of the result: sum of all lanes of the i-th argument */
static inline __m128i four_sums(__m512i a, __m512i b, __m512i c, __m512i d)
{
    __m512i ab = _mm512_add_epi32(_mm512_unpacklo_epi32(a, b), _mm512_unpackhi_epi32(a, b));
    __m512i cd = _mm512_add_epi32(_mm512_unpacklo_epi32(c, d), _mm512_unpackhi_epi32(c, d));
    __m512i q = _mm512_add_epi32(_mm512_unpacklo_epi64(ab, cd), _mm512_unpackhi_epi64(ab, cd));
    __m256i h = _mm256_add_epi32(_mm512_castsi512_si256(q), _mm512_extracti64x4_epi64(q, 1));
    return _mm_add_epi32(_mm256_castsi256_si128(h), _mm256_extracti128_si256(h, 1));
}

static inline uint32_t lane_sum(__m512i v)
{
    __m512i zero = _mm512_setzero_si512();
    return (uint32_t)_mm_cvtsi128_si32(four_sums(v, zero, zero, zero));
}

static void d2_rows(uint32_t *out, const int16_t x[FN_DIM], const int16_t *rows, size_t n)
{
    __m512i v[VECTORS], xx = _mm512_setzero_si512();
    for (int i = 0; i < VECTORS; i++) {
        v[i] = load(x + i * LANES);
        xx = _mm512_add_epi32(xx, _mm512_madd_epi16(v[i], v[i]));
    }
    uint32_t norm = lane_sum(xx);
    __m128i norms = _mm_set1_epi32((int)norm);
    size_t r = 0;
    for (; r + 4 <= n; r += 4) {
        const int16_t *p = rows + r * FN_DIM;
        __m128i s = four_sums(partial(v, p), partial(v, p + FN_DIM), partial(v, p + 2 * FN_DIM),
                              partial(v, p + 3 * FN_DIM));
        _mm_storeu_si128((__m128i *)(void *)(out + r), _mm_add_epi32(s, norms));
    }
    for (; r < n; r++)
        out[r] = norm + lane_sum(partial(v, rows + r * FN_DIM));
}

static uint32_t d2(const int16_t x[FN_DIM], const int16_t y[FN_DIM])
{
    uint32_t out;
    d2_rows(&out, x, y, 1);
    return out;
}

const struct fn_vector_kernels fn_vector_avx512 = {.d2 = d2, .d2_rows = d2_rows};
