/* SPDX-License-Identifier: MIT */
/* fnq model export. */
#include "cli/library/model_export.h"
#include "cli/library/model_source.h"
#include "cli/program/command.h"

static int run(struct fnq_ctx *ctx, int argc, char **argv)
{
    struct fn_error err = {0};
    struct fnl_model_source s;
    if (argc != 2 || !fnl_model_exports_to(argv[1]))
        return fnq_usage(ctx, "model export: a model or a train.ckpt, and the file to write, "
                              "NAME.onnx or NAME.fnm.");
    int rc = fnl_model_open(ctx->lib, argv[0], &s, &err);
    bool none = rc == FN_ENOTFOUND;
    rc = rc ? rc : fnl_model_export(&s.model, s.path, argv[1], fnq_mode(ctx), &err);
    fnl_model_close(&s);
    if (rc)
        return fnq_fail(ctx, &err, none ? NULL : "model export", NULL);
    fnq_note(ctx, ctx->o.dry_run ? "%s: would be written" : "%s: written", argv[1]);
    return FN_EXIT_OK;
}

FNQ_PLAIN_COMMAND(model_export) = {
    .name = "model export",
    .args = "MODEL FILE.onnx | FILE.fnm",
    .group = FNQ_GROUP_EXPERTS,
    .summary = "write a model as ONNX",
    .examples = "fnq model export run/model.fnm model.onnx\n",
    .run = fnq_run_model_export,
    .operands = FNQ_COMPLETE_FILES,
};
