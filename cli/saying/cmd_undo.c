/* SPDX-License-Identifier: MIT */
/* fnq undo. */
#include "cli/program/command.h"
#include "cli/saying/undoing.h"

static int run(struct fnq_ctx *ctx, int argc, char **argv)
{
    return fnq_undo_act(ctx, false, argc, argv);
}

FNQ_PLAIN_COMMAND(undo) = {
    .name = "undo",
    .args = "[ACT]",
    .group = FNQ_GROUP_EVERYDAY,
    .summary = "undo the last act, or an earlier one",
    .examples = "fnq undo\n"
                "fnq undo L1\n",
    .run = fnq_run_undo,
    .operands = FNQ_COMPLETE_ACTS,
};
