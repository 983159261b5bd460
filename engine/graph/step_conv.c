/* SPDX-License-Identifier: MIT */
/* Convolution steps: depthwise rows, register tiles, and for processors without vector kernels
 * of ours a matrix product by BLAS. */
#include <errno.h>

#include "engine/graph/registry.h"
#include "engine/kernels/conv.h"
#include "engine/kernels/depthwise.h"
#include "engine/kernels/gemm.h"

static struct fn_conv_spec conv_spec(const struct fn_step *s)
{
    const struct fn_attr *a = &s->attr;
    const struct fn_view *in = &s->in_view[0], *out = &s->out_view;
    uint32_t pads[4];
    fn_attr_pads(a, in->h, in->w, pads);
    struct fn_conv_spec spec = {
        .n = in->n,
        .h = in->h,
        .w = in->w,
        .c = in->c,
        .oh = out->h,
        .ow = out->w,
        .oc = out->c,
        .kh = a->kh,
        .kw = a->kw,
        .stride_h = a->stride_h,
        .stride_w = a->stride_w,
        .dil_h = a->dil_h,
        .dil_w = a->dil_w,
        .pad_top = pads[0],
        .pad_left = pads[1],
        .groups = a->groups,
        .in_stride = in->stride,
        .out_stride = out->stride,
        .res_stride = s->res_view.stride,
    };
    fn_step_kact(s, &spec.act);
    return spec;
}

static const float *bias_of(const struct fn_step *s)
{
    return s->bias ? s->bias->data : NULL;
}

/* ---- depthwise ---- */

static bool fits_depthwise(const struct fn_program *p, const struct fn_step *s)
{
    const uint32_t *w = s->weight->dims;
    (void)p;
    return s->res == FN_NONE && w[3] == 1 && w[0] == s->attr.groups && s->attr.groups > 1 &&
           s->attr.kh <= FN_DEPTHWISE_KH_MAX;
}

static int prepare_depthwise(struct fn_step *s, const struct fn_prepare *ctx)
{
    struct fn_conv_spec spec = conv_spec(s);
    const float *slope;
    struct fn_depthwise *d = fn_memory_add(ctx->memory, sizeof *d);
    void *mem = fn_memory_add(ctx->memory, fn_depthwise_bytes(&spec, &ctx->kernels->depthwise));
    if (!d || !mem || fn_step_slopes(s, ctx, &slope))
        return -ENOMEM;
    fn_depthwise_init(d, &spec, &ctx->kernels->depthwise, s->weight->data, bias_of(s), slope,
                      mem);
    s->state = d;
    return 0;
}

static void run_depthwise(const struct fn_step *s)
{
    fn_depthwise_run(s->state, s->in_view[0].data, s->out_view.data);
}

static void refresh_depthwise(const struct fn_step *s)
{
    fn_depthwise_weights(s->state, s->weight->data, bias_of(s), s->slope);
}

const struct fn_step_kernel fn_step_depthwise = {
    .name = "depthwise",
    .op = FN_OP_CONV,
    .fits = fits_depthwise,
    .prepare = prepare_depthwise,
    .run = run_depthwise,
    .refresh = refresh_depthwise,
};

/* ---- register tiles ---- */

static int prepare_tiles(struct fn_step *s, const struct fn_prepare *ctx)
{
    struct fn_conv_spec spec = conv_spec(s);
    const float *slope;
    size_t bytes = fn_conv_bytes(&spec, &ctx->kernels->conv);
    struct fn_conv *cv = fn_memory_add(ctx->memory, sizeof *cv);
    void *mem = bytes ? fn_memory_add(ctx->memory, bytes) : NULL;
    if (!cv || !mem || fn_step_slopes(s, ctx, &slope))
        return -ENOMEM;
    fn_conv_init(cv, &spec, &ctx->kernels->conv, s->weight->data, bias_of(s), slope, mem);
    s->state = cv;
    return 0;
}

static void run_tiles(const struct fn_step *s)
{
    fn_conv_run(s->state, s->in_view[0].data, s->res_view.data, s->out_view.data);
}

static void refresh_tiles(const struct fn_step *s)
{
    fn_conv_weights(s->state, s->weight->data, bias_of(s), s->slope);
}

const struct fn_step_kernel fn_step_conv_tiles = {
    .name = "conv",
    .op = FN_OP_CONV,
    .prepare = prepare_tiles,
    .run = run_tiles,
    .refresh = refresh_tiles,
};

/* ---- BLAS ---- */

struct blas_conv {
    struct fn_conv_spec spec;
    const struct fn_elem_table *elem;
    const float *weight, *bias, *slope;
    float *patches; /* [oh * ow][kh * kw * c]; NULL when the input is that already */
};

/* Our own kernels win where the processor has them; BLAS chooses its kernels at run time too.
 */
