/* SPDX-License-Identifier: MIT */
/* The reference operators in float. */
#define REAL         float
#define VIEW         struct fn_view
#define CALL         struct fn_op_call
#define FORWARD(op)  fn_forward_##op
#define BACKWARD(op) fn_backward_##op
#define EXP          expf
#define SQRT         sqrtf
#define POW          powf
#include "engine/graph/ops_reference.inc.h"
