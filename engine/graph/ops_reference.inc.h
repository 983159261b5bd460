/* SPDX-License-Identifier: MIT */
/* The reference operators as a template: one plain loop nest each, no blocking, no vectors,
 * sums in double. Compiled twice, for float (ops_reference.c) and for double
 * (ops_reference64.c, for gradient checks), by files that define
 *
 *   REAL, VIEW, CALL            the number, its struct fn_view and struct fn_op_call
 *   FORWARD(op), BACKWARD(op)   the names of an operator's two functions
 *   EXP, SQRT, POW              of REAL
 *
 * A backward adds to grad_in[i] where that has data. Its formula is the derivative of the
 * forward above it; at a kink it is the one given there. */
#include <math.h>
#include <string.h>

#include "engine/graph/ops_reference.h"

static REAL *pixel(const VIEW *v, size_t n, size_t y, size_t x)
{
    return v->data + ((n * v->h + y) * v->w + x) * v->stride;
}

/* The part of a window that lies inside the map, in one direction: taps [*first, *end). */
static void clip(size_t out, uint32_t stride, uint32_t dil, uint32_t pad, uint32_t k,
                 uint32_t size, size_t *first, size_t *end)
{
    *first = *end = 0;
    for (size_t i = 0; i < k; i++) {
        size_t at = out * stride + i * dil;
        if (at < pad)
            *first = *end = i + 1;
        else if (at - pad < size)
            *end = i + 1;
    }
}

/* One output: sum over the window and the group's channels. w: [kh][kw][channels]. */
static double window_sum(const CALL *c, const REAL *w, const size_t at[3], size_t group,
                         const uint32_t pads[4])
{
    const struct fn_attr *a = c->attr;
    size_t channels = c->in[0].c / a->groups, y0, y1, x0, x1;
    clip(at[1], a->stride_h, a->dil_h, pads[0], a->kh, c->in[0].h, &y0, &y1);
    clip(at[2], a->stride_w, a->dil_w, pads[1], a->kw, c->in[0].w, &x0, &x1);
    double sum = 0;
    for (size_t ky = y0; ky < y1; ky++)
        for (size_t kx = x0; kx < x1; kx++) {
            const REAL *x =
                pixel(&c->in[0], at[0], at[1] * a->stride_h + ky * a->dil_h - pads[0],
                      at[2] * a->stride_w + kx * a->dil_w - pads[1]) +
                group * channels;
            const REAL *tap = w + (ky * a->kw + kx) * channels;
            for (size_t i = 0; i < channels; i++)
                sum += (double)x[i] * (double)tap[i];
        }
    return sum;
}

void FORWARD(conv)(const CALL *c)
{
    const struct fn_attr *a = c->attr;
    const REAL *weight = c->in[1].data, *bias = c->in[2].data;
    size_t per_group = c->out.c / a->groups,
           depth = (size_t)a->kh * a->kw * (c->in[0].c / a->groups);
    uint32_t pads[4];
    fn_attr_pads(a, c->in[0].h, c->in[0].w, pads);
    for (size_t n = 0; n < c->out.n; n++)
        for (size_t y = 0; y < c->out.h; y++)
            for (size_t x = 0; x < c->out.w; x++)
                for (size_t o = 0; o < c->out.c; o++) {
                    size_t at[3] = {n, y, x};
                    double sum = window_sum(c, weight + o * depth, at, o / per_group, pads);
                    pixel(&c->out, n, y, x)[o] = (REAL)(sum + (bias ? (double)bias[o] : 0));
                }
}

