/* SPDX-License-Identifier: MIT */
/* The choice of backward kernels. */
#include "engine/train/back.h"

static bool can(const struct fn_back_kernel *k, const struct fn_back *b,
                const struct fn_back_ctx *ctx)
{
    return k->op == b->step->op && (!k->fits || k->fits(b, ctx));
}

const struct fn_back_kernel *fn_back_choose(const struct fn_back *b,
                                            const struct fn_back_ctx *ctx, bool reference)
{
    for (size_t i = 0; !reference && i < fn_back_fast_n; i++)
        if (can(&fn_back_fast[i], b, ctx))
            return &fn_back_fast[i];
    if (!reference && can(&fn_back_conv, b, ctx))
        return &fn_back_conv;
    return fn_back_plain.fits(b, ctx) ? &fn_back_plain : NULL;
}
