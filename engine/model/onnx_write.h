/* SPDX-License-Identifier: MIT */
/* Exporting a network as ONNX, for programs other than this one. */
#ifndef FN_ENGINE_MODEL_ONNX_WRITE_H
#define FN_ENGINE_MODEL_ONNX_WRITE_H

#include "engine/base/buf.h"
#include "engine/graph/graph.h"
#include "engine/model/model.h"

/* Bytes of one file: protobuf's own limit, for the buffer. */
#define FN_ONNX_MAX ((size_t)INT32_MAX)

/* Appends the model as an ONNX file: operator set 13, standard operators only, NCHW, the batch
 * left open, height and width those of m->pre (0: the graph's default), weights inside. What
 * the file's format has no word for is spelled out in small operators: L2 pooling, maxout,
 * normalisation. What the input must be (colours, mean, scale) and where the network comes from
 * stand in metadata_props; the chip is cut by the caller. Tensors keep the graph's names where
 * they are unique printable ASCII. FN_ESHAPE when the size does not fit, FN_ELIMIT when the
 * buffer is too small; it is left as it was. */
FN_NODISCARD int fn_export_onnx(const struct fn_model *m, struct fn_buf *out,
                                struct fn_error *err);

#endif
