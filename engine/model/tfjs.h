/* SPDX-License-Identifier: MIT */
/* Weights of a TensorFlow.js manifest: names, shapes and numbers, without an architecture. */
#ifndef FN_ENGINE_MODEL_TFJS_H
#define FN_ENGINE_MODEL_TFJS_H

#include <stddef.h>
#include <stdint.h>

#include "engine/base/error.h"

struct fn_tfjs_tensor {
    const char *name; /* in the manifest's text, owned by the reader */
    uint32_t rank, dims[4];
    size_t n;
    const uint8_t *raw;
    double scale, min; /* q * scale + min */
    int quantised;     /* raw is one byte per element, otherwise float32 */
};

struct fn_tfjs;
/* Reads a manifest of one group whose single file is bin (which must outlive the result).
 * FN_EMODEL; FN_EUNSUPPORTED for element types other than float32 and uint8-quantised ones. */
FN_NODISCARD int fn_tfjs_read(const uint8_t *manifest, size_t manifest_size, const uint8_t *bin,
                              size_t bin_size, struct fn_tfjs **ret, struct fn_error *err);
void fn_tfjs_destroy(struct fn_tfjs *t); /* NULL-safe */
const struct fn_tfjs_tensor *fn_tfjs_find(const struct fn_tfjs *t,
                                          const char *name); /* NULL when absent */
/* The n numbers as floats, dequantised in double. */
void fn_tfjs_floats(const struct fn_tfjs_tensor *t, float *out);

#endif
