/* SPDX-License-Identifier: MIT */
/* The backward of a convolution (not depthwise).
 *
 * Weights: dW = dY^T X, where a row of X is the window of one output pixel. Rows are gathered
 * for some hundred pixels and a few rows of the window at a time, so that they stay in cache
 * until the product that adds to dW. A 1x1 convolution needs no gathering. The mask of the
 * activation and the sum of the bias are computed by the same blocks, while they are in cache.
 *
 * Data: at stride 1, the gradient is a convolution of dY with the transposed weights, rotated
 * by 180 degrees, by the tiles of forward. At other strides, rows of windows are computed as dY
 * W, which is a 1x1 convolution by the same tiles, and added to their positions in the input
 * (Chellapilla, Puri, Simard 2006, backwards). Without tiles for the processor, both products
 * are computed by BLAS. */
#include <errno.h>
#include <string.h>

#include "engine/kernels/conv.h"
#include "engine/kernels/cpu.h"
#include "engine/kernels/gemm.h"
#include "engine/train/back.h"

enum {
    BLOCK = 128,             /* output pixels at a time, a multiple of what the kernels sum */
    ROW_FLOATS = 768,        /* of the window gathered at a time, if a row of it is shorter */
    DATA_FLOATS = 128 << 10, /* of windows computed at a time */
    DATA_PIXELS_MIN = 16,
    DATA_PIXELS_MAX = 1024,
};

struct conv_back {
    uint32_t pad_top, pad_left;
    size_t depth;      /* floats of a window */
    size_t rows;       /* of the window gathered at a time */
    size_t data_block; /* output pixels whose windows are computed at a time */
    bool pointwise;    /* windows are single pixels of the input */
    bool own;          /* products by our kernels */
    bool by_windows;   /* the tiles compute windows: weights transposed, not rotated */
    struct fn_conv data;
    float *data_weight; /* NULL: data gradient by BLAS, or not needed */
};

static bool fits_conv(const struct fn_back *b, const struct fn_back_ctx *ctx)
{
    (void)ctx;
    return b->step->attr.groups == 1;
}

/* [ic][kh][kw][oc] rotated by 180 degrees, from [oc][kh][kw][ic]. */
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

/* [kh * kw * ic][oc]. */
static void transpose(const struct fn_step *s, float *to)
{
    const uint32_t *d = s->weight->dims;
    size_t oc = d[0], depth = (size_t)d[1] * d[2] * d[3];
    for (size_t o = 0; o < oc; o++)
        for (size_t i = 0; i < depth; i++)
            to[i * oc + o] = s->weight->data[o * depth + i];
}

static void data_weights(const struct fn_back *b, const struct conv_back *c)
{
    (c->by_windows ? transpose : turn)(b->step, c->data_weight);
}

static bool can_turn(const struct fn_back *b, const struct conv_back *c)
{
    const struct fn_attr *a = &b->step->attr;
    return a->stride_h == 1 && a->stride_w == 1 && (a->kh - 1) * a->dil_h >= c->pad_top &&
           (a->kw - 1) * a->dil_w >= c->pad_left;
}

