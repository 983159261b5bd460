/* fnq model export: a model for other programs. */
#include <string.h>

#include "cli/commands.h"
#include "cli/models.h"
#include "engine/base/file.h"
#include "engine/model/onnx_write.h"

static int export_file(const char *from, const char *to, bool dry_run, struct fn_error *err)
{
    struct fn_model *m = NULL;
    struct fn_buf b;
    fn_buf_init(&b, FN_ONNX_MAX);
    int r = fn_model_open(from, &m, err);
    if (!r && (r = fn_export_onnx(m, &b, err)))
        (void)fn_error_prefix(err, "\"%s\"", from);
    if (!r && !dry_run)
        r = fn_file_write_atomic(to, b.data, b.len, 0644, err);
    fn_buf_finish(&b);
    fn_model_destroy(m);
    return r;
}

int fnq_run_model_export(struct fnq_ctx *ctx, int argc, char **argv)
{
    struct fn_error err = {0};
    char path[FN_PATH_MAX];
    if (argc != 2 || !fnq_ends_in(argv[1], ".onnx"))
        return fnq_usage(ctx, "model export: a model and the file to write, NAME.onnx.");
    if (!fnq_model_path(ctx, argv[0], path, sizeof path))
        return fnq_no_model(argv[0]);
    if (export_file(path, argv[1], ctx->o.dry_run, &err))
        return fnq_fail(ctx, &err, "model export", NULL);
    fnq_note(ctx, ctx->o.dry_run ? "%s: would be written" : "%s: written", argv[1]);
    return FNQ_OK;
}
