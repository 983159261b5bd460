/* SPDX-License-Identifier: MIT */
/* All step kernels, best first. A faster one for some shapes or another layout is added in
 * front of those it beats; nothing else changes. */
#include "engine/graph/registry.h"

static const struct fn_step_kernel *const kernels[] = {
    &fn_step_depthwise,
    &fn_step_conv_blas,
    &fn_step_conv_tiles,
    &fn_step_act,
    &fn_step_add,
    &fn_step_affine,
    &fn_step_concat,
    &fn_step_maxpool,
    &fn_step_avgpool,
    &fn_step_l2pool,
    &fn_step_lrn,
    &fn_step_maxout,
    &fn_step_l2norm,
    &fn_step_reference[FN_OP_CONV],
    &fn_step_reference[FN_OP_ACT],
    &fn_step_reference[FN_OP_ADD],
    &fn_step_reference[FN_OP_CONCAT],
    &fn_step_reference[FN_OP_MAXPOOL],
    &fn_step_reference[FN_OP_AVGPOOL],
    &fn_step_reference[FN_OP_SOFTMAX],
    &fn_step_reference[FN_OP_PAD],
    &fn_step_reference[FN_OP_AFFINE],
    &fn_step_reference[FN_OP_L2POOL],
    &fn_step_reference[FN_OP_LRN],
    &fn_step_reference[FN_OP_MAXOUT],
    &fn_step_reference[FN_OP_L2NORM],
    &fn_step_to_nchw,
    &fn_step_to_nhwc,
};

const struct fn_registry *fn_registry_default(void)
{
    static const struct fn_registry reg = {kernels, sizeof kernels / sizeof *kernels};
    return &reg;
}
