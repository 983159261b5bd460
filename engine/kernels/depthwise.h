/* SPDX-License-Identifier: MIT */
/* Depthwise convolution (groups == channels, one output each) over NHWC, any window. */
#ifndef FN_ENGINE_KERNELS_DEPTHWISE_H
#define FN_ENGINE_KERNELS_DEPTHWISE_H

#include <stddef.h>

#include "engine/kernels/conv.h"

enum { FN_DEPTHWISE_KH_MAX = 64 };

struct fn_depthwise {
    struct fn_conv_spec spec;
    const struct fn_depthwise_table *rows;
    size_t c_pad;
    float *weight, *bias, *slope, *zeros; /* [kh][kw][c_pad], [c_pad] each */
};

/* Whether a spec is one: groups == c == oc, kh <= FN_DEPTHWISE_KH_MAX. */
bool fn_depthwise_fits(const struct fn_conv_spec *s);
size_t fn_depthwise_bytes(const struct fn_conv_spec *s, const struct fn_depthwise_table *t);
/* weight: [c][kh][kw]; otherwise as fn_conv_init. */
void fn_depthwise_init(struct fn_depthwise *d, const struct fn_conv_spec *s,
                       const struct fn_depthwise_table *t, const float *weight,
                       const float *bias, const float *slope, void *mem);
/* Packs other values of the same weights. */
void fn_depthwise_weights(struct fn_depthwise *d, const float *weight, const float *bias,
                          const float *slope);
void fn_depthwise_run(const struct fn_depthwise *d, const float *in, float *out);

#endif
