/* SPDX-License-Identifier: MIT */
/* fnq resume. */
#include "cli/library/daemon_requests.h"
#include "cli/program/command.h"
#include "cli/running/daemon_done.h"

static int run(struct fnq_ctx *ctx, int argc, char **argv)
{
    struct fn_error err = {0};
    (void)argv;
    if (argc)
        return fnq_usage(ctx, "resume takes no operands.");
    int rc = fnl_daemon_resume(ctx->lib, &err);
    return fnq_daemon_done(ctx, rc, &err, "resumed");
}

FNQ_PLAIN_COMMAND(resume) = {
    .name = "resume",
    .args = "",
    .group = FNQ_GROUP_RUNNING,
    .summary = "resume indexing",
    .examples = "fnq resume\n",
    .run = fnq_run_resume,
};
