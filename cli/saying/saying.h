/* SPDX-License-Identifier: MIT */
/* What the commands that write acts share. */
#ifndef FN_CLI_SAYING_SAYING_H
#define FN_CLI_SAYING_SAYING_H

#include "cli/library/act.h"
#include "cli/program/fnq.h"

/* After the result of an act was printed: adds "text_copy" and "settled" to its JSON, prints
 * one warning if the text copy or the groups do not have the act, and a message about pending
 * faces. act: 0: unknown, or several. Nothing in a dry run. */
void fnq_act_done(struct fnq_ctx *ctx, uint64_t act, const struct fnl_after *after);
/* A warning of something that failed after the act: "done as L7; WHAT". */
void fnq_act_warn(struct fnq_ctx *ctx, const char *what);
/* Prints "   undo: fnq undo L12" and the line end after a result; in a dry run the line end and
 * the command for the real run. */
void fnq_print_undo(struct fnq_ctx *ctx, uint64_t act);
/* "  to do it: fnq confirm --of Ann --yes" */
void fnq_print_real_run(struct fnq_ctx *ctx);
/* Asks the user before more than 20 faces are changed. Returns 0 to continue, else the exit
 * code. */
FN_NODISCARD int fnq_confirm_many(struct fnq_ctx *ctx, size_t n, const char *what);

/* Runs label --batch from standard input; returns the exit code. */
FN_NODISCARD int fnq_batch(struct fnq_ctx *ctx, bool atomic);
/* The same from text in memory (import labels), which is modified. */
FN_NODISCARD int fnq_batch_text(struct fnq_ctx *ctx, char *text, bool atomic);

#endif
