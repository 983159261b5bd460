/* SPDX-License-Identifier: MIT */
/* Normalising steps: across channels, maxout, to unit length. */
#include <errno.h>

#include "engine/graph/registry.h"

struct norm_state {
    const struct fn_norm_table *norm;
    struct fn_lrn lrn;
};

static int prepare_norm(struct fn_step *s, const struct fn_prepare *ctx)
{
    struct norm_state *st = fn_memory_add(ctx->memory, sizeof *st);
    if (!st)
        return -ENOMEM;
    st->norm = &ctx->kernels->norm;
    s->state = st;
    if (s->op != FN_OP_LRN)
        return 0;
    const struct fn_attr *a = &s->attr;
    st->lrn =
        (struct fn_lrn){.size = a->size, .alpha = a->alpha, .beta = a->beta, .k = a->bias_k};
    st->lrn.scratch =
        fn_memory_add(ctx->memory, fn_lrn_scratch(s->out_view.c, a->size) * sizeof(float));
    return st->lrn.scratch ? 0 : -ENOMEM;
}

static struct fn_pixels to(const struct fn_step *s)
{
    return (struct fn_pixels){s->out_view.data, s->out_view.stride};
}

static struct fn_cpixels from(const struct fn_step *s)
{
    return (struct fn_cpixels){s->in_view[0].data, s->in_view[0].stride};
}

static size_t pixels(const struct fn_step *s)
{
    return (size_t)s->out_view.n * s->out_view.h * s->out_view.w;
}

static void run_lrn(const struct fn_step *s)
{
    const struct norm_state *st = s->state;
    st->norm->lrn(to(s), from(s), pixels(s), s->out_view.c, &st->lrn);
}

static void run_maxout(const struct fn_step *s)
{
    const struct norm_state *st = s->state;
    st->norm->maxout(to(s), from(s), pixels(s), s->out_view.c, s->attr.size);
}

static void run_l2norm(const struct fn_step *s)
{
    const struct norm_state *st = s->state;
    st->norm->l2norm(to(s), from(s), pixels(s), s->out_view.c, s->attr.eps);
}

const struct fn_step_kernel fn_step_lrn = {
    .name = "lrn", .op = FN_OP_LRN, .prepare = prepare_norm, .run = run_lrn};
const struct fn_step_kernel fn_step_maxout = {
    .name = "maxout", .op = FN_OP_MAXOUT, .prepare = prepare_norm, .run = run_maxout};
const struct fn_step_kernel fn_step_l2norm = {
    .name = "l2norm", .op = FN_OP_L2NORM, .prepare = prepare_norm, .run = run_l2norm};