/* dx = sum over outputs of dy * w: what one output pixel sends to one tap of its window. */
static void conv_to_input(const CALL *c, const VIEW *grad_out, const VIEW *grad,
                          const size_t at[3], const size_t tap[2], const size_t from[2])
{
    const struct fn_attr *a = c->attr;
    size_t channels = c->in[0].c / a->groups, per_group = c->out.c / a->groups,
           depth = (size_t)a->kh * a->kw * channels;
    const REAL *g = pixel(grad_out, at[0], at[1], at[2]);
    REAL *to = pixel(grad, at[0], from[0], from[1]);
    for (size_t i = 0; i < c->in[0].c; i++) {
        size_t first = i / channels * per_group;
        const REAL *w = c->in[1].data + (tap[0] * a->kw + tap[1]) * channels + i % channels;
        double sum = 0;
        for (size_t o = first; o < first + per_group; o++)
            sum += (double)g[o] * (double)w[o * depth];
        to[i] += (REAL)sum;
    }
}

/* dw = sum over pixels of dy * x, for one weight; tap: its row and column. */
static double conv_to_weight(const CALL *c, const VIEW *grad_out, size_t o, size_t i,
                             const size_t tap[2], const uint32_t pads[4])
{
    const struct fn_attr *a = c->attr;
    double sum = 0;
    for (size_t n = 0; n < c->out.n; n++)
        for (size_t oy = 0; oy < c->out.h; oy++)
            for (size_t ox = 0; ox < c->out.w; ox++) {
                size_t y = oy * a->stride_h + tap[0] * a->dil_h - pads[0];
                size_t x = ox * a->stride_w + tap[1] * a->dil_w - pads[1];
                if (y < c->in[0].h && x < c->in[0].w) /* below 0 has wrapped round */
                    sum += (double)pixel(grad_out, n, oy, ox)[o] *
                           (double)pixel(&c->in[0], n, y, x)[i];
            }
    return sum;
}

static void conv_back_input(const CALL *c, const VIEW *grad_out, const VIEW *grad,
                            const uint32_t pads[4])
{
    const struct fn_attr *a = c->attr;
    size_t at[3], tap[2];
    for (at[0] = 0; at[0] < c->out.n; at[0]++)
        for (at[1] = 0; at[1] < c->out.h; at[1]++)
            for (at[2] = 0; at[2] < c->out.w; at[2]++)
                for (tap[0] = 0; tap[0] < a->kh; tap[0]++)
                    for (tap[1] = 0; tap[1] < a->kw; tap[1]++) {
                        size_t from[2] = {at[1] * a->stride_h + tap[0] * a->dil_h - pads[0],
                                          at[2] * a->stride_w + tap[1] * a->dil_w - pads[1]};
                        if (from[0] < c->in[0].h && from[1] < c->in[0].w)
                            conv_to_input(c, grad_out, grad, at, tap, from);
                    }
}

static void conv_back_weight(const CALL *c, const VIEW *grad_out, REAL *grad,
                             const uint32_t pads[4])
{
    const struct fn_attr *a = c->attr;
    size_t channels = c->in[0].c / a->groups, per_group = c->out.c / a->groups, tap[2];
    for (size_t o = 0; o < c->out.c; o++)
        for (tap[0] = 0; tap[0] < a->kh; tap[0]++)
            for (tap[1] = 0; tap[1] < a->kw; tap[1]++)
                for (size_t i = 0; i < channels; i++)
                    *grad++ += (REAL)conv_to_weight(c, grad_out, o,
                                                    o / per_group * channels + i, tap, pads);
}

/* to[i] += sum over pixels of dy * x; x NULL: of dy. */
static void per_channel(REAL *to, const VIEW *grad_out, const VIEW *x)
{
    size_t pixels = (size_t)grad_out->n * grad_out->h * grad_out->w;
    for (size_t i = 0; to && i < grad_out->c; i++) {
        double sum = 0;
        for (size_t p = 0; p < pixels; p++)
            sum += (double)grad_out->data[p * grad_out->stride + i] *
                   (x ? (double)x->data[p * x->stride + i] : 1);
        to[i] += (REAL)sum;
    }
}

