/* SPDX-License-Identifier: MIT */
/* fnq watch add. */
#include "cli/library/library_roots.h"
#include "cli/program/command.h"

static int run(struct fnq_ctx *ctx, int argc, char **argv)
{
    struct fn_error err = {0};
    enum fnl_root_done done;
    int failed = 0, code = FN_EXIT_OK;
    if (argc == 0)
        return fnq_usage(ctx, "watch add: which folder?");
    for (int i = 0; i < argc; i++) {
        if (fnl_root_add(ctx->lib, fnq_mode(ctx), argv[i], &done, &err)) {
            code = fnq_fail(ctx, &err, "watch add", NULL);
            failed++;
        } else if (done == FNL_ROOT_IN_INDEX && !ctx->o.dry_run) {
            fnq_note(ctx, "facenetd is not running; it indexes this folder when it starts.");
        }
    }
    return failed && failed < argc ? FN_EXIT_PARTLY : code;
}

FNQ_PLAIN_COMMAND(watch_add) = {
    .name = "watch add",
    .args = "DIR...",
    .summary = "keep a folder indexed",
    .run = fnq_run_watch_add,
    .operands = FNQ_COMPLETE_DIRS,
};
