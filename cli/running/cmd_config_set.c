/* SPDX-License-Identifier: MIT */
/* fnq config set. */
#include "cli/library/config_settings.h"
#include "cli/program/command.h"

static int run(struct fnq_ctx *ctx, int argc, char **argv)
{
    struct fn_error err = {0};
    char path[FN_PATH_MAX];
    if (argc != 2)
        return fnq_usage(ctx, "config set: a key and a value.");
    int rc = fnl_config_path(ctx->lib, path, sizeof path, &err);
    rc = rc ? rc : fnl_config_change(ctx->lib, fnq_mode(ctx), argv[0], argv[1], &err);
    if (rc)
        return fnq_fail(ctx, &err, "config set", NULL);
    fnq_note(ctx,
             ctx->o.dry_run ? "%s: would be changed"
                            : "%s: changed. A running facenetd applies it on SIGHUP",
             path);
    return FN_EXIT_OK;
}

FNQ_PLAIN_COMMAND(config_set) = {
    .name = "config set",
    .args = "KEY VALUE",
    .summary = "change a setting in the configuration file",
    .run = fnq_run_config_set,
};
