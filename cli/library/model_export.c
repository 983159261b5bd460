/* SPDX-License-Identifier: MIT */
#include "cli/library/model_export.h"

#include "engine/base/file.h"
#include "engine/model/onnx_write.h"

bool fnl_model_exports_to(const char *file)
{
    return fn_path_ends_in(file, ".onnx") || fn_path_ends_in(file, ".fnm");
}

int fnl_model_export(const struct fn_model *m, const char *from, const char *file,
                     enum fnl_mode mode, struct fn_error *err)
{
    struct fn_buf b;
    if (!fnl_model_exports_to(file))
        return fn_error_set(err, FN_EUSAGE, "%s: neither NAME.onnx nor NAME.fnm", file);
    fn_buf_init(&b, FN_ONNX_MAX);
    int rc = fn_path_ends_in(file, ".fnm") ? fn_model_encode(m, &b, err)
                                           : fn_export_onnx(m, &b, err);
    if (rc)
        (void)fn_error_prefix(err, "\"%s\"", from);
    else if (mode == FNL_KEEP)
        rc = fn_file_write_atomic(file, b.data, b.len, 0644, err);
    fn_buf_finish(&b);
    return rc;
}
