/* The backward of a convolution (not depthwise).
 *
 * Weights: dW = dY^T X, where a row of X is the window of one output pixel: rows are gathered for some hundred pixels at a time, so
 * that they stay in cache between the gathering and the matrix product that adds to dW. A 1x1 convolution has its rows already.
 * Data: at stride 1 the gradient is a convolution of dY with the weights transposed and turned by half, by the same tiles as forward.
 * At other strides, and where there are no tiles for the processor, rows of windows are made by dY W and added where they came from
 * (Chellapilla, Puri, Simard 2006, backwards). */
#include <errno.h>
#include <string.h>

#include "engine/kernels/conv.h"
#include "engine/kernels/gemm.h"
#include "engine/train/back.h"

enum { BLOCK_FLOATS = 128 << 10, BLOCK_PIXELS_MAX = 1024, BLOCK_PIXELS_MIN = 16 };

struct conv_back {
    uint32_t pad_top, pad_left;
    size_t depth, block; /* floats of a window; output pixels at once */
    bool pointwise;      /* windows are the input's pixels */
    struct fn_conv turned;
    float *turned_weight; /* NULL: data gradient by matrix product, or none */
};

static bool fits_conv(const struct fn_back *b, const struct fn_back_ctx *ctx)
{
    (void)ctx;
    return b->step->attr.groups == 1;
}

/* [ic][kh][kw][oc] turned by half, from [oc][kh][kw][ic]. */
static void turn(const struct fn_step *s, float *to)
{
    const uint32_t *d = s->weight->dims;
    size_t oc = d[0], taps = (size_t)d[1] * d[2], ic = d[3];
    for (size_t o = 0; o < oc; o++)
        for (size_t k = 0; k < taps; k++) {
            const float *w = s->weight->data + (o * taps + k) * ic;
            float *column = to + (taps - 1 - k) * oc + o;
            for (size_t i = 0; i < ic; i++)
                column[i * taps * oc] = w[i];
        }
}

static bool can_turn(const struct fn_back *b, const struct fn_back_ctx *ctx,
                     const struct conv_back *c)
{
    const struct fn_attr *a = &b->step->attr;
    return ctx->cpu_flags && b->din[0].data && a->stride_h == 1 && a->stride_w == 1 &&
           (a->kh - 1) * a->dil_h >= c->pad_top && (a->kw - 1) * a->dil_w >= c->pad_left;
}

static int prepare_turned(const struct fn_back *b, const struct fn_back_ctx *ctx,
                          struct conv_back *c)
{
    const struct fn_attr *a = &b->step->attr;
    const struct fn_view *in = &b->din[0], *out = &b->dout;
    const struct fn_conv_spec spec = {
        .n = out->n,
        .h = out->h,
        .w = out->w,
        .c = out->c,
        .oh = in->h,
        .ow = in->w,
        .oc = in->c,
        .kh = a->kh,
        .kw = a->kw,
        .stride_h = 1,
        .stride_w = 1,
        .dil_h = a->dil_h,
        .dil_w = a->dil_w,
        .pad_top = (a->kh - 1) * a->dil_h - c->pad_top,
        .pad_left = (a->kw - 1) * a->dil_w - c->pad_left,
        .groups = 1,
        .in_stride = out->stride,
        .out_stride = in->stride,
        .res_stride = in->stride,
    };
    size_t bytes = fn_conv_bytes(&spec, &ctx->kernels->conv);
    void *mem = bytes ? fn_memory_add(ctx->memory, bytes) : NULL;
    c->turned_weight = fn_memory_add(ctx->memory, c->depth * out->c * sizeof(float));
    if (!mem || !c->turned_weight)
        return -ENOMEM;
    turn(b->step, c->turned_weight);
    fn_conv_init(&c->turned, &spec, &ctx->kernels->conv, c->turned_weight, NULL, NULL, mem);
    return 0;
}

static size_t at_most(size_t x, size_t top)
{
    return x < top ? x : top;
}

static int prepare_conv(struct fn_back *b, struct fn_back_ctx *ctx)
{
    const struct fn_step *s = b->step;
    const struct fn_attr *a = &s->attr;
    struct conv_back *c = fn_memory_add(ctx->memory, sizeof *c);
    if (!c)
        return -ENOMEM;
    uint32_t pads[4];
    fn_attr_pads(a, s->in_view[0].h, s->in_view[0].w, pads);
    c->pad_top = pads[0];
    c->pad_left = pads[1];
    c->depth = (size_t)a->kh * a->kw * s->in_view[0].c;
    c->pointwise = a->kh == 1 && a->kw == 1 && s->out_view.h == s->in_view[0].h &&
                   s->out_view.w == s->in_view[0].w && a->stride_h == 1 && a->stride_w == 1;
    size_t pixels = fn_back_pixels(&b->dout), fit = BLOCK_FLOATS / c->depth;
    c->block = fit < BLOCK_PIXELS_MIN ? BLOCK_PIXELS_MIN : at_most(fit, BLOCK_PIXELS_MAX);
    c->block = at_most(c->block, pixels);
    size_t scratch = c->pointwise ? 0 : c->block * c->depth;
    ctx->scratch_floats = scratch > ctx->scratch_floats ? scratch : ctx->scratch_floats;
    bool weights = b->dweight != FN_NOWHERE, data = b->din[0].data != NULL;
    b->macs = s->macs * ((uint64_t)weights + (uint64_t)data);
    b->state = c;
    return can_turn(b, ctx, c) ? prepare_turned(b, ctx, c) : 0;
}

