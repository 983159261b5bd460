/* SPDX-License-Identifier: MIT */
/* dw += dy^T x as a template: the gradient of a matrix of weights. A tile of mr rows and nv
 * vectors of dw stays in registers over a block of pixels; each pixel broadcasts mr values of
 * dy and multiplies them with nv vectors of x. Both are read in place: the block's vectors of x
 * stay in the first-level cache while all rows of dw are processed. Only a panel whose last
 * vector is incomplete is copied, with zeros. */
#ifndef FN_ENGINE_KERNELS_OUTER_IMPL_H
#define FN_ENGINE_KERNELS_OUTER_IMPL_H

#include <string.h>

#include "engine/kernels/simd_common.h"

enum { OUTER_MR_MAX = 12, OUTER_NV_MAX = 4, OUTER_BLOCK = 128 };

struct outer_tile {
    float *dw;
    const float *dy, *x;
    size_t dw_stride, dy_stride, x_stride, pixels;
    size_t last; /* lanes of the last vector */
};
typedef void (*outer_fn)(const struct outer_tile *t);

FN_INLINE void outer_tile(const struct outer_tile *t, size_t mr, size_t nv)
{
    vfloat acc[OUTER_MR_MAX][OUTER_NV_MAX], b[OUTER_NV_MAX];
    FN_UNROLL
    for (size_t m = 0; m < mr; m++)
        FN_UNROLL
    for (size_t v = 0; v < nv; v++)
        acc[m][v] = v_set1(0.0f);
    const float *dy = t->dy, *x = t->x;
    for (size_t p = t->pixels; p; p--, dy += t->dy_stride, x += t->x_stride) {
        FN_UNROLL
        for (size_t v = 0; v < nv; v++)
            b[v] = v_load(x + v * VLANES);
        FN_UNROLL
        for (size_t m = 0; m < mr; m++) {
            vfloat a = v_set1(dy[m]);
            FN_UNROLL
            for (size_t v = 0; v < nv; v++)
                acc[m][v] = v_fma(a, b[v], acc[m][v]);
        }
    }
    FN_UNROLL
    for (size_t m = 0; m < mr; m++) {
        float *to = t->dw + m * t->dw_stride;
        FN_UNROLL
        for (size_t v = 0; v < nv; v++) {
            size_t lanes = v + 1 < nv ? VLANES : t->last;
            v_store_lanes(to + v * VLANES,
                          v_add(v_load_lanes(to + v * VLANES, lanes), acc[m][v]), lanes);
        }
    }
}

#define OUTER_TILE(mr, nv)                                                                     \
    static void outer_##mr##x##nv(const struct outer_tile *t)                                  \
    {                                                                                          \
        outer_tile(t, mr, nv);                                                                 \
    }
/* clang-format off */
#define OUTER_TILES_4(nv) OUTER_TILE(1, nv) OUTER_TILE(2, nv) OUTER_TILE(3, nv) OUTER_TILE(4, nv)
#define OUTER_TILES_6(nv) OUTER_TILES_4(nv) OUTER_TILE(5, nv) OUTER_TILE(6, nv)
#define OUTER_TILES_8(nv) OUTER_TILES_6(nv) OUTER_TILE(7, nv) OUTER_TILE(8, nv)
#define OUTER_TILES_12(nv) OUTER_TILES_8(nv) OUTER_TILE(9, nv) OUTER_TILE(10, nv) OUTER_TILE(11, nv) OUTER_TILE(12, nv)
#define OUTER_NAMES_4(nv) outer_1x##nv, outer_2x##nv, outer_3x##nv, outer_4x##nv
#define OUTER_NAMES_6(nv) OUTER_NAMES_4(nv), outer_5x##nv, outer_6x##nv
#define OUTER_NAMES_8(nv) OUTER_NAMES_6(nv), outer_7x##nv, outer_8x##nv
#define OUTER_NAMES_12(nv) OUTER_NAMES_8(nv), outer_9x##nv, outer_10x##nv, outer_11x##nv, outer_12x##nv
/* clang-format on */

#if defined(__AVX512F__) /* 32 registers */
enum { OUTER_NV = 4 };
static const size_t outer_mr[OUTER_NV] = {12, 12, 8, 6};
OUTER_TILES_12(1)
OUTER_TILES_12(2)
OUTER_TILES_8(3)
OUTER_TILES_6(4)
static const outer_fn outer_tiles[OUTER_NV][OUTER_MR_MAX] = {
    {OUTER_NAMES_12(1)}, {OUTER_NAMES_12(2)}, {OUTER_NAMES_8(3)}, {OUTER_NAMES_6(4)}};
