/* SPDX-License-Identifier: MIT */
/* The reference operators in double: what gradient checks run. */
#define REAL         double
#define VIEW         struct fn_view64
#define CALL         struct fn_op_call64
#define FORWARD(op)  fn_forward64_##op
#define BACKWARD(op) fn_backward64_##op
#define EXP          exp
#define SQRT         sqrt
#define POW          pow
#include "engine/graph/ops_reference.inc.h"
