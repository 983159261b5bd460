/* SPDX-License-Identifier: MIT */
/* fnq scan. */
#include "cli/library/daemon_requests.h"
#include "cli/library/library_roots.h"
#include "cli/program/command.h"
#include "cli/running/daemon_done.h"

struct options {
    bool accept;
};
static const struct fn_opt table[] = {
    OPT_FLAG(accept, "accept", 0, "accept a scan that found most files missing"),
    OPT_END,
};

static int run(struct fnq_ctx *ctx, const struct options *o, int argc, char **argv)
{
    struct fn_error err = {0};
    char path[FN_PATH_MAX];
    if (argc > 1)
        return fnq_usage(ctx, "scan: one path at a time.");
    if (argc == 1 && fnl_root_path(argv[0], false, path, &err))
        return fnq_fail(ctx, &err, "scan", NULL);
    int rc = fnl_daemon_scan(ctx->lib, argc ? path : NULL, o->accept, &err);
    return fnq_daemon_done(ctx, rc, &err, "scanning");
}

FNQ_COMMAND(scan) = {
    .name = "scan",
    .args = "[PATH]",
    .group = FNQ_GROUP_RUNNING,
    .summary = "scan the folders for changes now",
    .examples = "fnq scan\n"
                "fnq scan ~/Pictures --accept\n",
    FNQ_TYPED(scan, table),
    .operands = FNQ_COMPLETE_DIRS,
};
