/* SPDX-License-Identifier: MIT */
/* Backward kernels as a template; those of depthwise convolution are in depthwise_grad_impl.h,
 * of other weights in outer_impl.h. */
#ifndef FN_ENGINE_KERNELS_GRAD_IMPL_H
#define FN_ENGINE_KERNELS_GRAD_IMPL_H

#include "engine/kernels/simd_norm.h"

FN_INLINE void grad_put(float *to, vfloat v, bool add, size_t lanes)
{
    v_store_lanes(to, add ? v_add(v_load_lanes(to, lanes), v) : v, lanes);
}

/* ---- element by element ---- */

FN_INLINE vfloat act_grad(vfloat dy, vfloat x, enum fn_kact act, const float *slope, size_t n)
{
    vfloat zero = v_set1(0.0f);
    if (act == FN_KACT_NONE)
        return dy;
    if (act == FN_KACT_SLOPE)
        return v_select(v_lt(x, zero), v_mul(dy, v_load_lanes(slope, n)), dy);
    vmask open = v_lt(zero, x);
    if (act == FN_KACT_RELU6)
        open = m_and(open, v_lt(x, v_set1(6.0f)));
    return v_select(open, dy, zero);
}

FN_INLINE void act_grad_run(struct fn_pixels dx, struct fn_cpixels dy, struct fn_cpixels x,
                            size_t pixels, size_t c, enum fn_kact act, const float *slope,
                            bool add)
{
    if (act != FN_KACT_SLOPE && dx.stride == c && dy.stride == c && x.stride == c) {
        c *= pixels;
        pixels = 1;
    }
    for (size_t p = 0; p < pixels; p++) {
        float *to = dx.data + p * dx.stride;
        const float *g = dy.data + p * dy.stride, *in = x.data + p * x.stride;
        for (size_t i = 0; i < c; i += VLANES) {
            size_t n = CHANNEL_LANES(i, c);
            grad_put(
                to + i,
                act_grad(v_load_lanes(g + i, n), v_load_lanes(in + i, n), act, slope + i, n),
                add, n);
        }
    }
}

/* One copy for what nearly every step is. */
static void grad_act(struct fn_pixels dx, struct fn_cpixels dy, struct fn_cpixels x,
                     size_t pixels, size_t c, enum fn_kact act, const float *slope, bool add)
{
    if (act == FN_KACT_RELU && !add)
        act_grad_run(dx, dy, x, pixels, c, FN_KACT_RELU, NULL, false);
    else
        act_grad_run(dx, dy, x, pixels, c, act, slope, add);
}

static void grad_affine(struct fn_pixels dx, struct fn_cpixels dy, size_t pixels, size_t c,
                        const float *scale, bool add)
{
    if (!scale && dx.stride == c && dy.stride == c) {
        c *= pixels;
        pixels = 1;
    }
    for (size_t p = 0; p < pixels; p++)
        for (size_t i = 0; i < c; i += VLANES) {
            size_t n = CHANNEL_LANES(i, c);
            vfloat g = v_load_lanes(dy.data + p * dy.stride + i, n);
            if (scale)
                g = v_mul(g, v_load_lanes(scale + i, n));
            grad_put(dx.data + p * dx.stride + i, g, add, n);
        }
}

/* ---- sums over pixels ---- */

enum sum_kind { SUM_DY, SUM_DY_X, SUM_DY_NEGATIVE_X };
enum { SUM_BLOCK = 64, SUM_VECTORS = 4 };

/* vectors * VLANES channels of up to SUM_BLOCK pixels. */
FN_INLINE void sum_tile(float *to, const float *dy, size_t dy_stride, const float *x,
                        size_t x_stride, size_t pixels, size_t vectors, size_t lanes,
                        enum sum_kind kind)
{
    vfloat acc[SUM_VECTORS], zero = v_set1(0.0f);
    for (size_t v = 0; v < vectors; v++)
        acc[v] = zero;
    for (size_t p = 0; p < pixels; p++)
        for (size_t v = 0; v < vectors; v++) {
            vfloat g = v_load_lanes(dy + p * dy_stride + v * VLANES, lanes);
            if (kind == SUM_DY) {
                acc[v] = v_add(acc[v], g);
            } else {
                vfloat in = v_load_lanes(x + p * x_stride + v * VLANES, lanes);
                if (kind == SUM_DY_NEGATIVE_X)
                    in = v_min(in, zero);
                acc[v] = v_fma(g, in, acc[v]);
            }
        }
    for (size_t v = 0; v < vectors; v++)
        grad_put(to + v * VLANES, acc[v], true, lanes);
}

/* Blocks of pixels, whose sums are then added: in cache, and less rounding than one long sum.
 */
