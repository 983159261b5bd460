/* SPDX-License-Identifier: MIT */
/* The reference operators, in float and in double (ops_reference.inc.h). */
#ifndef FN_ENGINE_GRAPH_OPS_REFERENCE_H
#define FN_ENGINE_GRAPH_OPS_REFERENCE_H

#include "engine/graph/ops.h"

#define FN_REFERENCE_OP(name)                                                                  \
    void fn_forward_##name(const struct fn_op_call *call);                                     \
    void fn_backward_##name(const struct fn_op_call *call, const struct fn_view *grad_out,     \
                            const struct fn_view *grad_in);                                    \
    void fn_forward64_##name(const struct fn_op_call64 *call);                                 \
    void fn_backward64_##name(const struct fn_op_call64 *call,                                 \
                              const struct fn_view64 *grad_out,                                \
                              const struct fn_view64 *grad_in);

FN_REFERENCE_OP(conv)
FN_REFERENCE_OP(act)
FN_REFERENCE_OP(add)
FN_REFERENCE_OP(concat)
FN_REFERENCE_OP(maxpool)
FN_REFERENCE_OP(avgpool)
FN_REFERENCE_OP(softmax)
FN_REFERENCE_OP(pad)
FN_REFERENCE_OP(affine)
FN_REFERENCE_OP(l2pool)
FN_REFERENCE_OP(lrn)
FN_REFERENCE_OP(maxout)
FN_REFERENCE_OP(l2norm)

#undef FN_REFERENCE_OP

#endif
