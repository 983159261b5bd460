/* SPDX-License-Identifier: MIT */
/* What undo and redo share. */
#ifndef FN_CLI_SAYING_UNDOING_H
#define FN_CLI_SAYING_UNDOING_H

#include "cli/program/fnq.h"

/* Undoes or redoes the act in argv, or the last one; returns the exit code. */
FN_NODISCARD int fnq_undo_act(struct fnq_ctx *ctx, bool redo, int argc, char **argv);

#endif
