/* SPDX-License-Identifier: MIT */
/* fnq people unhide. */
#include "cli/program/command.h"
#include "cli/saying/hiding.h"

static int run(struct fnq_ctx *ctx, int argc, char **argv)
{
    struct fnl_hiding h = {.hide = false};
    if (argc == 0)
        return fnq_usage(ctx, "people unhide: who?");
    return fnq_hide_people(ctx, &h, argc, argv);
}

FNQ_PLAIN_COMMAND(people_unhide) = {
    .name = "people unhide",
    .args = "PERSON...",
    .group = FNQ_GROUP_PEOPLE,
    .summary = "show hidden people again",
    .examples = "fnq people unhide p274d3iy\n",
    .run = fnq_run_people_unhide,
    .operands = FNQ_COMPLETE_PEOPLE,
};
