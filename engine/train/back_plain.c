/* SPDX-License-Identifier: MIT */
/* Backward with the functions of the operator table. They are the specification, and are used
 * where a kernel is not worth its code. */
#include <string.h>

#include "engine/train/back.h"

static struct fn_view weight_view(const struct fn_value *v, float *data)
{
    if (!v || !data)
        return (struct fn_view){0};
    return (struct fn_view){
        .data = data, .n = v->dims[0], .c = v->dims[1], .h = v->dims[2], .w = v->dims[3]};
}

/* References read their inputs through views that allow writing, but do not write. */
static float *unconst(const float *p)
{
    union {
        const float *in;
        float *out;
    } u = {.in = p};
    return u.out;
}

static void run_plain(const struct fn_back *b, const struct fn_back_ctx *ctx)
{
    const struct fn_step *s = b->step;
    struct fn_op_call call = {.attr = &s->attr, .n_in = s->n_in, .out = s->out_view};
    struct fn_view grads[FN_NODE_IN_MAX] = {{0}};
    fn_back_mask(b, ctx);
    fn_back_residual(b, ctx);
    for (uint32_t i = 0; i < s->n_in; i++) {
        call.in[i] = s->in_view[i];
        grads[i] = b->din[i];
        if (grads[i].data && !b->add[i])
            fn_back_clear(&grads[i]);
    }
    if (s->op == FN_OP_ACT && s->slope) {
        call.in[1] = (struct fn_view){.data = unconst(s->slope), .n = s->in_view[0].c};
        if (b->dslope != FN_NOWHERE)
            grads[1] = (struct fn_view){.data = ctx->grad + b->dslope, .n = s->in_view[0].c};
    } else if (s->weight) {
        call.in[1] = weight_view(s->weight, unconst(s->weight->data));
        call.in[2] = weight_view(s->bias, s->bias ? unconst(s->bias->data) : NULL);
        if (b->dweight != FN_NOWHERE)
            grads[1] = weight_view(s->weight, ctx->grad + b->dweight);
        if (b->dbias != FN_NOWHERE)
            grads[2] = weight_view(s->bias, ctx->grad + b->dbias);
    }
    fn_op_get(s->op)->backward(&call, &b->dout, grads);
}

static bool fits_plain(const struct fn_back *b, const struct fn_back_ctx *ctx)
{
    (void)ctx;
    return fn_op_get(b->step->op) && fn_op_get(b->step->op)->backward;
}

const struct fn_back_kernel fn_back_plain = {
    .name = "reference", .fits = fits_plain, .run = run_plain};
