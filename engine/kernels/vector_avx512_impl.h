/* SPDX-License-Identifier: MIT */
/* Distances between stored embeddings with 512-bit registers, for files that define `dot`
 * (vector_impl.h). */
typedef __m512i vec;
enum {
    LANES = 32, /* a row is width / 32 registers */
    PANEL_LANES = 16,
    X_BLOCK = 8 /* 16 sums, 2 registers of rows and a broadcast fit 32 registers */
};

INLINE vec zero(void)
{
    return _mm512_setzero_si512();
}

INLINE vec splat(int32_t v)
{
    return _mm512_set1_epi32(v);
}

INLINE vec finish(vec xx, vec yy, vec xy)
{
    return _mm512_sub_epi32(_mm512_add_epi32(xx, yy), _mm512_slli_epi32(xy, 1));
}

/* A full register is stored without a mask: masked stores are slow on some machines. */
INLINE void store(uint32_t *out, size_t n, vec v)
{
    if (n >= PANEL_LANES)
        _mm512_storeu_si512(out, v);
    else
        _mm512_mask_storeu_epi32(out, (__mmask16)((1u << n) - 1), v);
}

/* lane i of the result: sum of all lanes of the i-th argument */
INLINE __m128i four_sums(vec a, vec b, vec c, vec d)
{
    vec ab = _mm512_add_epi32(_mm512_unpacklo_epi32(a, b), _mm512_unpackhi_epi32(a, b));
    vec cd = _mm512_add_epi32(_mm512_unpacklo_epi32(c, d), _mm512_unpackhi_epi32(c, d));
    vec q = _mm512_add_epi32(_mm512_unpacklo_epi64(ab, cd), _mm512_unpackhi_epi64(ab, cd));
    __m256i h = _mm256_add_epi32(_mm512_castsi512_si256(q), _mm512_extracti64x4_epi64(q, 1));
    return _mm_add_epi32(_mm256_castsi256_si128(h), _mm256_extracti128_si256(h, 1));
}

INLINE uint32_t norm2(const int16_t *x, size_t width)
{
    vec xx = zero();
    for (size_t i = 0; i < width; i += LANES)
        xx = dot(xx, _mm512_loadu_si512(x + i), _mm512_loadu_si512(x + i));
    return (uint32_t)_mm_cvtsi128_si32(four_sums(xx, zero(), zero(), zero()));
}

/* sums of y.y - 2 x.y of n <= 4 rows, lane i for row i */
INLINE __m128i rows_of(const int16_t *x, const int16_t *rows, const size_t n, size_t width)
{
    vec yy[4], xy[4];
    for (size_t r = 0; r < 4; r++)
        yy[r] = xy[r] = zero();
    for (size_t i = 0; i < width; i += LANES) {
        vec v = _mm512_loadu_si512(x + i);
#pragma GCC unroll 4
        for (size_t r = 0; r < n; r++) {
            vec y = _mm512_loadu_si512(rows + r * width + i);
            yy[r] = dot(yy[r], y, y);
            xy[r] = dot(xy[r], v, y);
        }
    }
    for (size_t r = 0; r < n; r++)
        yy[r] = _mm512_sub_epi32(yy[r], _mm512_slli_epi32(xy[r], 1));
    return four_sums(yy[0], yy[1], yy[2], yy[3]);
}

/* Four rows are summed across lanes together, so that the sums cost one transposition. */
INLINE void rows_any(uint32_t *out, const int16_t *x, const int16_t *rows, size_t n,
                     size_t width)
{
    uint32_t norm = norm2(x, width);
    __m128i norms = _mm_set1_epi32((int)norm);
    size_t r = 0;
    for (; r + 4 <= n; r += 4) {
        __m128i s = rows_of(x, rows + r * width, 4, width);
        _mm_storeu_si128((__m128i *)(void *)(out + r), _mm_add_epi32(s, norms));
    }
    for (; r < n; r++)
        out[r] = norm + (uint32_t)_mm_cvtsi128_si32(rows_of(x, rows + r * width, 1, width));
}

/* The 16 bytes at value i of rows r, r + 4, r + 8 and r + 12, of n rows; 0 for rows that are
 * not there. */
INLINE vec four_quarters(const int16_t *rows, size_t r, size_t n, size_t i, size_t width)
{
    vec v = zero();
#pragma GCC unroll 4
    for (size_t q = 0; q < 4; q++) {
        const int16_t *p = rows + (r + 4 * q) * width + i;
        if (r + 4 * q < n)
            v = _mm512_mask_broadcast_i32x4(v, (__mmask16)(0xfu << 4 * q),
                                            _mm_loadu_si128((const __m128i *)(const void *)p));
    }
    return v;
}

/* Packs n <= 16 rows into registers panel[2 * k]; *ret_norms are their squared lengths. */
INLINE void pack_n(vec *panel, const int16_t *rows, size_t n, size_t width, vec *ret_norms)
{
    vec yy = zero();
    for (size_t i = 0; i < width; i += 8, panel += 8) {
        vec a = four_quarters(rows, 0, n, i, width), b = four_quarters(rows, 1, n, i, width);
        vec c = four_quarters(rows, 2, n, i, width), d = four_quarters(rows, 3, n, i, width);
        vec ab = _mm512_unpacklo_epi32(a, b), cd = _mm512_unpacklo_epi32(c, d);
        vec ef = _mm512_unpackhi_epi32(a, b), gh = _mm512_unpackhi_epi32(c, d);
        panel[0] = _mm512_unpacklo_epi64(ab, cd);
        panel[2] = _mm512_unpackhi_epi64(ab, cd);
        panel[4] = _mm512_unpacklo_epi64(ef, gh);
        panel[6] = _mm512_unpackhi_epi64(ef, gh);
        for (size_t k = 0; k < 8; k += 2)
            yy = dot(yy, panel[k], panel[k]);
    }
    *ret_norms = yy;
}

static void pack(vec *panel, const int16_t *rows, size_t n, size_t width, vec *ret_norms)
{
    if (n >= PANEL_LANES)
        pack_n(panel, rows, PANEL_LANES, width, ret_norms);
    else
        pack_n(panel, rows, n, width, ret_norms);
}

#include "engine/kernels/vector_impl.h"
