/* SPDX-License-Identifier: MIT */
/* The weight manifest of a TF.js network: a JSON file that names files of weights next to it.
 */
#ifndef FN_CLI_LIBRARY_MODEL_MANIFEST_H
#define FN_CLI_LIBRARY_MODEL_MANIFEST_H

#include "engine/base/buf.h"
#include "engine/base/error.h"

/* Appends to weights the files that the manifest names, in order. file: the path of the
 * manifest; text: its bytes. FN_EMODEL: it is not a manifest, or names a file outside of its
 * folder. */
FN_NODISCARD int fnl_manifest_weights(const char *file, const struct fn_buf *text,
                                      struct fn_buf *weights, struct fn_error *err);

#endif
