/* SPDX-License-Identifier: MIT */
/* What the commands that say something share. */
#ifndef FN_CLI_SAYING_SAYING_H
#define FN_CLI_SAYING_SAYING_H

#include "cli/library/act.h"
#include "cli/program/fnq.h"

/* Ends one or several writes: fnl_write_done, and a note on what waits for the daemon. */
FN_NODISCARD int fnq_write_done(struct fnq_ctx *ctx, struct fn_error *err);
/* "   undo: fnq undo L12" behind an answer; nothing for dry runs. */
void fnq_print_undo(struct fnq_ctx *ctx, uint64_t act);
/* Asks before more than 20 faces are touched; 0 to go on, else the exit code. */
FN_NODISCARD int fnq_confirm_many(struct fnq_ctx *ctx, size_t n, const char *what);

/* label --batch from standard input; the exit code. */
FN_NODISCARD int fnq_batch(struct fnq_ctx *ctx, bool atomic);
/* The same from text in memory (import labels), which is changed. */
FN_NODISCARD int fnq_batch_text(struct fnq_ctx *ctx, char *text, bool atomic);

#endif