static void refresh_conv(const struct fn_back *b)
{
    struct conv_back *c = b->state;
    if (!c->turned_weight)
        return;
    turn(b->step, c->turned_weight);
    fn_conv_weights(&c->turned, c->turned_weight, NULL, NULL);
}

static size_t tap_pixel(const struct fn_back *b, const struct conv_back *c, size_t p, size_t ky,
                        size_t kx)
{
    const struct fn_attr *a = &b->step->attr;
    const struct fn_view *in = &b->step->in_view[0], *out = &b->step->out_view;
    size_t n = p / ((size_t)out->h * out->w), rest = p % ((size_t)out->h * out->w);
    size_t y = rest / out->w * a->stride_h + ky * a->dil_h,
           x = rest % out->w * a->stride_w + kx * a->dil_w;
    bool inside = y >= c->pad_top && y - c->pad_top < in->h && x >= c->pad_left &&
                  x - c->pad_left < in->w;
    return inside ? (n * in->h + y - c->pad_top) * in->w + x - c->pad_left : FN_NOWHERE;
}

static void gather(const struct fn_back *b, const struct conv_back *c, size_t from, size_t n,
                   float *rows)
{
    const struct fn_view *in = &b->step->in_view[0];
    const struct fn_attr *a = &b->step->attr;
    for (size_t p = from; p < from + n; p++)
        for (size_t ky = 0; ky < a->kh; ky++)
            for (size_t kx = 0; kx < a->kw; kx++, rows += in->c) {
                size_t at = tap_pixel(b, c, p, ky, kx);
                if (at == FN_NOWHERE)
                    memset(rows, 0, in->c * sizeof *rows);
                else
                    memcpy(rows, in->data + at * in->stride, in->c * sizeof *rows);
            }
}

static void scatter(const struct fn_back *b, const struct conv_back *c, size_t from, size_t n,
                    const float *rows)
{
    const struct fn_view *din = &b->din[0];
    const struct fn_attr *a = &b->step->attr;
    for (size_t p = from; p < from + n; p++)
        for (size_t ky = 0; ky < a->kh; ky++)
            for (size_t kx = 0; kx < a->kw; kx++, rows += din->c) {
                size_t at = tap_pixel(b, c, p, ky, kx);
                if (at == FN_NOWHERE)
                    continue;
                float *to = din->data + at * din->stride;
                for (size_t i = 0; i < din->c; i++)
                    to[i] += rows[i];
            }
}

static void add_weights(const struct fn_back *b, const struct fn_back_ctx *ctx)
{
    const struct conv_back *c = b->state;
    const struct fn_view *in = &b->step->in_view[0];
    for (size_t p = 0, n, pixels = fn_back_pixels(&b->dout); p < pixels; p += n) {
        n = at_most(c->block, pixels - p);
        if (!c->pointwise)
            gather(b, c, p, n, ctx->scratch);
        fn_gemm(&(struct fn_gemm){.trans_a = true,
                                  .m = b->dout.c,
                                  .n = c->depth,
                                  .k = n,
                                  .alpha = 1,
                                  .beta = 1,
                                  .a = b->dout.data + p * b->dout.stride,
                                  .lda = b->dout.stride,
                                  .b = c->pointwise ? in->data + p * in->stride : ctx->scratch,
                                  .ldb = c->pointwise ? in->stride : c->depth,
                                  .c = ctx->grad + b->dweight,
                                  .ldc = c->depth});
    }
}

static void add_data(const struct fn_back *b, const struct fn_back_ctx *ctx)
{
    const struct conv_back *c = b->state;
    if (!b->add[0] && !c->pointwise)
        fn_back_clear(&b->din[0]);
    for (size_t p = 0, n, pixels = fn_back_pixels(&b->dout); p < pixels; p += n) {
        n = at_most(c->block, pixels - p);
        fn_gemm(&(struct fn_gemm){.m = n,
                                  .n = c->depth,
                                  .k = b->dout.c,
                                  .alpha = 1,
                                  .beta = c->pointwise && b->add[0] ? 1 : 0,
                                  .a = b->dout.data + p * b->dout.stride,
                                  .lda = b->dout.stride,
                                  .b = b->step->weight->data,
                                  .ldb = c->depth,
                                  .c = c->pointwise ? b->din[0].data + p * b->din[0].stride
                                                    : ctx->scratch,
                                  .ldc = c->pointwise ? b->din[0].stride : c->depth});
        if (!c->pointwise)
            scatter(b, c, p, n, ctx->scratch);
    }
}

static void run_conv(const struct fn_back *b, const struct fn_back_ctx *ctx)
{
    const struct conv_back *c = b->state;
    fn_back_mask(b, ctx);
    fn_back_residual(b, ctx);
    if (b->dbias != FN_NOWHERE)
        ctx->kernels->grad.bias(ctx->grad + b->dbias,
                                (struct fn_cpixels){b->dout.data, b->dout.stride},
                                fn_back_pixels(&b->dout), b->dout.c);
    if (b->dweight != FN_NOWHERE)
        add_weights(b, ctx);
    if (c->turned_weight)
        fn_conv_run(&c->turned, b->dout.data, b->add[0] ? b->din[0].data : NULL,
                    b->din[0].data);
    else if (b->din[0].data)
        add_data(b, ctx);
}

const struct fn_back_kernel fn_back_conv = {.name = "conv",
                                            .op = FN_OP_CONV,
                                            .fits = fits_conv,
                                            .prepare = prepare_conv,
                                            .run = run_conv,
                                            .refresh = refresh_conv};
