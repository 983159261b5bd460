/* SPDX-License-Identifier: MIT */
/* Distances between stored embeddings with AVX2: vpmaddwd multiplies 16 pairs of int16 and adds
 * neighbours into 8 int32. */
#include <immintrin.h>

#include "engine/kernels/vector_priv.h"

typedef __m256i vec;
enum {
    LANES = 16, /* a row is width / 16 registers */
    PANEL_LANES = 8,
    X_BLOCK = 4 /* 8 sums, 2 registers of rows, a broadcast and products fit 16 registers */
};

INLINE vec load(const int16_t *p)
{
    return _mm256_loadu_si256((const __m256i *)(const void *)p);
}

INLINE vec dot(vec acc, vec a, vec b)
{
    acc = _mm256_add_epi32(acc, _mm256_madd_epi16(a, b));
    __asm__(""
            : "+x"(acc)); /* one sum after the other: gcc makes all products first and spills */
    return acc;
}

INLINE vec zero(void)
{
    return _mm256_setzero_si256();
}

INLINE vec splat(int32_t v)
{
    return _mm256_set1_epi32(v);
}

INLINE vec finish(vec xx, vec yy, vec xy)
{
    return _mm256_sub_epi32(_mm256_add_epi32(xx, yy), _mm256_slli_epi32(xy, 1));
}

INLINE void store(uint32_t *out, size_t n, vec v)
{
    uint32_t lanes[PANEL_LANES];
    if (n >= PANEL_LANES) {
        _mm256_storeu_si256((__m256i *)(void *)out, v);
        return;
    }
    _mm256_storeu_si256((__m256i *)(void *)lanes, v);
    memcpy(out, lanes, n * sizeof *out);
}

INLINE uint32_t lane_sum(vec v)
{
    __m128i s = _mm_add_epi32(_mm256_castsi256_si128(v), _mm256_extracti128_si256(v, 1));
    s = _mm_add_epi32(s, _mm_shuffle_epi32(s, 0x4e));
    s = _mm_add_epi32(s, _mm_shuffle_epi32(s, 0xb1));
    return (uint32_t)_mm_cvtsi128_si32(s);
}

INLINE uint32_t norm2(const int16_t *x, size_t width)
{
    vec xx = zero();
    for (size_t i = 0; i < width; i += LANES)
        xx = dot(xx, load(x + i), load(x + i));
    return lane_sum(xx);
}

INLINE void rows_any(uint32_t *out, const int16_t *x, const int16_t *rows, size_t n,
                     size_t width)
{
    uint32_t norm = norm2(x, width);
    for (size_t r = 0; r < n; r++) {
        vec yy = zero(), xy = zero();
        for (size_t i = 0; i < width; i += LANES) {
            vec y = load(rows + r * width + i);
            yy = dot(yy, y, y);
            xy = dot(xy, load(x + i), y);
        }
        out[r] = norm + lane_sum(_mm256_sub_epi32(yy, _mm256_slli_epi32(xy, 1)));
    }
}

/* The 16 bytes at value i of rows r and r + 4, of n rows; 0 for rows that are not there. */
INLINE vec two_halves(const int16_t *rows, size_t r, size_t n, size_t i, size_t width)
{
    __m128i v[2] = {_mm_setzero_si128(), _mm_setzero_si128()};
    for (size_t h = 0; h < 2; h++)
        if (r + 4 * h < n)
            v[h] = _mm_loadu_si128(
                (const __m128i *)(const void *)(rows + (r + 4 * h) * width + i));
    return _mm256_inserti128_si256(_mm256_castsi128_si256(v[0]), v[1], 1);
}

/* Packs n <= 8 rows into registers panel[2 * k]; *ret_norms are their squared lengths. */
INLINE void pack_n(vec *panel, const int16_t *rows, size_t n, size_t width, vec *ret_norms)
{
    vec yy = zero();
    for (size_t i = 0; i < width; i += 8, panel += 8) {
        vec a = two_halves(rows, 0, n, i, width), b = two_halves(rows, 1, n, i, width);
        vec c = two_halves(rows, 2, n, i, width), d = two_halves(rows, 3, n, i, width);
        vec ab = _mm256_unpacklo_epi32(a, b), cd = _mm256_unpacklo_epi32(c, d);
        vec ef = _mm256_unpackhi_epi32(a, b), gh = _mm256_unpackhi_epi32(c, d);
        panel[0] = _mm256_unpacklo_epi64(ab, cd);
        panel[2] = _mm256_unpackhi_epi64(ab, cd);
        panel[4] = _mm256_unpacklo_epi64(ef, gh);
        panel[6] = _mm256_unpackhi_epi64(ef, gh);
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

const struct fn_vector_kernels fn_vector_avx2 = {
    .d2 = d2, .d2_rows = d2_rows, .d2_tile = d2_tile};
