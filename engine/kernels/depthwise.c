/* SPDX-License-Identifier: MIT */
/* Row by row, with the kernel for the window. */
#include "engine/kernels/depthwise.h"

#include <string.h>

bool fn_depthwise_fits(const struct fn_conv_spec *s)
{
    return s->groups == s->c && s->oc == s->c && s->kh <= FN_DEPTHWISE_KH_MAX;
}

static size_t padded(size_t c, const struct fn_depthwise_table *t)
{
    return (c + t->lanes - 1) / t->lanes * t->lanes;
}

size_t fn_depthwise_bytes(const struct fn_conv_spec *s, const struct fn_depthwise_table *t)
{
    return padded(s->c, t) * ((size_t)s->kh * s->kw + 3) * sizeof(float);
}

void fn_depthwise_init(struct fn_depthwise *d, const struct fn_conv_spec *s,
                       const struct fn_depthwise_table *t, const float *weight,
                       const float *bias, const float *slope, void *mem)
{
    size_t c_pad = padded(s->c, t), taps = (size_t)s->kh * s->kw;
    float *at = mem;
    *d = (struct fn_depthwise){.spec = *s, .rows = t, .c_pad = c_pad, .weight = at};
    d->bias = at + taps * c_pad;
    d->slope = d->bias + c_pad;
    d->zeros = d->slope + c_pad;
    fn_depthwise_weights(d, weight, bias, slope);
}

void fn_depthwise_weights(struct fn_depthwise *d, const float *weight, const float *bias,
                          const float *slope)
{
    const struct fn_conv_spec *s = &d->spec;
    size_t c_pad = d->c_pad, taps = (size_t)s->kh * s->kw;
    for (size_t c = 0; c < s->c; c++)
        for (size_t i = 0; i < taps; i++)
            d->weight[i * c_pad + c] = weight[c * taps + i];
    if (bias)
        memcpy(d->bias, bias, s->c * sizeof *bias);
    if (slope)
        memcpy(d->slope, slope, s->c * sizeof *slope);
}

static fn_depthwise_row_fn kernel_of(const struct fn_depthwise *d)
{
    const struct fn_conv_spec *s = &d->spec;
    bool small = s->kh == 3 && s->kw == 3 && s->dil_w == 1;
    if (small && s->stride_w == 1)
        return d->rows->s1_3x3;
    if (small && s->stride_w == 2)
        return d->rows->s2_3x3;
    return d->rows->any;
}

static void run_row(const struct fn_depthwise *d, struct fn_depthwise_row *r, const float *in,
                    uint32_t oy)
{
    const struct fn_conv_spec *s = &d->spec;
    const float *rows[FN_DEPTHWISE_KH_MAX];
    ptrdiff_t iy = (ptrdiff_t)oy * s->stride_h - (ptrdiff_t)s->pad_top;
    r->ky0 = r->ky1 = 0;
    for (uint32_t ky = 0; ky < s->kh; ky++, iy += s->dil_h) {
        if (iy < 0)
            r->ky0 = r->ky1 = ky + 1;
        if (iy < 0 || iy >= (ptrdiff_t)s->h)
            continue;
        rows[ky] = in + (size_t)iy * s->w * s->in_stride;
        r->ky1 = ky + 1;
    }
    r->rows = rows;
    kernel_of(d)(r);
}

void fn_depthwise_run(const struct fn_depthwise *d, const float *in, float *out)
{
    const struct fn_conv_spec *s = &d->spec;
    struct fn_depthwise_row r = {
        .kw = s->kw,
        .stride = s->stride_w,
        .dil = s->dil_w,
        .pad = s->pad_left,
        .w = s->w,
        .ow = s->ow,
        .c = s->c,
        .c_pad = d->c_pad,
        .in_stride = s->in_stride,
        .out_stride = s->out_stride,
        .weight = d->weight,
        .bias = d->bias,
        .slope = d->slope,
        .zeros = d->zeros,
        .act = s->act,
    };
    for (size_t n = 0; n < s->n; n++) {
        const float *image = in + n * s->h * s->w * s->in_stride;
        for (uint32_t oy = 0; oy < s->oh; oy++) {
            r.out = out + (n * s->oh + oy) * s->ow * s->out_stride;
            run_row(d, &r, image, oy);
        }
    }
}
