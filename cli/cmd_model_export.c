/* SPDX-License-Identifier: MIT */
/* fnq model export: a model for other programs, or a checkpoint's network as a model. */
#include <string.h>

#include "cli/old_commands.h"
#include "cli/models.h"
#include "engine/base/file.h"
#include "engine/model/onnx_write.h"

static int export_file(const char *from, const char *to, bool dry_run, struct fn_error *err)
{
    struct fnq_model_source s;
    struct fn_buf b;
    int rc = fnq_model_open(from, &s, err);
    if (rc)
        return rc;
    fn_buf_init(&b, FN_ONNX_MAX);
    rc = fnq_ends_in(to, ".fnm") ? fn_model_encode(&s.model, &b, err)
                                 : fn_export_onnx(&s.model, &b, err);
    if (rc)
        (void)fn_error_prefix(err, "\"%s\"", from);
    if (!rc && !dry_run)
        rc = fn_file_write_atomic(to, b.data, b.len, 0644, err);
    fn_buf_finish(&b);
    fnq_model_close(&s);
    return rc;
}

int fnq_run_model_export(struct fnq_ctx *ctx, int argc, char **argv)
{
    struct fn_error err = {0};
    char path[FN_PATH_MAX];
    if (argc != 2 || !(fnq_ends_in(argv[1], ".onnx") || fnq_ends_in(argv[1], ".fnm")))
        return fnq_usage(ctx, "model export: a model or a train.ckpt, and the file to write, "
                              "NAME.onnx or NAME.fnm.");
    int none = fnq_model_path(ctx, argv[0], path, sizeof path);
    if (none)
        return none;
    if (export_file(path, argv[1], ctx->o.dry_run, &err))
        return fnq_fail(ctx, &err, "model export", NULL);
    fnq_note(ctx, ctx->o.dry_run ? "%s: would be written" : "%s: written", argv[1]);
    return FNQ_OK;
}
