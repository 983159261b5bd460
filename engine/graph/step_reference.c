/* SPDX-License-Identifier: MIT */
/* The reference forwards of the operator table as step kernels: used alone when asked for, and
 * for what has no faster version. They know nothing of fusion. */
#include "engine/graph/registry.h"

static struct fn_view weight_view(const struct fn_value *v)
{
    if (!v)
        return (struct fn_view){0};
    union {
        const float *stored;
        float *view;
    } data = {.stored = v->data}; /* forwards do not write to their inputs */
    return (struct fn_view){
        .data = data.view, .n = v->dims[0], .c = v->dims[1], .h = v->dims[2], .w = v->dims[3]};
}

static void run_reference(const struct fn_step *s)
{
    struct fn_op_call call = {.attr = &s->attr, .n_in = s->n_in, .out = s->out_view};
    for (uint32_t i = 0; i < s->n_in; i++)
        call.in[i] = s->in_view[i];
    if (s->op == FN_OP_ACT && s->slope) {
        union {
            const float *stored;
            float *view;
        } slope = {.stored = s->slope};
        call.in[1].data = slope.view;
    } else if (s->weight) {
        call.in[1] = weight_view(s->weight);
        call.in[2] = weight_view(s->bias);
    }
    fn_op_get(s->op)->forward(&call);
}

static bool fits_reference(const struct fn_program *p, const struct fn_step *s)
{
    (void)p;
    return s->res == FN_NONE && (s->act == FN_ACT_NONE || s->op == FN_OP_ACT);
}

#define REFERENCE(op_, name_)                                                                  \
    [op_] = {.name = name_,                                                                    \
             .op = op_,                                                                        \
             .reference = true,                                                                \
             .fits = fits_reference,                                                           \
             .run = run_reference}

const struct fn_step_kernel fn_step_reference[FN_OP_COUNT_] = {
    REFERENCE(FN_OP_CONV, "conv reference"),
    REFERENCE(FN_OP_ACT, "act reference"),
    REFERENCE(FN_OP_ADD, "add reference"),
    REFERENCE(FN_OP_CONCAT, "concat reference"),
    REFERENCE(FN_OP_MAXPOOL, "maxpool reference"),
    REFERENCE(FN_OP_AVGPOOL, "avgpool reference"),
    REFERENCE(FN_OP_SOFTMAX, "softmax reference"),
    REFERENCE(FN_OP_PAD, "pad reference"),
    REFERENCE(FN_OP_AFFINE, "affine reference"),
    REFERENCE(FN_OP_L2POOL, "l2pool reference"),
    REFERENCE(FN_OP_LRN, "lrn reference"),
    REFERENCE(FN_OP_MAXOUT, "maxout reference"),
    REFERENCE(FN_OP_L2NORM, "l2norm reference"),
};
