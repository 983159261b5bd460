/* SPDX-License-Identifier: MIT */
/* Shared by the backward kernels. */
#ifndef FN_ENGINE_TRAIN_BACK_H
#define FN_ENGINE_TRAIN_BACK_H

#include <math.h>

#include "engine/train/tape_priv.h"

size_t fn_back_pixels(const struct fn_view *v);
void fn_back_clear(const struct fn_view *v);
/* dout *= activation'(out), in place, if the step has a fused activation (ReLU or ReLU6). The
 * first operation of run. */
void fn_back_mask(const struct fn_back *b, const struct fn_back_ctx *ctx);
/* The same for pixels first .. first + n. */
void fn_back_mask_part(const struct fn_back *b, const struct fn_back_ctx *ctx, size_t first,
                       size_t n);
/* to = from, or to += from, of the same shape. */
void fn_back_copy(const struct fn_view *to, const struct fn_view *from, bool add,
                  const struct fn_back_ctx *ctx);
/* Passes the gradient on to the fused residual. Directly after the mask: it was planned first,
 * and may be an input of the step too. */
void fn_back_residual(const struct fn_back *b, const struct fn_back_ctx *ctx);

#endif
