/* SPDX-License-Identifier: MIT */
/* What the commands that write acts share. */
#ifndef FN_CLI_SAYING_SAYING_H
#define FN_CLI_SAYING_SAYING_H

#include "cli/library/act.h"
#include "cli/program/fnq.h"

/* Prints a message about pending faces, left to a later facenetd; nothing when left is 0. */
void fnq_note_left(const struct fnq_ctx *ctx, size_t left);
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
