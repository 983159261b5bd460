/* SPDX-License-Identifier: MIT */
/* The kernels of a step, by file. */
#ifndef FN_ENGINE_GRAPH_REGISTRY_H
#define FN_ENGINE_GRAPH_REGISTRY_H

#include "engine/graph/program.h"

/* step_conv.c */
extern const struct fn_step_kernel fn_step_depthwise, fn_step_conv_tiles, fn_step_conv_blas;
/* step_simple.c */
extern const struct fn_step_kernel fn_step_act, fn_step_add, fn_step_affine, fn_step_concat,
    fn_step_maxpool, fn_step_avgpool, fn_step_l2pool, fn_step_to_nchw, fn_step_to_nhwc;
/* step_norm.c */
extern const struct fn_step_kernel fn_step_lrn, fn_step_maxout, fn_step_l2norm;
/* step_reference.c: one per operator */
extern const struct fn_step_kernel fn_step_reference[FN_OP_COUNT_];

/* The activation of a step as kernels take it. SIGMOID has none: false. */
bool fn_step_kact(const struct fn_step *s, enum fn_kact *ret);
/* The slopes of channels for FN_KACT_SLOPE: the step's own, or alpha repeated. 0 or -ENOMEM. */
int fn_step_slopes(const struct fn_step *s, const struct fn_prepare *ctx, const float **ret);

#endif