FN_INLINE void sum_run(float *to, struct fn_cpixels dy, struct fn_cpixels x, size_t pixels,
                       size_t c, enum sum_kind kind)
{
    for (size_t p = 0; p < pixels; p += SUM_BLOCK) {
        size_t n = pixels - p < SUM_BLOCK ? pixels - p : SUM_BLOCK, i = 0;
        const float *g = dy.data + p * dy.stride,
                    *in = kind == SUM_DY ? NULL : x.data + p * x.stride;
        for (; i + SUM_VECTORS * VLANES <= c; i += SUM_VECTORS * VLANES)
            sum_tile(to + i, g + i, dy.stride, in ? in + i : in, x.stride, n, SUM_VECTORS,
                     VLANES, kind);
        for (; i + VLANES <= c; i += VLANES)
            sum_tile(to + i, g + i, dy.stride, in ? in + i : in, x.stride, n, 1, VLANES, kind);
        if (i < c)
            sum_tile(to + i, g + i, dy.stride, in ? in + i : in, x.stride, n, 1, c - i, kind);
    }
}

static void grad_bias(float *dbias, struct fn_cpixels dy, size_t pixels, size_t c)
{
    sum_run(dbias, dy, (struct fn_cpixels){0}, pixels, c, SUM_DY);
}

static void grad_scale(float *dscale, struct fn_cpixels dy, struct fn_cpixels x, size_t pixels,
                       size_t c)
{
    sum_run(dscale, dy, x, pixels, c, SUM_DY_X);
}

static void grad_slope(float *dslope, struct fn_cpixels dy, struct fn_cpixels x, size_t pixels,
                       size_t c)
{
    sum_run(dslope, dy, x, pixels, c, SUM_DY_NEGATIVE_X);
}

/* ---- pools: each output's gradient goes to its window ---- */

enum unpool_kind { UNPOOL_MAX, UNPOOL_AVG, UNPOOL_L2 };

struct unpool {
    const float *x, *y, *dy; /* x: first pixel of the window; y, dy: the output pixel */
    float *dx;               /* first pixel of the window */
    size_t rows, cols, x_stride, dx_stride, x_row, dx_row;
};

FN_INLINE void unpool_window(const struct unpool *u, size_t c, enum unpool_kind kind)
{
    vfloat zero = v_set1(0.0f), tiny = v_set1(1e-18f),
           share = v_set1(1.0f / (float)(u->rows * u->cols));
    for (size_t i = 0; i < c; i += VLANES) {
        size_t n = CHANNEL_LANES(i, c);
        vfloat g = v_load_lanes(u->dy + i, n), y = zero;
        vmask found = m_none();
        if (kind == UNPOOL_AVG)
            g = v_mul(g, share);
        else
            y = v_load_lanes(u->y + i, n);
        if (kind == UNPOOL_L2) /* where y is 0 the whole window is, and nothing is due */
            g = v_div(g, v_max(y, tiny));
        for (size_t r = 0; r < u->rows; r++)
            for (size_t k = 0; k < u->cols; k++) {
                float *to = u->dx + r * u->dx_row + k * u->dx_stride + i;
                vfloat old = v_load_lanes(to, n);
                if (kind == UNPOOL_AVG) {
                    v_store_lanes(to, v_add(old, g), n);
                    continue;
                }
                vfloat x = v_load_lanes(u->x + r * u->x_row + k * u->x_stride + i, n);
                if (kind == UNPOOL_L2) {
                    v_store_lanes(to, v_fma(g, x, old), n);
                    continue;
                }
                vmask hit = m_but(v_eq(x, y), found);
                found = m_or(found, hit);
                v_store_lanes(to, v_add(old, v_select(hit, g, zero)), n);
            }
    }
}

FN_INLINE void grad_clear(struct fn_pixels dx, size_t pixels, size_t c)
{
    if (dx.stride == c) {
        c *= pixels;
        pixels = 1;
    }
    for (size_t p = 0; p < pixels; p++)
        memset(dx.data + p * dx.stride, 0, c * sizeof *dx.data);
}

/* The part of a window inside the map, in one direction. */
FN_INLINE size_t unpool_inside(size_t out, uint32_t stride, uint32_t pad, uint32_t k,
                               uint32_t size, size_t *count)
{
    size_t from = out * stride, to = from + k;
    from = from > pad ? from - pad : 0;
    to = to - pad < size ? to - pad : size;
    *count = to - from;
    return from;
}

FN_INLINE void unpool_run(const struct fn_pool_grad *g, enum unpool_kind kind)
{
    struct unpool u = {.x_stride = g->x.stride, .dx_stride = g->dx.stride};
    u.x_row = g->w * g->x.stride;
    u.dx_row = g->w * g->dx.stride;
    u.dy = g->dy.data;
    u.y = g->y.data;
    if (!g->add)
        grad_clear(g->dx, (size_t)g->n * g->h * g->w, g->c);
    for (size_t n = 0; n < g->n; n++)
        for (size_t oy = 0; oy < g->oh; oy++)
            for (size_t ox = 0; ox < g->ow; ox++) {
                size_t y = unpool_inside(oy, g->stride_h, g->pad_top, g->kh, g->h, &u.rows);
                size_t x = unpool_inside(ox, g->stride_w, g->pad_left, g->kw, g->w, &u.cols);
                size_t first = (n * g->h + y) * g->w + x;
                u.dx = g->dx.data + first * g->dx.stride;
                if (kind != UNPOOL_AVG)
                    u.x = g->x.data + first * g->x.stride;
                unpool_window(&u, g->c, kind);
                u.dy += g->dy.stride;
                if (kind != UNPOOL_AVG)
                    u.y += g->y.stride;
            }
}

