/* The reference operators: one plain loop nest each, no blocking, no vectors, double sums. */
#include <math.h>
#include <string.h>

#include "engine/graph/ops.h"

static float *pixel(const struct fn_view *v, size_t n, size_t y, size_t x)
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
static double window_sum(const struct fn_op_call *c, const float *w, const size_t at[3],
                         size_t group, const uint32_t pads[4])
{
    const struct fn_attr *a = c->attr;
    size_t channels = c->in[0].c / a->groups, y0, y1, x0, x1;
    clip(at[1], a->stride_h, a->dil_h, pads[0], a->kh, c->in[0].h, &y0, &y1);
    clip(at[2], a->stride_w, a->dil_w, pads[1], a->kw, c->in[0].w, &x0, &x1);
    double sum = 0;
    for (size_t ky = y0; ky < y1; ky++)
        for (size_t kx = x0; kx < x1; kx++) {
            const float *x =
                pixel(&c->in[0], at[0], at[1] * a->stride_h + ky * a->dil_h - pads[0],
                      at[2] * a->stride_w + kx * a->dil_w - pads[1]) +
                group * channels;
            const float *tap = w + (ky * a->kw + kx) * channels;
            for (size_t i = 0; i < channels; i++)
                sum += (double)x[i] * (double)tap[i];
        }
    return sum;
}

void fn_forward_conv(const struct fn_op_call *c)
{
    const struct fn_attr *a = c->attr;
    const float *weight = c->in[1].data, *bias = c->in[2].data;
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
                    pixel(&c->out, n, y, x)[o] = (float)(sum + (bias ? (double)bias[o] : 0));
                }
}

static float act(enum fn_act kind, float x, float slope)
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
        return 1 / (1 + expf(-x));
    case FN_ACT_NONE:
    default:
        return x;
    }
}

void fn_forward_act(const struct fn_op_call *c)
{
    const float *slope = c->in[1].data;
    size_t pixels = (size_t)c->out.n * c->out.h * c->out.w;
    for (size_t p = 0; p < pixels; p++)
        for (size_t i = 0; i < c->out.c; i++)
            c->out.data[p * c->out.stride + i] =
                act((enum fn_act)c->attr->act, c->in[0].data[p * c->in[0].stride + i],
                    slope ? slope[i] : c->attr->alpha);
}

void fn_forward_add(const struct fn_op_call *c)
{
    size_t pixels = (size_t)c->out.n * c->out.h * c->out.w;
    for (size_t p = 0; p < pixels; p++)
        for (size_t i = 0; i < c->out.c; i++)
            c->out.data[p * c->out.stride + i] =
                c->in[0].data[p * c->in[0].stride + i] + c->in[1].data[p * c->in[1].stride + i];
}

void fn_forward_concat(const struct fn_op_call *c)
{
    size_t pixels = (size_t)c->out.n * c->out.h * c->out.w;
    for (size_t p = 0; p < pixels; p++) {
        float *out = c->out.data + p * c->out.stride;
        for (size_t i = 0; i < c->n_in; i++) {
            memcpy(out, c->in[i].data + p * c->in[i].stride, c->in[i].c * sizeof *out);
            out += c->in[i].c;
        }
    }
}

/* The window of a pool: rows [y[0], y[1]) and columns [x[0], x[1]) of the map. */
static void pool_window(const struct fn_op_call *c, size_t oy, size_t ox, size_t y[2],
                        size_t x[2])
{
    const struct fn_attr *a = c->attr;
    const struct fn_view *in = &c->in[0];
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

static float pool_one(const struct fn_op_call *c, size_t n, const size_t y[2],
                      const size_t x[2], size_t i, bool max)
{
    float top = pixel(&c->in[0], n, y[0], x[0])[i];
    double sum = 0;
    for (size_t iy = y[0]; iy < y[1]; iy++)
        for (size_t ix = x[0]; ix < x[1]; ix++) {
            float v = pixel(&c->in[0], n, iy, ix)[i];
            top = v > top ? v : top;
            sum += (double)v;
        }
    return max ? top : (float)(sum / (double)((y[1] - y[0]) * (x[1] - x[0])));
}

static void pool(const struct fn_op_call *c, bool max)
{
    for (size_t n = 0; n < c->out.n; n++)
        for (size_t oy = 0; oy < c->out.h; oy++)
            for (size_t ox = 0; ox < c->out.w; ox++) {
                size_t y[2], x[2];
                pool_window(c, oy, ox, y, x);
                for (size_t i = 0; i < c->out.c; i++)
                    pixel(&c->out, n, oy, ox)[i] = pool_one(c, n, y, x, i, max);
            }
}

void fn_forward_maxpool(const struct fn_op_call *c)
{
    pool(c, true);
}

void fn_forward_avgpool(const struct fn_op_call *c)
{
    pool(c, false);
}

void fn_forward_softmax(const struct fn_op_call *c)
{
    size_t pixels = (size_t)c->out.n * c->out.h * c->out.w;
    for (size_t p = 0; p < pixels; p++) {
        const float *x = c->in[0].data + p * c->in[0].stride;
        float *y = c->out.data + p * c->out.stride, top = x[0];
        double sum = 0;
        for (size_t i = 1; i < c->out.c; i++)
            top = x[i] > top ? x[i] : top;
        for (size_t i = 0; i < c->out.c; i++)
            sum += (double)(y[i] = expf(x[i] - top));
        for (size_t i = 0; i < c->out.c; i++)
            y[i] = (float)((double)y[i] / sum);
    }
}

void fn_forward_pad(const struct fn_op_call *c)
{
    const struct fn_view *in = &c->in[0];
    size_t top = c->attr->pad[0], left = c->attr->pad[1];
    for (size_t n = 0; n < c->out.n; n++)
        for (size_t y = 0; y < c->out.h; y++)
            for (size_t x = 0; x < c->out.w; x++) {
                float *out = pixel(&c->out, n, y, x);
                bool inside = y >= top && y - top < in->h && x >= left && x - left < in->w;
                size_t copied = inside ? in->c : 0;
                if (inside)
                    memcpy(out, pixel(in, n, y - top, x - left), copied * sizeof *out);
                memset(out + copied, 0, (c->out.c - copied) * sizeof *out);
            }
}

void fn_forward_affine(const struct fn_op_call *c)
{
    const float *scale = c->in[1].data, *shift = c->in[2].data;
    size_t pixels = (size_t)c->out.n * c->out.h * c->out.w;
    for (size_t p = 0; p < pixels; p++)
        for (size_t i = 0; i < c->out.c; i++)
            c->out.data[p * c->out.stride + i] =
                scale[i] * c->in[0].data[p * c->in[0].stride + i] + (shift ? shift[i] : 0);
}