void BACKWARD(conv)(const CALL *c, const VIEW *grad_out, const VIEW *grad_in)
{
    uint32_t pads[4];
    fn_attr_pads(c->attr, c->in[0].h, c->in[0].w, pads);
    if (grad_in[0].data)
        conv_back_input(c, grad_out, &grad_in[0], pads);
    if (grad_in[1].data)
        conv_back_weight(c, grad_out, grad_in[1].data, pads);
    per_channel(grad_in[2].data, grad_out, NULL);
}

static REAL act(enum fn_act kind, REAL x, REAL slope)
{
    switch (kind) {
    case FN_ACT_RELU:
        return x < 0 ? 0 : x;
    case FN_ACT_RELU6:
        return x < 0 ? 0 : x > 6 ? 6 : x;
    case FN_ACT_PRELU:
    case FN_ACT_LEAKY:
        return x < 0 ? slope * x : x;
    case FN_ACT_SIGMOID:
        return 1 / (1 + EXP(-x));
    case FN_ACT_NONE:
    default:
        return x;
    }
}

void FORWARD(act)(const CALL *c)
{
    const REAL *slope = c->in[1].data;
    size_t pixels = (size_t)c->out.n * c->out.h * c->out.w;
    for (size_t p = 0; p < pixels; p++)
        for (size_t i = 0; i < c->out.c; i++)
            c->out.data[p * c->out.stride + i] =
                act((enum fn_act)c->attr->act, c->in[0].data[p * c->in[0].stride + i],
                    slope ? slope[i] : (REAL)c->attr->alpha);
}

/* At a kink the derivative is that of the side without the bend: 0 for relu, 1 for a slope. */
static REAL act_slope(enum fn_act kind, REAL x, REAL y, REAL slope)
{
    switch (kind) {
    case FN_ACT_RELU:
        return x > 0 ? 1 : 0;
    case FN_ACT_RELU6:
        return x > 0 && x < 6 ? 1 : 0;
    case FN_ACT_PRELU:
    case FN_ACT_LEAKY:
        return x < 0 ? slope : 1;
    case FN_ACT_SIGMOID:
        return y * (1 - y);
    case FN_ACT_NONE:
    default:
        return 1;
    }
}

void BACKWARD(act)(const CALL *c, const VIEW *grad_out, const VIEW *grad_in)
{
    const REAL *slope = c->in[1].data;
    size_t pixels = (size_t)c->out.n * c->out.h * c->out.w;
    for (size_t i = 0; i < c->out.c; i++) {
        double slope_sum = 0;
        for (size_t p = 0; p < pixels; p++) {
            REAL x = c->in[0].data[p * c->in[0].stride + i],
                 y = c->out.data[p * c->out.stride + i],
                 g = grad_out->data[p * grad_out->stride + i];
            if (grad_in[0].data)
                grad_in[0].data[p * grad_in[0].stride + i] +=
                    g * act_slope((enum fn_act)c->attr->act, x, y,
                                  slope ? slope[i] : (REAL)c->attr->alpha);
            slope_sum += x < 0 ? (double)x * (double)g : 0;
        }
        if (grad_in[1].data)
            grad_in[1].data[i] += (REAL)slope_sum;
    }
}

void FORWARD(add)(const CALL *c)
{
    size_t pixels = (size_t)c->out.n * c->out.h * c->out.w;
    for (size_t p = 0; p < pixels; p++)
        for (size_t i = 0; i < c->out.c; i++)
            c->out.data[p * c->out.stride + i] =
                c->in[0].data[p * c->in[0].stride + i] + c->in[1].data[p * c->in[1].stride + i];
}

/* to += c channels of g from the one on. */
static void add_channels(const VIEW *to, const VIEW *g, size_t from)
{
    size_t pixels = (size_t)g->n * g->h * g->w;
    for (size_t p = 0; to->data && p < pixels; p++)
        for (size_t i = 0; i < to->c; i++)
            to->data[p * to->stride + i] += g->data[p * g->stride + from + i];
}