static bool fits_blas(const struct fn_program *p, const struct fn_step *s)
{
    return p->cpu_flags == 0 && s->attr.groups == 1 && s->weight->dims[0] >= 4 &&
           (size_t)s->weight->dims[1] * s->weight->dims[2] * s->weight->dims[3] >= 4;
}

static int prepare_blas(struct fn_step *s, const struct fn_prepare *ctx)
{
    struct blas_conv *b = fn_memory_add(ctx->memory, sizeof *b);
    if (!b)
        return -ENOMEM;
    (void)fn_gemm_load(); /* run may be inside a sandbox */
    *b = (struct blas_conv){.spec = conv_spec(s), .elem = &ctx->kernels->elem};
    const struct fn_conv_spec *c = &b->spec;
    b->weight = s->weight->data;
    b->bias = bias_of(s);
    bool direct = c->kh == 1 && c->kw == 1 && c->stride_h == 1 && c->stride_w == 1 &&
                  c->oh == c->h && c->ow == c->w && c->pad_top == 0 && c->pad_left == 0;
    if (!direct) {
        size_t depth = (size_t)c->kh * c->kw * c->c, bytes;
        if (__builtin_mul_overflow((size_t)c->oh * c->ow, depth * sizeof(float), &bytes))
            return -ENOMEM;
        b->patches = fn_memory_add(ctx->memory, bytes);
        if (!b->patches)
            return -ENOMEM;
    }
    s->state = b;
    return fn_step_slopes(s, ctx, &b->slope);
}

/* One row of the patch matrix: what the output pixel (oy, ox) sees. */
static void gather(const struct fn_conv_spec *c, const float *in, ptrdiff_t oy, ptrdiff_t ox,
                   float *to)
{
    for (ptrdiff_t ky = 0; ky < (ptrdiff_t)c->kh; ky++)
        for (ptrdiff_t kx = 0; kx < (ptrdiff_t)c->kw; kx++, to += c->c) {
            ptrdiff_t y = oy * c->stride_h + ky * c->dil_h - (ptrdiff_t)c->pad_top;
            ptrdiff_t x = ox * c->stride_w + kx * c->dil_w - (ptrdiff_t)c->pad_left;
            bool inside = y >= 0 && y < (ptrdiff_t)c->h && x >= 0 && x < (ptrdiff_t)c->w;
            const float *from = in + (size_t)(inside ? y * c->w + x : 0) * c->in_stride;
            for (size_t i = 0; i < c->c; i++)
                to[i] = inside ? from[i] : 0.0f;
        }
}

/* One picture: its result may not depend on how many are in the batch. */
static void run_blas_image(const struct blas_conv *b, const float *in, const float *res,
                           size_t res_stride, float *out)
{
    const struct fn_conv_spec *c = &b->spec;
    size_t pixels = (size_t)c->oh * c->ow, depth = (size_t)c->kh * c->kw * c->c;
    for (size_t p = 0; p < pixels; p++) {
        if (b->patches)
            gather(c, in, (ptrdiff_t)(p / c->ow), (ptrdiff_t)(p % c->ow),
                   b->patches + p * depth);
        for (size_t o = 0; o < c->oc; o++)
            out[p * c->out_stride + o] =
                (b->bias ? b->bias[o] : 0.0f) + (res ? res[p * res_stride + o] : 0.0f);
    }
    fn_gemm(&(struct fn_gemm){.trans_b = true,
                              .m = pixels,
                              .n = c->oc,
                              .k = depth,
                              .alpha = 1,
                              .beta = 1,
                              .a = b->patches ? b->patches : in,
                              .lda = b->patches ? depth : c->in_stride,
                              .b = b->weight,
                              .ldb = depth,
                              .c = out,
                              .ldc = c->out_stride});
    struct fn_pixels o = {out, c->out_stride};
    if (c->act != FN_KACT_NONE)
        b->elem->act(o, (struct fn_cpixels){out, c->out_stride}, pixels, c->oc, c->act,
                     b->slope);
}

static void run_blas(const struct fn_step *s)
{
    const struct blas_conv *b = s->state;
    const struct fn_conv_spec *c = &b->spec;
    for (size_t n = 0; n < c->n; n++) {
        const float *res = s->res_view.data;
        run_blas_image(b, s->in_view[0].data + n * c->h * c->w * c->in_stride,
                       res ? res + n * c->oh * c->ow * c->res_stride : NULL, c->res_stride,
                       s->out_view.data + n * c->oh * c->ow * c->out_stride);
    }
}

const struct fn_step_kernel fn_step_conv_blas = {
    .name = "blas",
    .op = FN_OP_CONV,
    .fits = fits_blas,
    .prepare = prepare_blas,
    .run = run_blas,
};
