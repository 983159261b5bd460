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
    .group = FNQ_GROUP_PEOPLE,
    .summary = "redo what you undid",
    .examples = "fnq redo\n"
                "fnq redo L1\n",
    .run = fnq_run_redo,
    .operands = FNQ_COMPLETE_UNDONE,
};
