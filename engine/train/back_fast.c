/* SPDX-License-Identifier: MIT */
/* Backward with the gradient kernels of the table (engine/kernels/grad.h): one small function
 * per operator. */
#include <errno.h>
#include <string.h>

#include "engine/graph/registry.h"
#include "engine/train/back.h"

static struct fn_pixels to(const struct fn_view *v)
{
    return (struct fn_pixels){v->data, v->stride};
}

static struct fn_cpixels from(const struct fn_view *v)
{
    return (struct fn_cpixels){v->data, v->stride};
}

/* ---- element by element ---- */

struct act_state {
    enum fn_kact act;
    const float *slope;
};

static bool fits_act(const struct fn_back *b, const struct fn_back_ctx *ctx)
{
    enum fn_kact act;
    (void)ctx;
    return fn_step_kact(b->step, &act);
}

static int prepare_act(struct fn_back *b, struct fn_back_ctx *ctx)
{
    struct act_state *s = fn_memory_add(ctx->memory, sizeof *s);
    const struct fn_prepare p = {.kernels = ctx->kernels, .memory = ctx->memory};
    if (!s)
        return -ENOMEM;
    fn_step_kact(b->step, &s->act);
    b->state = s;
    return fn_step_slopes(b->step, &p, &s->slope);
}

static void run_act(const struct fn_back *b, const struct fn_back_ctx *ctx)
{
    const struct act_state *s = b->state;
    const struct fn_grad_table *g = &ctx->kernels->grad;
    const struct fn_view *x = &b->step->in_view[0];
    size_t pixels = fn_back_pixels(x);
    if (b->dslope != FN_NOWHERE)
        g->slope(ctx->grad + b->dslope, from(&b->dout), from(x), pixels, x->c);
    if (b->din[0].data)
        g->act(to(&b->din[0]), from(&b->dout), from(x), pixels, x->c, s->act, s->slope,
               b->add[0]);
}

static void run_add(const struct fn_back *b, const struct fn_back_ctx *ctx)
{
    fn_back_mask(b, ctx);
    for (int i = 0; i < 2; i++)
        if (b->din[i].data)
            fn_back_copy(&b->din[i], &b->dout, b->add[i], ctx);
}

static void run_affine(const struct fn_back *b, const struct fn_back_ctx *ctx)
{
    const struct fn_grad_table *g = &ctx->kernels->grad;
    const struct fn_view *x = &b->step->in_view[0];
    size_t pixels = fn_back_pixels(x);
    if (b->dweight != FN_NOWHERE)
        g->scale(ctx->grad + b->dweight, from(&b->dout), from(x), pixels, x->c);
    if (b->dbias != FN_NOWHERE)
        g->bias(ctx->grad + b->dbias, from(&b->dout), pixels, x->c);
    if (b->din[0].data)
        g->affine(to(&b->din[0]), from(&b->dout), pixels, x->c, b->step->weight->data,
                  b->add[0]);
}

/* Parts that are in the memory of the whole have their gradients there. */
static void run_concat(const struct fn_back *b, const struct fn_back_ctx *ctx)
{
    struct fn_view part = b->dout;
    for (uint32_t i = 0; i < b->step->n_in; i++) {
        part.c = b->step->in_view[i].c;
        if (b->din[i].data)
            fn_back_copy(&b->din[i], &part, b->add[i], ctx);
        part.data += part.c;
    }
}

/* ---- pools ---- */

static struct fn_pool_grad pool_of(const struct fn_back *b)
{
    const struct fn_attr *a = &b->step->attr;
    const struct fn_view *x = &b->step->in_view[0], *y = &b->step->out_view;
    uint32_t pads[4] = {0};
    bool global = a->kh == 0;
    if (!global)
        fn_attr_pads(a, x->h, x->w, pads);
    return (struct fn_pool_grad){.n = x->n,
                                 .h = x->h,
                                 .w = x->w,
                                 .oh = y->h,
                                 .ow = y->w,
                                 .kh = global ? x->h : a->kh,
                                 .kw = global ? x->w : a->kw,
                                 .stride_h = a->stride_h,
                                 .stride_w = a->stride_w,
                                 .pad_top = pads[0],
                                 .pad_left = pads[1],
                                 .c = x->c,
                                 .x = from(x),
                                 .y = from(y),
                                 .dy = from(&b->dout),
                                 .dx = to(&b->din[0]),
                                 .add = b->add[0]};
}

static void run_maxpool(const struct fn_back *b, const struct fn_back_ctx *ctx)
{
    struct fn_pool_grad p = pool_of(b);
    if (b->din[0].data)
        ctx->kernels->grad.maxpool(&p);
}

static void run_avgpool(const struct fn_back *b, const struct fn_back_ctx *ctx)
{
    struct fn_pool_grad p = pool_of(b);
    if (b->din[0].data)
        ctx->kernels->grad.avgpool(&p);
}

static void run_l2pool(const struct fn_back *b, const struct fn_back_ctx *ctx)
{
    struct fn_pool_grad p = pool_of(b);
    if (b->din[0].data)
        ctx->kernels->grad.l2pool(&p);
}

/* ---- across channels ---- */

static int prepare_lrn(struct fn_back *b, struct fn_back_ctx *ctx)
{
    size_t floats = fn_lrn_scratch(b->dout.c, b->step->attr.size);
    ctx->scratch_floats = floats > ctx->scratch_floats ? floats : ctx->scratch_floats;
    return 0;
}

