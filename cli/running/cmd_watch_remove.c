/* SPDX-License-Identifier: MIT */
/* fnq watch remove. */
#include "cli/library/library_roots.h"
#include "cli/program/command.h"

static int run(struct fnq_ctx *ctx, int argc, char **argv)
{
    struct fn_error err = {0};
    int failed = 0, code = FN_EXIT_OK;
    if (argc == 0)
        return fnq_usage(ctx, "watch remove: which folder?");
    for (int i = 0; i < argc; i++)
        if (fnl_root_remove(ctx->lib, fnq_mode(ctx), argv[i], NULL, &err)) {
            code = fnq_fail(ctx, &err, "watch remove", NULL);
            failed++;
        }
    return failed && failed < argc ? FN_EXIT_PARTLY : code;
}

FNQ_PLAIN_COMMAND(watch_remove) = {
    .name = "watch remove",
    .args = "DIR...",
    .summary = "stop indexing a folder",
    .run = fnq_run_watch_remove,
    .operands = FNQ_COMPLETE_DIRS,
};