#else /* 16 */
enum { OUTER_NV = 3 };
static const size_t outer_mr[OUTER_NV] = {12, 6, 4};
OUTER_TILES_12(1)
OUTER_TILES_6(2)
OUTER_TILES_4(3)
static const outer_fn outer_tiles[OUTER_NV][OUTER_MR_MAX] = {
    {OUTER_NAMES_12(1)}, {OUTER_NAMES_6(2)}, {OUTER_NAMES_4(3)}};
#endif

FN_INLINE size_t outer_ceil(size_t a, size_t b)
{
    return (a + b - 1) / b;
}

/* Cycles of a pixel for all rows of a panel, in halves, on a core of two multiply-adds and two
 * loads a cycle, each sum waiting four cycles for the one before. */
FN_INLINE size_t outer_cost(size_t m, size_t nv)
{
    size_t tiles = outer_ceil(m, outer_mr[nv - 1]), mr = outer_ceil(m, tiles);
    size_t fma = mr * nv, loads = mr + nv + 1, most = fma > loads ? fma : loads;
    return tiles * (most > 8 ? most : 8);
}

/* The panel width for which all together cost least. */
static size_t outer_width(size_t m, size_t vectors)
{
    size_t best = 1, best_cost = SIZE_MAX;
    for (size_t nv = 1; nv <= OUTER_NV && nv <= vectors; nv++) {
        size_t cost = vectors / nv * outer_cost(m, nv);
        cost += vectors % nv ? outer_cost(m, vectors % nv) : 0;
        if (cost <= best_cost) {
            best = nv;
            best_cost = cost;
        }
    }
    return best;
}

/* All rows of one panel over a block; t holds what they share. Heights differ by at most one
 * row. */
static void outer_panel(struct outer_tile t, size_t m, size_t nv)
{
    size_t tiles = outer_ceil(m, outer_mr[nv - 1]), base = m / tiles, larger = m % tiles;
    for (size_t i = 0; i < tiles; i++) {
        size_t mr = base + (i < larger);
        outer_tiles[nv - 1][mr - 1](&t);
        t.dw += mr * t.dw_stride;
        t.dy += mr;
    }
}

static void outer_block(float *dw, size_t dw_stride, struct fn_cpixels dy, size_t m,
                        struct fn_cpixels x, size_t n, size_t pixels)
{
    float whole[OUTER_BLOCK * OUTER_NV_MAX * VLANES];
    size_t vectors = outer_ceil(n, VLANES), width = outer_width(m, vectors);
    for (size_t v = 0, nv; v < vectors; v += nv) {
        nv = vectors - v < width ? vectors - v : width;
        size_t left = n - v * VLANES, lanes = left < nv * VLANES ? left : nv * VLANES;
        struct outer_tile t = {.dw = dw + v * VLANES,
                               .dy = dy.data,
                               .x = x.data + v * VLANES,
                               .dw_stride = dw_stride,
                               .dy_stride = dy.stride,
                               .x_stride = x.stride,
                               .pixels = pixels,
                               .last = lanes - (nv - 1) * VLANES};
        for (size_t p = 0; lanes < nv * VLANES && p < pixels; p++) {
            memcpy(whole + p * nv * VLANES, t.x + p * x.stride, lanes * sizeof *whole);
            memset(whole + p * nv * VLANES + lanes, 0, (nv * VLANES - lanes) * sizeof *whole);
        }
        if (lanes < nv * VLANES) {
            t.x = whole;
            t.x_stride = nv * VLANES;
        }
        outer_panel(t, m, nv);
    }
}

static void grad_outer(float *dw, size_t dw_stride, struct fn_cpixels dy, size_t m,
                       struct fn_cpixels x, size_t n, size_t pixels)
{
    for (size_t p = 0; p < pixels; p += OUTER_BLOCK) {
        size_t left = pixels - p;
        outer_block(dw, dw_stride, (struct fn_cpixels){dy.data + p * dy.stride, dy.stride}, m,
                    (struct fn_cpixels){x.data + p * x.stride, x.stride}, n,
                    left < OUTER_BLOCK ? left : OUTER_BLOCK);
    }
}

#endif
