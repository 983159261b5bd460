/* SPDX-License-Identifier: MIT */
/* Opening a model for an evaluation, with messages on standard error: for fnq eval, and for fnq
 * train, which finds faces in the same way. */
#ifndef FN_CLI_PROGRAM_EVAL_NOTES_H
#define FN_CLI_PROGRAM_EVAL_NOTES_H

#include "cli/library/eval.h"
#include "cli/program/fnq.h"

FN_NODISCARD int fnq_eval_open(struct fnq_ctx *ctx, const struct fnl_eval_choice *choice,
                               struct fnl_eval *e, struct fn_error *err);
void fnq_eval_close(struct fnq_ctx *ctx, struct fnl_eval *e); /* safe on zeroes */
/* Prints failed pictures and progress as they are reported. */
struct fnl_eval_events fnq_eval_events(struct fnq_ctx *ctx);

#endif
