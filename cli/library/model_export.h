/* SPDX-License-Identifier: MIT */
/* Writing a model for other programs. */
#ifndef FN_CLI_LIBRARY_MODEL_EXPORT_H
#define FN_CLI_LIBRARY_MODEL_EXPORT_H

#include "cli/library/act.h"
#include "engine/model/model.h"

/* Can a file with this name be written? Its name ends in .onnx or .fnm. */
bool fnl_model_exports_to(const char *file);
/* Writes m as ONNX or as a model file, by the suffix of the name (FN_EUSAGE: neither). from:
 * the file of m, for errors. FNL_TRY: prepares the bytes, writes nothing. An existing file is
 * replaced. */
FN_NODISCARD int fnl_model_export(const struct fn_model *m, const char *from, const char *file,
                                  enum fnl_mode mode, struct fn_error *err);

#endif