static void grad_maxpool(const struct fn_pool_grad *g)
{
    unpool_run(g, UNPOOL_MAX);
}

static void grad_avgpool(const struct fn_pool_grad *g)
{
    unpool_run(g, UNPOOL_AVG);
}

static void grad_l2pool(const struct fn_pool_grad *g)
{
    unpool_run(g, UNPOOL_L2);
}

/* ---- normalisation ---- */

/* One pixel: direct = dy S^-beta, terms = dy y / S, then dx = direct - factor x window(terms).
 */
FN_INLINE void lrn_grad_pixel(const struct lrn_rows *r, float *dx, const float *dy,
                              const float *x, size_t c, const struct fn_lrn *l, bool add)
{
    vfloat k = v_set1(l->k), a = v_set1(l->alpha / (float)l->size),
           factor = v_set1(-2 * l->alpha * l->beta / (float)l->size);
    lrn_squares(r, x, c);
    for (size_t i = 0; i < c; i += VLANES) {
        size_t n = CHANNEL_LANES(i, c);
        vfloat s = v_fma(a, lrn_window(r->squares + i, r->size), k);
        vfloat direct = v_mul(v_load_lanes(dy + i, n), lrn_power(s, l->beta));
        v_store(r->direct + i, direct);
        v_store(r->terms + r->half + i, v_div(v_mul(direct, v_load_lanes(x + i, n)), s));
    }
    for (size_t i = 0; i < c; i += VLANES) {
        size_t n = CHANNEL_LANES(i, c);
        vfloat back = v_mul(lrn_window(r->terms + i, r->size), v_load_lanes(x + i, n));
        grad_put(dx + i, v_fma(factor, back, v_load(r->direct + i)), add, n);
    }
}

static void grad_lrn(struct fn_pixels dx, struct fn_cpixels dy, struct fn_cpixels x,
                     size_t pixels, size_t c, const struct fn_lrn *l, bool add)
{
    struct lrn_rows r = lrn_rows(l, c);
    for (size_t p = 0; p < pixels; p++)
        lrn_grad_pixel(&r, dx.data + p * dx.stride, dy.data + p * dy.stride,
                       x.data + p * x.stride, c, l, add);
}

static void grad_maxout(struct fn_pixels dx, struct fn_cpixels dy, struct fn_cpixels x,
                        size_t pixels, size_t c, size_t pieces, bool add)
{
    for (size_t p = 0; p < pixels; p++)
        for (size_t i = 0; i < c; i += VLANES) {
            size_t n = CHANNEL_LANES(i, c);
            const float *in = x.data + p * x.stride + i;
            float *to = dx.data + p * dx.stride + i;
            vfloat g = v_load_lanes(dy.data + p * dy.stride + i, n),
                   best = maxout_best(in, c, pieces, n);
            vmask found = m_none();
            for (size_t k = 0; k < pieces; k++) {
                vmask hit = m_but(v_eq(v_load_lanes(in + k * c, n), best), found);
                found = m_or(found, hit);
                grad_put(to + k * c, v_select(hit, g, v_set1(0.0f)), add, n);
            }
        }
}

/* dx = (dy - y (y . dy)) / |x|, y = x / |x| */
static void grad_l2norm(struct fn_pixels dx, struct fn_cpixels dy, struct fn_cpixels x,
                        size_t pixels, size_t c, float eps, bool add)
{
    for (size_t p = 0; p < pixels; p++) {
        const float *in = x.data + p * x.stride, *g = dy.data + p * dy.stride;
        float inverse = norm_inverse(in, c, eps),
              along = norm_dot(in, g, c) * inverse * inverse;
        for (size_t i = 0; i < c; i += VLANES) {
            size_t n = CHANNEL_LANES(i, c);
            vfloat v = v_fma(v_set1(-along), v_load_lanes(in + i, n), v_load_lanes(g + i, n));
            grad_put(dx.data + p * dx.stride + i, v_mul(v, v_set1(inverse)), add, n);
        }
    }
}

#define GRAD_TABLE                                                                             \
    ((struct fn_grad_table){                                                                   \
        .act = grad_act,                                                                       \
        .slope = grad_slope,                                                                   \
        .bias = grad_bias,                                                                     \
        .scale = grad_scale,                                                                   \
        .affine = grad_affine,                                                                 \
        .maxpool = grad_maxpool,                                                               \
        .avgpool = grad_avgpool,                                                               \
        .l2pool = grad_l2pool,                                                                 \
        .lrn = grad_lrn,                                                                       \
        .maxout = grad_maxout,                                                                 \
        .l2norm = grad_l2norm,                                                                 \
        .depthwise_data = grad_depthwise_data,                                                 \
        .depthwise_weight = grad_depthwise_weight,                                             \
        .outer = grad_outer,                                                                   \
    })

#endif
