/* SPDX-License-Identifier: MIT */
/* Steps without weights to pack: element by element, pools, concatenation, reorders. */
#include <errno.h>
#include <string.h>

#include "engine/graph/registry.h"

static size_t pixels_of(const struct fn_view *v)
{
    return (size_t)v->n * v->h * v->w;
}

static struct fn_pixels out_pixels(const struct fn_view *v)
{
    return (struct fn_pixels){v->data, v->stride};
}

static struct fn_cpixels in_pixels(const struct fn_view *v)
{
    return (struct fn_cpixels){v->data, v->stride};
}

/* ---- element by element ---- */

struct elem_state {
    const struct fn_elem_table *elem;
    enum fn_kact act;
    const float *slope;
};

static bool fits_elem(const struct fn_program *p, const struct fn_step *s)
{
    enum fn_kact act;
    (void)p;
    return fn_step_kact(s, &act);
}

static int prepare_elem(struct fn_step *s, const struct fn_prepare *ctx)
{
    struct elem_state *e = fn_memory_add(ctx->memory, sizeof *e);
    if (!e)
        return -ENOMEM;
    e->elem = &ctx->kernels->elem;
    fn_step_kact(s, &e->act);
    s->state = e;
    return fn_step_slopes(s, ctx, &e->slope);
}

static void run_act(const struct fn_step *s)
{
    const struct elem_state *e = s->state;
    e->elem->act(out_pixels(&s->out_view), in_pixels(&s->in_view[0]), pixels_of(&s->out_view),
                 s->out_view.c, e->act, e->slope);
}

static void run_add(const struct fn_step *s)
{
    const struct elem_state *e = s->state;
    e->elem->add(out_pixels(&s->out_view), in_pixels(&s->in_view[0]), in_pixels(&s->in_view[1]),
                 pixels_of(&s->out_view), s->out_view.c, e->act, e->slope);
}

static void run_affine(const struct fn_step *s)
{
    const struct elem_state *e = s->state;
    e->elem->affine(out_pixels(&s->out_view), in_pixels(&s->in_view[0]),
                    pixels_of(&s->out_view), s->out_view.c, s->weight->data,
                    s->bias ? s->bias->data : NULL);
}

const struct fn_step_kernel fn_step_act = {
    .name = "act", .op = FN_OP_ACT, .fits = fits_elem, .prepare = prepare_elem, .run = run_act};
const struct fn_step_kernel fn_step_add = {
    .name = "add", .op = FN_OP_ADD, .fits = fits_elem, .prepare = prepare_elem, .run = run_add};
const struct fn_step_kernel fn_step_affine = {
    .name = "affine", .op = FN_OP_AFFINE, .prepare = prepare_elem, .run = run_affine};

/* ---- concatenation: copies the parts that were not written in place ---- */

static void run_concat(const struct fn_step *s)
{
    float *to = s->out_view.data;
    for (uint32_t i = 0; i < s->n_in; i++) {
        const struct fn_view *in = &s->in_view[i];
        if (in->data != to)
            for (size_t p = 0, n = pixels_of(in); p < n; p++)
                memcpy(to + p * s->out_view.stride, in->data + p * in->stride,
                       in->c * sizeof *to);
        to += in->c;
    }
}

const struct fn_step_kernel fn_step_concat = {
    .name = "concat", .op = FN_OP_CONCAT, .run = run_concat};

/* ---- pools ---- */

struct pool_state {
    const struct fn_pool_table *pool;
    uint32_t kh, kw, pads[4];
};

static int prepare_pool(struct fn_step *s, const struct fn_prepare *ctx)
{
    struct pool_state *st = fn_memory_add(ctx->memory, sizeof *st);
    if (!st)
        return -ENOMEM;
    st->pool = &ctx->kernels->pool;
    const struct fn_view *in = &s->in_view[0];
    bool global = s->attr.kh == 0;
    st->kh = global ? in->h : s->attr.kh;
    st->kw = global ? in->w : s->attr.kw;
    if (!global)
        fn_attr_pads(&s->attr, in->h, in->w, st->pads);
    s->state = st;
    return 0;
}

/* The part of a window inside the map, in one direction. */
static size_t inside(size_t out, uint32_t stride, uint32_t pad, uint32_t k, uint32_t size,
                     size_t *count)
{
    size_t from = out * stride, to = from + k;
    from = from > pad ? from - pad : 0;
    to = to - pad < size ? to - pad : size;
    *count = to - from;
    return from;
}

static void run_pool(const struct fn_step *s, void (*pool)(const struct fn_pool_window *))
{
    const struct pool_state *st = s->state;
    const struct fn_view *in = &s->in_view[0], *out = &s->out_view;
    struct fn_pool_window w = {
        .in_stride = in->stride, .row_stride = in->w * in->stride, .c = in->c};
    w.eps = s->attr.eps;
    w.out = out->data;
    for (size_t n = 0; n < out->n; n++)
        for (size_t oy = 0; oy < out->h; oy++)
            for (size_t ox = 0; ox < out->w; ox++, w.out += out->stride) {
                size_t y = inside(oy, s->attr.stride_h, st->pads[0], st->kh, in->h, &w.rows);
                size_t x = inside(ox, s->attr.stride_w, st->pads[1], st->kw, in->w, &w.cols);
                w.in = in->data + ((n * in->h + y) * in->w + x) * in->stride;
                pool(&w);
            }
}

static void run_maxpool(const struct fn_step *s)
{
    run_pool(s, ((const struct pool_state *)s->state)->pool->max);
}

static void run_avgpool(const struct fn_step *s)
{
    run_pool(s, ((const struct pool_state *)s->state)->pool->avg);
}

static void run_l2pool(const struct fn_step *s)
{
    run_pool(s, ((const struct pool_state *)s->state)->pool->l2);
}

const struct fn_step_kernel fn_step_l2pool = {
    .name = "l2pool", .op = FN_OP_L2POOL, .prepare = prepare_pool, .run = run_l2pool};
const struct fn_step_kernel fn_step_maxpool = {
    .name = "maxpool", .op = FN_OP_MAXPOOL, .prepare = prepare_pool, .run = run_maxpool};
const struct fn_step_kernel fn_step_avgpool = {
    .name = "avgpool", .op = FN_OP_AVGPOOL, .prepare = prepare_pool, .run = run_avgpool};

/* ---- reorders; an NCHW tensor is dense: plane (n, c) starts at (n * c_count + c) * h * w ----
 */

static void reorder(const struct fn_view *nhwc, float *nchw, bool to_nchw)
{
    size_t area = (size_t)nhwc->h * nhwc->w;
    for (size_t n = 0; n < nhwc->n; n++)
        for (size_t p = 0; p < area; p++)
            for (size_t c = 0; c < nhwc->c; c++) {
                float *a = nhwc->data + (n * area + p) * nhwc->stride + c;
                float *b = nchw + (n * nhwc->c + c) * area + p;
                if (to_nchw)
                    *b = *a;
                else
                    *a = *b;
            }
}

static void run_to_nchw(const struct fn_step *s)
{
    reorder(&s->in_view[0], s->out_view.data, true);
}

static void run_to_nhwc(const struct fn_step *s)
{
    reorder(&s->out_view, s->in_view[0].data, false);
}

const struct fn_step_kernel fn_step_to_nchw = {
    .name = "to nchw", .op = FN_STEP_REORDER, .out = FN_LAYOUT_NCHW, .run = run_to_nchw};
const struct fn_step_kernel fn_step_to_nhwc = {
    .name = "to nhwc", .op = FN_STEP_REORDER, .in = FN_LAYOUT_NCHW, .run = run_to_nhwc};