void BACKWARD(add)(const CALL *c, const VIEW *grad_out, const VIEW *grad_in)
{
    (void)c;
    for (int i = 0; i < 2; i++)
        add_channels(&grad_in[i], grad_out, 0);
}

void FORWARD(concat)(const CALL *c)
{
    size_t pixels = (size_t)c->out.n * c->out.h * c->out.w;
    for (size_t p = 0; p < pixels; p++) {
        REAL *out = c->out.data + p * c->out.stride;
        for (size_t i = 0; i < c->n_in; i++) {
            memcpy(out, c->in[i].data + p * c->in[i].stride, c->in[i].c * sizeof *out);
            out += c->in[i].c;
        }
    }
}

void BACKWARD(concat)(const CALL *c, const VIEW *grad_out, const VIEW *grad_in)
{
    size_t from = 0;
    for (size_t i = 0; i < c->n_in; i++) {
        add_channels(&grad_in[i], grad_out, from);
        from += c->in[i].c;
    }
}

/* The window of a pool: rows [y[0], y[1]) and columns [x[0], x[1]) of the map. */
static void pool_window(const CALL *c, size_t oy, size_t ox, size_t y[2], size_t x[2])
{
    const struct fn_attr *a = c->attr;
    const VIEW *in = &c->in[0];
    bool global = a->kh == 0;
    uint32_t pads[4] = {0};
    if (!global)
        fn_attr_pads(a, in->h, in->w, pads);
    clip(oy, a->stride_h, 1, pads[0], global ? in->h : a->kh, in->h, &y[0], &y[1]);
    clip(ox, a->stride_w, 1, pads[1], global ? in->w : a->kw, in->w, &x[0], &x[1]);
    for (int i = 0; i < 2; i++) {
        y[i] += oy * a->stride_h - pads[0];
        x[i] += ox * a->stride_w - pads[1];
    }
}

enum pool_kind { POOL_MAX, POOL_MEAN, POOL_L2 };

static REAL pool_one(const CALL *c, size_t n, const size_t y[2], const size_t x[2], size_t i,
                     enum pool_kind kind)
{
    REAL top = pixel(&c->in[0], n, y[0], x[0])[i];
    double sum = 0;
    for (size_t iy = y[0]; iy < y[1]; iy++)
        for (size_t ix = x[0]; ix < x[1]; ix++) {
            REAL v = pixel(&c->in[0], n, iy, ix)[i];
            top = v > top ? v : top;
            sum += kind == POOL_L2 ? (double)v * (double)v : (double)v;
        }
    if (kind == POOL_MAX)
        return top;
    return kind == POOL_L2 ? SQRT((REAL)(sum + (double)c->attr->eps))
                           : (REAL)(sum / (double)((y[1] - y[0]) * (x[1] - x[0])));
}

static void pool(const CALL *c, enum pool_kind kind)
{
    for (size_t n = 0; n < c->out.n; n++)
        for (size_t oy = 0; oy < c->out.h; oy++)
            for (size_t ox = 0; ox < c->out.w; ox++) {
                size_t y[2], x[2];
                pool_window(c, oy, ox, y, x);
                for (size_t i = 0; i < c->out.c; i++)
                    pixel(&c->out, n, oy, ox)[i] = pool_one(c, n, y, x, i, kind);
            }
}

void FORWARD(maxpool)(const CALL *c)
{
    pool(c, POOL_MAX);
}

void FORWARD(avgpool)(const CALL *c)
{
    pool(c, POOL_MEAN);
}

void FORWARD(l2pool)(const CALL *c)
{
    pool(c, POOL_L2);
}

/* The gradient of one output to its window: to the first maximum in row order; to all alike; to
 * each in proportion to its value (none where y is 0, which needs eps = 0). */
