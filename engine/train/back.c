/* The choice of backward kernels, and what several of them do: masks, copies, sums. */
#include "engine/train/back.h"

#include <string.h>

static const struct fn_back_kernel *const kernels[] = {&fn_back_conv};

const struct fn_back_kernel *fn_back_choose(const struct fn_back *b,
                                            const struct fn_back_ctx *ctx, bool reference)
{
    for (size_t i = 0; !reference && i < sizeof kernels / sizeof *kernels; i++)
        if (kernels[i]->op == b->step->op && (!kernels[i]->fits || kernels[i]->fits(b, ctx)))
            return kernels[i];
    return fn_back_plain.fits(b, ctx) ? &fn_back_plain : NULL;
}

size_t fn_back_pixels(const struct fn_view *v)
{
    return (size_t)v->n * v->h * v->w;
}

void fn_back_clear(const struct fn_view *v)
{
    for (size_t p = 0, n = fn_back_pixels(v); p < n; p++)
        memset(v->data + p * v->stride, 0, v->c * sizeof(float));
}

void fn_back_mask(const struct fn_back *b, const struct fn_back_ctx *ctx)
{
    const struct fn_step *s = b->step;
    (void)ctx;
    if (s->op == FN_OP_ACT || s->act == FN_ACT_NONE)
        return;
    float top = s->act == FN_ACT_RELU6 ? 6.0f : INFINITY;
    for (size_t p = 0, n = fn_back_pixels(&b->dout); p < n; p++) {
        const float *y = s->out_view.data + p * s->out_view.stride;
        float *d = b->dout.data + p * b->dout.stride;
        for (size_t c = 0; c < b->dout.c; c++)
            d[c] = y[c] > 0 && y[c] < top ? d[c] : 0;
    }
}

void fn_back_copy(const struct fn_view *to, const struct fn_view *from, bool add)
{
    for (size_t p = 0, n = fn_back_pixels(from); p < n; p++) {
        float *d = to->data + p * to->stride;
        const float *g = from->data + p * from->stride;
        for (size_t c = 0; c < from->c; c++)
            d[c] = add ? d[c] + g[c] : g[c];
    }
}

void fn_back_residual(const struct fn_back *b)
{
    if (b->dres.data)
        fn_back_copy(&b->dres, &b->dout, b->add_res);
}

/* In double: thousands of pixels one after another would lose three digits of a float. */
void fn_back_column_sums(const struct fn_view *v, float *sums)
{
    enum { AT_ONCE = 64 };
    for (size_t c0 = 0; c0 < v->c; c0 += AT_ONCE) {
        size_t n = v->c - c0 < AT_ONCE ? v->c - c0 : AT_ONCE;
        double sum[AT_ONCE] = {0};
        for (size_t p = 0, pixels = fn_back_pixels(v); p < pixels; p++) {
            const float *g = v->data + p * v->stride + c0;
            for (size_t c = 0; c < n; c++)
                sum[c] += (double)g[c];
        }
        for (size_t c = 0; c < n; c++)
            sums[c0 + c] += (float)sum[c];
    }
}
