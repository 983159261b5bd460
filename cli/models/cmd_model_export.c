/* SPDX-License-Identifier: MIT */
/* fnq model export. */
#include "cli/library/model_export.h"
#include "cli/models.h"
#include "cli/program/command.h"

static int run(struct fnq_ctx *ctx, int argc, char **argv)
{
    struct fn_error err = {0};
    struct fnq_model_source s = {0};
    char path[FN_PATH_MAX];
    if (argc != 2 || !fnl_model_exports_to(argv[1]))
        return fnq_usage(ctx, "model export: a model or a train.ckpt, and the file to write, "
                              "NAME.onnx or NAME.fnm.");
    int none = fnq_model_path(ctx, argv[0], path, sizeof path);
    if (none)
        return none;
    int rc = fnq_model_open(path, &s, &err);
    rc = rc ? rc : fnl_model_export(&s.model, path, argv[1], fnq_mode(ctx), &err);
    fnq_model_close(&s);
    if (rc)
        return fnq_fail(ctx, &err, "model export", NULL);
    fnq_note(ctx, ctx->o.dry_run ? "%s: would be written" : "%s: written", argv[1]);
    return FN_EXIT_OK;
}

FNQ_PLAIN_COMMAND(model_export) = {
    .name = "model export",
    .args = "MODEL FILE.onnx | FILE.fnm",
    .summary = "write a model as ONNX, or the network in a train.ckpt as a model",
    .run = fnq_run_model_export,
    .operands = FNQ_COMPLETE_FILES,
};
