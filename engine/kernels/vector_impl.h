/* SPDX-License-Identifier: MIT */
/* The part of the distance kernels that is alike for all instruction sets. The file that
 * includes it has said, as inline functions: a register `vec`, LANES int16 or PANEL_LANES int32
 * of it, X_BLOCK; dot, zero, splat, store, norm2, rows_any, pack, and finish (x2 + yy - 2 xy).
 * dot(acc, a, b) is acc + the two products of each int32 lane's int16 of a and b.
 *
 * A tile packs rows into a panel: register [2 * k + v] holds the values 2k and 2k + 1 of
 * PANEL_LANES rows. A pair of values of x, broadcast, then gives a product sum for each row,
 * and no sum goes across lanes. */

enum {
    PANEL_ROWS = 2 * PANEL_LANES,
    TILE_MIN_X = 4, /* for fewer rows on either side packing costs more than it saves */
    TILE_MIN_ROWS = 5,
    TILE_X_MAX = 256 /* whose |x|^2 are kept at once */
};

static void d2_rows(uint32_t *out, const int16_t *x, const int16_t *rows, size_t n,
                    size_t width)
{
    if (width == FN_DIM)
        rows_any(out, x, rows, n, FN_DIM); /* unrolled: the embedder there is by default */
    else
        rows_any(out, x, rows, n, width);
}

static uint32_t d2(const int16_t *x, const int16_t *y, size_t width)
{
    uint32_t out;
    d2_rows(&out, x, y, 1, width);
    return out;
}

/* Values 2k and 2k + 1 of x in every lane. */
INLINE vec pair_of(const int16_t *x, size_t k)
{
    int32_t pair;
    memcpy(&pair, x + 2 * k, sizeof pair);
    return splat(pair);
}

/* nx rows of x against a panel of n rows in nv registers; nx and nv are constants where this is
 * inlined. */
INLINE void block(uint32_t *out, size_t out_stride, const int16_t *x, const uint32_t *xx,
                  const size_t nx, const vec *panel, const vec yy[2], const size_t nv, size_t n,
                  size_t width)
{
    vec sum[X_BLOCK][2];
#pragma GCC unroll 8
    for (size_t i = 0; i < nx; i++)
#pragma GCC unroll 2
        for (size_t v = 0; v < nv; v++)
            sum[i][v] = zero();
    for (size_t k = 0; k < width / 2; k++) {
#pragma GCC unroll 8
        for (size_t i = 0; i < nx; i++) {
            vec pair = pair_of(x + i * width, k);
#pragma GCC unroll 2
            for (size_t v = 0; v < nv; v++)
                sum[i][v] = dot(sum[i][v], panel[2 * k + v], pair);
        }
    }
#pragma GCC unroll 8
    for (size_t i = 0; i < nx; i++)
#pragma GCC unroll 2
        for (size_t v = 0; v < nv; v++)
            store(out + i * out_stride + v * PANEL_LANES, n - v * PANEL_LANES,
                  finish(splat((int32_t)xx[i]), yy[v], sum[i][v]));
}

INLINE void panel_of(uint32_t *out, size_t out_stride, const int16_t *x, const uint32_t *xx,
                     size_t nx, const vec *panel, const vec yy[2], const size_t nv, size_t n,
                     size_t width)
{
    size_t i = 0;
    for (; i + X_BLOCK <= nx; i += X_BLOCK)
        block(out + i * out_stride, out_stride, x + i * width, xx + i, X_BLOCK, panel, yy, nv,
              n, width);
    for (; i + 2 <= nx; i += 2)
        block(out + i * out_stride, out_stride, x + i * width, xx + i, 2, panel, yy, nv, n,
              width);
    if (i < nx)
        block(out + i * out_stride, out_stride, x + i * width, xx + i, 1, panel, yy, nv, n,
              width);
}

static void d2_tile(uint32_t *out, size_t out_stride, const int16_t *x, size_t nx,
                    const int16_t *rows, size_t n, size_t width)
{
    vec panel[FN_WIDTH_MAX], yy[2];
    uint32_t xx[TILE_X_MAX];
    while (nx) {
        size_t m = nx < TILE_X_MAX ? nx : TILE_X_MAX;
        for (size_t i = 0; i < m; i++)
            xx[i] = norm2(x + i * width, width);
        for (size_t r = 0; r < n; r += PANEL_ROWS) {
            size_t left = n - r < PANEL_ROWS ? n - r : PANEL_ROWS;
            const int16_t *p = rows + r * width;
            if (m < TILE_MIN_X || left < TILE_MIN_ROWS) {
                for (size_t i = 0; i < m; i++)
                    d2_rows(out + i * out_stride + r, x + i * width, p, left, width);
                continue;
            }
            pack(panel, p, left, width, &yy[0]);
            if (left > PANEL_LANES) {
                pack(panel + 1, p + PANEL_LANES * width, left - PANEL_LANES, width, &yy[1]);
                panel_of(out + r, out_stride, x, xx, m, panel, yy, 2, left, width);
            } else {
                panel_of(out + r, out_stride, x, xx, m, panel, yy, 1, left, width);
            }
        }
        x += m * width;
        out += m * out_stride;
        nx -= m;
    }
}