static void unpool_one(const CALL *c, const VIEW *grad, size_t n, const size_t y[2],
                       const size_t x[2], size_t i, REAL out, REAL g, enum pool_kind kind)
{
    REAL share = g / (REAL)((y[1] - y[0]) * (x[1] - x[0])),
         by_norm = kind == POOL_L2 && out != 0 ? g / out : 0;
    for (size_t iy = y[0]; iy < y[1]; iy++)
        for (size_t ix = x[0]; ix < x[1]; ix++) {
            REAL *to = &pixel(grad, n, iy, ix)[i], v = pixel(&c->in[0], n, iy, ix)[i];
            if (kind == POOL_MAX && v >= out) {
                *to += g;
                return;
            }
            if (kind != POOL_MAX)
                *to += kind == POOL_L2 ? by_norm * v : share;
        }
}

static void unpool(const CALL *c, const VIEW *grad_out, const VIEW *grad_in,
                   enum pool_kind kind)
{
    if (!grad_in[0].data)
        return;
    for (size_t n = 0; n < c->out.n; n++)
        for (size_t oy = 0; oy < c->out.h; oy++)
            for (size_t ox = 0; ox < c->out.w; ox++) {
                size_t y[2], x[2];
                pool_window(c, oy, ox, y, x);
                for (size_t i = 0; i < c->out.c; i++)
                    unpool_one(c, &grad_in[0], n, y, x, i, pixel(&c->out, n, oy, ox)[i],
                               pixel(grad_out, n, oy, ox)[i], kind);
            }
}

void BACKWARD(maxpool)(const CALL *c, const VIEW *grad_out, const VIEW *grad_in)
{
    unpool(c, grad_out, grad_in, POOL_MAX);
}

void BACKWARD(avgpool)(const CALL *c, const VIEW *grad_out, const VIEW *grad_in)
{
    unpool(c, grad_out, grad_in, POOL_MEAN);
}

void BACKWARD(l2pool)(const CALL *c, const VIEW *grad_out, const VIEW *grad_in)
{
    unpool(c, grad_out, grad_in, POOL_L2);
}

void FORWARD(softmax)(const CALL *c)
{
    size_t pixels = (size_t)c->out.n * c->out.h * c->out.w;
    for (size_t p = 0; p < pixels; p++) {
        const REAL *x = c->in[0].data + p * c->in[0].stride;
        REAL *y = c->out.data + p * c->out.stride, top = x[0];
        double sum = 0;
        for (size_t i = 1; i < c->out.c; i++)
            top = x[i] > top ? x[i] : top;
        for (size_t i = 0; i < c->out.c; i++)
            sum += (double)(y[i] = EXP(x[i] - top));
        for (size_t i = 0; i < c->out.c; i++)
            y[i] = (REAL)((double)y[i] / sum);
    }
}

/* dx_i = y_i (dy_i - sum of dy_j y_j) */
void BACKWARD(softmax)(const CALL *c, const VIEW *grad_out, const VIEW *grad_in)
{
    size_t pixels = (size_t)c->out.n * c->out.h * c->out.w;
    for (size_t p = 0; grad_in[0].data && p < pixels; p++) {
        const REAL *y = c->out.data + p * c->out.stride,
                   *g = grad_out->data + p * grad_out->stride;
        REAL *to = grad_in[0].data + p * grad_in[0].stride;
        double sum = 0;
        for (size_t i = 0; i < c->out.c; i++)
            sum += (double)g[i] * (double)y[i];
        for (size_t i = 0; i < c->out.c; i++)
            to[i] += (REAL)((double)y[i] * ((double)g[i] - sum));
    }
}