static void run_lrn(const struct fn_back *b, const struct fn_back_ctx *ctx)
{
    const struct fn_attr *a = &b->step->attr;
    const struct fn_lrn l = {a->size, a->alpha, a->beta, a->bias_k, ctx->scratch};
    const struct fn_view *x = &b->step->in_view[0];
    if (b->din[0].data)
        ctx->kernels->grad.lrn(to(&b->din[0]), from(&b->dout), from(x), fn_back_pixels(x), x->c,
                               &l, b->add[0]);
}

static void run_maxout(const struct fn_back *b, const struct fn_back_ctx *ctx)
{
    const struct fn_view *x = &b->step->in_view[0];
    if (b->din[0].data)
        ctx->kernels->grad.maxout(to(&b->din[0]), from(&b->dout), from(x), fn_back_pixels(x),
                                  b->dout.c, b->step->attr.size, b->add[0]);
}

static void run_l2norm(const struct fn_back *b, const struct fn_back_ctx *ctx)
{
    const struct fn_view *x = &b->step->in_view[0];
    if (b->din[0].data)
        ctx->kernels->grad.l2norm(to(&b->din[0]), from(&b->dout), from(x), fn_back_pixels(x),
                                  x->c, b->step->attr.eps, b->add[0]);
}

/* ---- depthwise convolution ---- */

static struct fn_depthwise_grad depthwise_of(const struct fn_back *b)
{
    const struct fn_attr *a = &b->step->attr;
    const struct fn_view *x = &b->step->in_view[0], *y = &b->step->out_view;
    uint32_t pads[4];
    fn_attr_pads(a, x->h, x->w, pads);
    return (struct fn_depthwise_grad){.n = x->n,
                                      .h = x->h,
                                      .w = x->w,
                                      .oh = y->h,
                                      .ow = y->w,
                                      .kh = a->kh,
                                      .kw = a->kw,
                                      .stride_h = a->stride_h,
                                      .stride_w = a->stride_w,
                                      .dil_h = a->dil_h,
                                      .dil_w = a->dil_w,
                                      .pad_top = pads[0],
                                      .pad_left = pads[1],
                                      .c = x->c,
                                      .x = from(x),
                                      .dy = from(&b->dout),
                                      .weight = b->step->weight->data};
}

static bool fits_depthwise(const struct fn_back *b, const struct fn_back_ctx *ctx)
{
    const struct fn_step *s = b->step;
    (void)ctx;
    return s->attr.groups > 1 && s->weight->dims[3] == 1 &&
           s->weight->dims[0] == s->attr.groups && s->attr.kh <= FN_BACK_WINDOW_MAX &&
           s->attr.kw <= FN_BACK_WINDOW_MAX;
}

static int prepare_depthwise(struct fn_back *b, struct fn_back_ctx *ctx)
{
    struct fn_depthwise_grad d = depthwise_of(b);
    size_t floats = fn_depthwise_grad_scratch(&d);
    ctx->scratch_floats = floats > ctx->scratch_floats ? floats : ctx->scratch_floats;
    bool weights = b->dweight != FN_NOWHERE, data = b->din[0].data != NULL;
    b->macs = b->step->macs * ((uint64_t)weights + (uint64_t)data);
    return 0;
}

static void run_depthwise(const struct fn_back *b, const struct fn_back_ctx *ctx)
{
    const struct fn_grad_table *g = &ctx->kernels->grad;
    struct fn_depthwise_grad d = depthwise_of(b);
    d.scratch = ctx->scratch;
    fn_back_mask(b, ctx);
    if (b->dbias != FN_NOWHERE)
        g->bias(ctx->grad + b->dbias, from(&b->dout), fn_back_pixels(&b->dout), b->dout.c);
    if (b->dweight != FN_NOWHERE)
        g->depthwise_weight(&d, ctx->grad + b->dweight);
    if (b->din[0].data)
        g->depthwise_data(&d, to(&b->din[0]), b->add[0]);
}

const struct fn_back_kernel fn_back_fast[] = {
    {.name = "act", .op = FN_OP_ACT, .fits = fits_act, .prepare = prepare_act, .run = run_act},
    {.name = "add", .op = FN_OP_ADD, .run = run_add},
    {.name = "affine", .op = FN_OP_AFFINE, .run = run_affine},
    {.name = "concat", .op = FN_OP_CONCAT, .run = run_concat},
    {.name = "maxpool", .op = FN_OP_MAXPOOL, .run = run_maxpool},
    {.name = "avgpool", .op = FN_OP_AVGPOOL, .run = run_avgpool},
    {.name = "l2pool", .op = FN_OP_L2POOL, .run = run_l2pool},
    {.name = "lrn", .op = FN_OP_LRN, .prepare = prepare_lrn, .run = run_lrn},
    {.name = "maxout", .op = FN_OP_MAXOUT, .run = run_maxout},
    {.name = "l2norm", .op = FN_OP_L2NORM, .run = run_l2norm},
    {.name = "depthwise",
     .op = FN_OP_CONV,
     .fits = fits_depthwise,
     .prepare = prepare_depthwise,
     .run = run_depthwise},
};
const size_t fn_back_fast_n = sizeof fn_back_fast / sizeof *fn_back_fast;