static struct fn_conv_spec turned_spec(const struct fn_back *b, const struct conv_back *c)
{
    const struct fn_attr *a = &b->step->attr;
    const struct fn_view *in = &b->din[0], *out = &b->dout;
    return (struct fn_conv_spec){
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
}

/* From data_block pixels of dY to the same number of windows in scratch. */
static struct fn_conv_spec windows_spec(const struct fn_back *b, const struct conv_back *c)
{
    return (struct fn_conv_spec){
        .n = 1,
        .h = 1,
        .w = (uint32_t)c->data_block,
        .c = b->dout.c,
        .oh = 1,
        .ow = (uint32_t)c->data_block,
        .oc = (uint32_t)c->depth,
        .kh = 1,
        .kw = 1,
        .stride_h = 1,
        .stride_w = 1,
        .dil_h = 1,
        .dil_w = 1,
        .groups = 1,
        .in_stride = b->dout.stride,
        .out_stride = c->depth,
    };
}

static int prepare_data(const struct fn_back *b, struct fn_back_ctx *ctx, struct conv_back *c)
{
    struct fn_conv_spec spec = c->by_windows ? windows_spec(b, c) : turned_spec(b, c);
    size_t bytes = fn_conv_bytes(&spec, &ctx->kernels->conv);
    void *mem = bytes ? fn_memory_add(ctx->memory, bytes) : NULL;
    c->data_weight = fn_memory_add(ctx->memory, c->depth * b->dout.c * sizeof(float));
    if (!mem || !c->data_weight)
        return -ENOMEM;
    data_weights(b, c);
    fn_conv_init(&c->data, &spec, &ctx->kernels->conv, c->data_weight, NULL, NULL, mem);
    return 0;
}

static size_t at_most(size_t x, size_t top)
{
    return x < top ? x : top;
}

static void plan_blocks(const struct fn_back *b, struct fn_back_ctx *ctx, struct conv_back *c)
{
    const struct fn_attr *a = &b->step->attr;
    size_t row = (size_t)a->kw * b->step->in_view[0].c, pixels = fn_back_pixels(&b->dout);
    c->rows = ROW_FLOATS / row < 1 ? 1 : at_most(ROW_FLOATS / row, a->kh);
    size_t fit = DATA_FLOATS / c->depth;
    fit = fit < DATA_PIXELS_MIN ? DATA_PIXELS_MIN : at_most(fit, DATA_PIXELS_MAX);
    c->data_block = at_most(fit, pixels);
    bool makes = b->din[0].data && !c->pointwise && (c->by_windows || !c->own);
    size_t gathered = c->pointwise ? 0 : BLOCK * c->rows * row,
           made = makes ? c->data_block * c->depth : 0;
    size_t scratch = gathered > made ? gathered : made;
    ctx->scratch_floats = scratch > ctx->scratch_floats ? scratch : ctx->scratch_floats;
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
    c->own = ctx->cpu_flags != FN_CPU_C;
    c->by_windows = c->own && !can_turn(b, c);
    plan_blocks(b, ctx, c);
    bool weights = b->dweight != FN_NOWHERE, data = b->din[0].data != NULL;
    b->macs = s->macs * ((uint64_t)weights + (uint64_t)data);
    b->state = c;
    return c->own && data ? prepare_data(b, ctx, c) : 0;
}

static void refresh_conv(const struct fn_back *b)
{
    struct conv_back *c = b->state;
    if (!c->data_weight)
        return;
    data_weights(b, c);
    fn_conv_weights(&c->data, c->data_weight, NULL, NULL);
}

/* ---- windows: the positions of the taps of an output pixel ---- */

struct window {
    ptrdiff_t x;     /* column of the first tap */
    ptrdiff_t y;     /* row of the first */
    size_t picture;  /* its first pixel */
    size_t from, to; /* taps of a row that are inside the map */
};

static struct window window_of(const struct fn_back *b, const struct conv_back *c, size_t p)
{
    const struct fn_attr *a = &b->step->attr;
    const struct fn_view *in = &b->step->in_view[0], *out = &b->step->out_view;
    size_t n = p / ((size_t)out->h * out->w), rest = p % ((size_t)out->h * out->w);
    struct window w = {.y = (ptrdiff_t)(rest / out->w * a->stride_h) - (ptrdiff_t)c->pad_top,
                       .x = (ptrdiff_t)(rest % out->w * a->stride_w) - (ptrdiff_t)c->pad_left,
                       .picture = n * in->h * in->w,
                       .to = a->kw};
    while (w.from < w.to && w.x + (ptrdiff_t)(w.from * a->dil_w) < 0)
        w.from++;
    while (w.to > w.from && w.x + (ptrdiff_t)((w.to - 1) * a->dil_w) >= (ptrdiff_t)in->w)
        w.to--;
    return w;
}

/* The pixel of the first tap inside the map, of row ky of the window. FN_NOWHERE: the whole row
 * is outside. */
static size_t row_pixel(const struct fn_back *b, const struct window *w, size_t ky)
{
    const struct fn_view *in = &b->step->in_view[0];
    ptrdiff_t y = w->y + (ptrdiff_t)(ky * b->step->attr.dil_h);
    if (y < 0 || y >= (ptrdiff_t)in->h || w->from == w->to)
        return FN_NOWHERE;
    return w->picture + (size_t)y * in->w +
           (size_t)(w->x + (ptrdiff_t)(w->from * b->step->attr.dil_w));
}

static void gather_row(const struct fn_back *b, const struct window *w, size_t ky, float *row)
{
    const struct fn_view *in = &b->step->in_view[0];
    const struct fn_attr *a = &b->step->attr;
    size_t at = row_pixel(b, w, ky), c = in->c;
    if (at == FN_NOWHERE) {
        memset(row, 0, a->kw * c * sizeof *row);
        return;
    }
    const float *from = in->data + at * in->stride;
    memset(row, 0, w->from * c * sizeof *row);
    if (a->dil_w == 1 && in->stride == c)
        memcpy(row + w->from * c, from, (w->to - w->from) * c * sizeof *row);
    else
        for (size_t kx = w->from; kx < w->to; kx++, from += a->dil_w * in->stride)
            memcpy(row + kx * c, from, c * sizeof *row);
    memset(row + w->to * c, 0, (a->kw - w->to) * c * sizeof *row);
}

/* Rows ky .. ky + rows of the windows of pixels from .. from + n. */
static void gather(const struct fn_back *b, const struct conv_back *c, size_t from, size_t n,
                   size_t ky, size_t rows, float *to)
{
    size_t row = (size_t)b->step->attr.kw * b->step->in_view[0].c;
    for (size_t p = from; p < from + n; p++) {
        struct window w = window_of(b, c, p);
        for (size_t k = 0; k < rows; k++, to += row)
            gather_row(b, &w, ky + k, to);
    }
}

/* Adds the windows of pixels from .. from + n to their positions in the input. */
static void scatter(const struct fn_back *b, const struct fn_back_ctx *ctx, const float *rows,
                    size_t from, size_t n)
{
    const struct conv_back *c = b->state;
    const struct fn_view *din = &b->din[0];
    const struct fn_attr *a = &b->step->attr;
    for (size_t p = from; p < from + n; p++) {
        struct window w = window_of(b, c, p);
        for (size_t ky = 0; ky < a->kh; ky++, rows += a->kw * din->c) {
            size_t at = row_pixel(b, &w, ky);
            if (at == FN_NOWHERE)
                continue;
            ctx->kernels->grad.affine(
                (struct fn_pixels){din->data + at * din->stride, a->dil_w * din->stride},
                (struct fn_cpixels){rows + w.from * din->c, din->c}, w.to - w.from, din->c,
                NULL, true);
        }
    }
}

/* ---- running ---- */

static void product(const struct fn_back *b, const struct fn_back_ctx *ctx, size_t p, size_t n,
                    struct fn_cpixels x, size_t columns, size_t first)
{
    const struct conv_back *c = b->state;
    const struct fn_cpixels dy = {b->dout.data + p * b->dout.stride, b->dout.stride};
    float *dw = ctx->grad + b->dweight + first;
    if (c->own)
        ctx->kernels->grad.outer(dw, c->depth, dy, b->dout.c, x, columns, n);
    else
        fn_gemm(&(struct fn_gemm){.trans_a = true,
                                  .m = b->dout.c,
                                  .n = columns,
                                  .k = n,
                                  .alpha = 1,
                                  .beta = 1,
                                  .a = dy.data,
                                  .lda = dy.stride,
                                  .b = x.data,
                                  .ldb = x.stride,
                                  .c = dw,
                                  .ldc = c->depth});
}

static void add_weights(const struct fn_back *b, const struct fn_back_ctx *ctx, size_t p,
                        size_t n)
{
    const struct conv_back *c = b->state;
    const struct fn_view *in = &b->step->in_view[0];
    if (c->pointwise) {
        product(b, ctx, p, n, (struct fn_cpixels){in->data + p * in->stride, in->stride}, in->c,
                0);
        return;
    }
    size_t row = (size_t)b->step->attr.kw * in->c, kh = b->step->attr.kh;
    for (size_t ky = 0, rows; ky < kh; ky += rows) {
        rows = at_most(c->rows, kh - ky);
        gather(b, c, p, n, ky, rows, ctx->scratch);
        product(b, ctx, p, n, (struct fn_cpixels){ctx->scratch, rows * row}, rows * row,
                ky * row);
    }
}

/* The masked dY and its products for weights and bias, block by block. */
static void add_parameters(const struct fn_back *b, const struct fn_back_ctx *ctx)
{
    if (b->dres.data) { /* its copy comes first */
        fn_back_mask(b, ctx);
        fn_back_residual(b, ctx);
    }
    for (size_t p = 0, n, pixels = fn_back_pixels(&b->dout); p < pixels; p += n) {
        n = at_most(BLOCK, pixels - p);
        if (!b->dres.data)
            fn_back_mask_part(b, ctx, p, n);
        if (b->dbias != FN_NOWHERE)
            ctx->kernels->grad.bias(
                ctx->grad + b->dbias,
                (struct fn_cpixels){b->dout.data + p * b->dout.stride, b->dout.stride}, n,
                b->dout.c);
        if (b->dweight != FN_NOWHERE)
            add_weights(b, ctx, p, n);
    }
}

/* Computes dY W for pixels p .. p + n, in the gradient of the map or in scratch. Returns the
 * position of the first: tiles compute complete blocks, so the last may begin before p. */
static const float *make_windows(const struct fn_back *b, const struct fn_back_ctx *ctx,
                                 size_t p, size_t n)
{
    const struct conv_back *c = b->state;
    size_t early = c->own ? c->data_block - n : 0;
    const float *dy = b->dout.data + (p - early) * b->dout.stride;
    if (c->own)
        fn_conv_run(&c->data, dy, NULL, ctx->scratch);
    else
        fn_gemm(&(struct fn_gemm){.m = n,
                                  .n = c->depth,
                                  .k = b->dout.c,
                                  .alpha = 1,
                                  .beta = c->pointwise && b->add[0] ? 1 : 0,
                                  .a = dy,
                                  .lda = b->dout.stride,
                                  .b = b->step->weight->data,
                                  .ldb = c->depth,
                                  .c = c->pointwise ? b->din[0].data + p * b->din[0].stride
                                                    : ctx->scratch,
                                  .ldc = c->pointwise ? b->din[0].stride : c->depth});
    return ctx->scratch + early * c->depth;
}

static void add_data(const struct fn_back *b, const struct fn_back_ctx *ctx)
{
    const struct conv_back *c = b->state;
    if (c->own && !c->by_windows) {
        fn_conv_run(&c->data, b->dout.data, b->add[0] ? b->din[0].data : NULL, b->din[0].data);
        return;
    }
    if (!b->add[0] && !c->pointwise)
        fn_back_clear(&b->din[0]);
    for (size_t p = 0, n, pixels = fn_back_pixels(&b->dout); p < pixels; p += n) {
        n = at_most(c->data_block, pixels - p);
        const float *rows = make_windows(b, ctx, p, n);
        if (!c->pointwise)
            scatter(b, ctx, rows, p, n);
    }
}

static void run_conv(const struct fn_back *b, const struct fn_back_ctx *ctx)
{
    add_parameters(b, ctx);
    if (b->din[0].data)
        add_data(b, ctx);
}

const struct fn_back_kernel fn_back_conv = {.name = "conv",
                                            .op = FN_OP_CONV,
                                            .fits = fits_conv,
                                            .prepare = prepare_conv,
                                            .run = run_conv,
                                            .refresh = refresh_conv};