void FORWARD(pad)(const CALL *c)
{
    const VIEW *in = &c->in[0];
    size_t top = c->attr->pad[0], left = c->attr->pad[1];
    for (size_t n = 0; n < c->out.n; n++)
        for (size_t y = 0; y < c->out.h; y++)
            for (size_t x = 0; x < c->out.w; x++) {
                REAL *out = pixel(&c->out, n, y, x);
                bool inside = y >= top && y - top < in->h && x >= left && x - left < in->w;
                size_t copied = inside ? in->c : 0;
                if (inside)
                    memcpy(out, pixel(in, n, y - top, x - left), copied * sizeof *out);
                memset(out + copied, 0, (c->out.c - copied) * sizeof *out);
            }
}

void BACKWARD(pad)(const CALL *c, const VIEW *grad_out, const VIEW *grad_in)
{
    const VIEW *to = &grad_in[0];
    for (size_t n = 0; to->data && n < to->n; n++)
        for (size_t y = 0; y < to->h; y++)
            for (size_t x = 0; x < to->w; x++) {
                const REAL *g = pixel(grad_out, n, y + c->attr->pad[0], x + c->attr->pad[1]);
                for (size_t i = 0; i < to->c; i++)
                    pixel(to, n, y, x)[i] += g[i];
            }
}

void FORWARD(affine)(const CALL *c)
{
    const REAL *scale = c->in[1].data, *shift = c->in[2].data;
    size_t pixels = (size_t)c->out.n * c->out.h * c->out.w;
    for (size_t p = 0; p < pixels; p++)
        for (size_t i = 0; i < c->out.c; i++)
            c->out.data[p * c->out.stride + i] =
                scale[i] * c->in[0].data[p * c->in[0].stride + i] + (shift ? shift[i] : 0);
}

void BACKWARD(affine)(const CALL *c, const VIEW *grad_out, const VIEW *grad_in)
{
    const REAL *scale = c->in[1].data;
    size_t pixels = (size_t)c->out.n * c->out.h * c->out.w;
    for (size_t p = 0; grad_in[0].data && p < pixels; p++)
        for (size_t i = 0; i < c->out.c; i++)
            grad_in[0].data[p * grad_in[0].stride + i] +=
                scale[i] * grad_out->data[p * grad_out->stride + i];
    per_channel(grad_in[1].data, grad_out, &c->in[0]);
    per_channel(grad_in[2].data, grad_out, NULL);
}

/* S_c = k + alpha / size * sum of squares over the channels around c that exist. */
static double lrn_sum(const struct fn_attr *a, const REAL *x, size_t channels, size_t c)
{
    size_t half = a->size / 2, from = c > half ? c - half : 0,
           to = channels - c > half ? c + half + 1 : channels;
    double sum = 0;
    for (size_t j = from; j < to; j++)
        sum += (double)x[j] * (double)x[j];
    return (double)a->bias_k + (double)a->alpha / a->size * sum;
}

void FORWARD(lrn)(const CALL *c)
{
    size_t pixels = (size_t)c->out.n * c->out.h * c->out.w;
    for (size_t p = 0; p < pixels; p++) {
        const REAL *x = c->in[0].data + p * c->in[0].stride;
        for (size_t i = 0; i < c->out.c; i++)
            c->out.data[p * c->out.stride + i] =
                x[i] * POW((REAL)lrn_sum(c->attr, x, c->out.c, i), -(REAL)c->attr->beta);
    }
}

/* dx_c = dy_c S_c^-beta - 2 alpha beta / size * x_c * sum over j whose window holds c of dy_j
 * y_j / S_j; these are the j of c's own window. */
