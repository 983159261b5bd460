/* SPDX-License-Identifier: MIT */
/* Operations on views that several backward kernels use: masks, copies, sums. */
#include <string.h>

#include "engine/train/back.h"

size_t fn_back_pixels(const struct fn_view *v)
{
    return (size_t)v->n * v->h * v->w;
}

void fn_back_clear(const struct fn_view *v)
{
    for (size_t p = 0, n = fn_back_pixels(v); p < n; p++)
        memset(v->data + p * v->stride, 0, v->c * sizeof(float));
}

void fn_back_mask_part(const struct fn_back *b, const struct fn_back_ctx *ctx, size_t first,
                       size_t n)
{
    const struct fn_step *s = b->step;
    if (s->op == FN_OP_ACT || s->act == FN_ACT_NONE)
        return;
    enum fn_kact act = s->act == FN_ACT_RELU6 ? FN_KACT_RELU6 : FN_KACT_RELU;
    const struct fn_view *y = &s->out_view;
    struct fn_pixels d = {b->dout.data + first * b->dout.stride, b->dout.stride};
    ctx->kernels->grad.act(d, (struct fn_cpixels){d.data, d.stride},
                           (struct fn_cpixels){y->data + first * y->stride, y->stride}, n,
                           b->dout.c, act, NULL, false);
}

void fn_back_mask(const struct fn_back *b, const struct fn_back_ctx *ctx)
{
    fn_back_mask_part(b, ctx, 0, fn_back_pixels(&b->dout));
}

void fn_back_copy(const struct fn_view *to, const struct fn_view *from, bool add,
                  const struct fn_back_ctx *ctx)
{
    ctx->kernels->grad.affine((struct fn_pixels){to->data, to->stride},
                              (struct fn_cpixels){from->data, from->stride},
                              fn_back_pixels(from), from->c, NULL, add);
}

void fn_back_residual(const struct fn_back *b, const struct fn_back_ctx *ctx)
{
    if (b->dres.data)
        fn_back_copy(&b->dres, &b->dout, b->add_res, ctx);
}
