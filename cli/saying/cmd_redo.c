/* SPDX-License-Identifier: MIT */
/* fnq redo. */
#include "cli/program/command.h"
#include "cli/saying/undoing.h"

static int run(struct fnq_ctx *ctx, int argc, char **argv)
{
    return fnq_undo_act(ctx, true, argc, argv);
}

FNQ_PLAIN_COMMAND(redo) = {
    .name = "redo",
    .args = "[ACT]",
    .summary = "redo an undone act",
    .run = fnq_run_redo,
    .operands = FNQ_COMPLETE_UNDONE,
};