void BACKWARD(lrn)(const CALL *c, const VIEW *grad_out, const VIEW *grad_in)
{
    const struct fn_attr *a = c->attr;
    size_t pixels = (size_t)c->out.n * c->out.h * c->out.w, half = a->size / 2;
    double factor = 2 * (double)a->alpha * (double)a->beta / a->size;
    for (size_t p = 0; grad_in[0].data && p < pixels; p++) {
        const REAL *x = c->in[0].data + p * c->in[0].stride,
                   *y = c->out.data + p * c->out.stride,
                   *g = grad_out->data + p * grad_out->stride;
        for (size_t i = 0; i < c->out.c; i++) {
            size_t from = i > half ? i - half : 0,
                   to = c->out.c - i > half ? i + half + 1 : c->out.c;
            double sum = 0;
            for (size_t j = from; j < to; j++)
                sum += (double)g[j] * (double)y[j] / lrn_sum(a, x, c->out.c, j);
            grad_in[0].data[p * grad_in[0].stride + i] +=
                (REAL)((double)g[i] * pow(lrn_sum(a, x, c->out.c, i), -(double)a->beta) -
                       factor * (double)x[i] * sum);
        }
    }
}

/* The piece that is largest, the lowest of equals. */
static size_t maxout_piece(const struct fn_attr *a, const REAL *x, size_t channels)
{
    size_t best = 0;
    for (size_t piece = 1; piece < a->size; piece++)
        if (x[piece * channels] > x[best * channels])
            best = piece;
    return best;
}

void FORWARD(maxout)(const CALL *c)
{
    size_t pixels = (size_t)c->out.n * c->out.h * c->out.w;
    for (size_t p = 0; p < pixels; p++)
        for (size_t i = 0; i < c->out.c; i++) {
            const REAL *x = c->in[0].data + p * c->in[0].stride + i;
            c->out.data[p * c->out.stride + i] =
                x[maxout_piece(c->attr, x, c->out.c) * c->out.c];
        }
}

void BACKWARD(maxout)(const CALL *c, const VIEW *grad_out, const VIEW *grad_in)
{
    size_t pixels = (size_t)c->out.n * c->out.h * c->out.w;
    for (size_t p = 0; grad_in[0].data && p < pixels; p++)
        for (size_t i = 0; i < c->out.c; i++) {
            const REAL *x = c->in[0].data + p * c->in[0].stride + i;
            size_t piece = maxout_piece(c->attr, x, c->out.c);
            grad_in[0].data[p * grad_in[0].stride + piece * c->out.c + i] +=
                grad_out->data[p * grad_out->stride + i];
        }
}

/* 1 / sqrt(|x|^2 + eps); 0 where that is infinite. */
static double inverse_norm(const CALL *c, const REAL *x)
{
    double sum = (double)c->attr->eps;
    for (size_t i = 0; i < c->in[0].c; i++)
        sum += (double)x[i] * (double)x[i];
    return sum > 0 || sum != sum ? 1 / sqrt(sum) : 0;
}

void FORWARD(l2norm)(const CALL *c)
{
    size_t pixels = (size_t)c->out.n * c->out.h * c->out.w;
    for (size_t p = 0; p < pixels; p++) {
        const REAL *x = c->in[0].data + p * c->in[0].stride;
        double inverse = inverse_norm(c, x);
        for (size_t i = 0; i < c->out.c; i++)
            c->out.data[p * c->out.stride + i] = (REAL)((double)x[i] * inverse);
    }
}

/* dx = (dy - y (y . dy)) / sqrt(|x|^2 + eps): exact for any eps, y being the result */
void BACKWARD(l2norm)(const CALL *c, const VIEW *grad_out, const VIEW *grad_in)
{
    size_t pixels = (size_t)c->out.n * c->out.h * c->out.w;
    for (size_t p = 0; grad_in[0].data && p < pixels; p++) {
        const REAL *y = c->out.data + p * c->out.stride,
                   *g = grad_out->data + p * grad_out->stride;
        double inverse = inverse_norm(c, c->in[0].data + p * c->in[0].stride), dot = 0;
        for (size_t i = 0; i < c->out.c; i++)
            dot += (double)y[i] * (double)g[i];
        for (size_t i = 0; i < c->out.c; i++)
            grad_in[0].data[p * grad_in[0].stride + i] +=
                (REAL)(((double)g[i] - (double)y[i] * dot) * inverse);
    }
}
