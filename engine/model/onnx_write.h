/* SPDX-License-Identifier: MIT */
/* Exporting a network as ONNX, for programs other than this one. */
#ifndef FN_ENGINE_MODEL_ONNX_WRITE_H
#define FN_ENGINE_MODEL_ONNX_WRITE_H

#include "engine/base/buf.h"
#include "engine/graph/graph.h"
#include "engine/model/model.h"

/* Bytes of one file: protobuf's own limit, for the buffer. */
#define FN_ONNX_MAX ((size_t)INT32_MAX)

/* Appends the model as an ONNX file: operator set 13, standard operators only, NCHW, with an
 * open batch size, height and width of m->pre (0: the graph's default), and the weights inside.
 * Operators that ONNX does not have are composed of smaller ones: L2 pooling, maxout,
 * normalisation. metadata_props has the requirements of the input (colours, mean, scale) and
 * the origin of the network; the caller cuts the chip. Tensors have the graph's names if these
 * are unique printable ASCII. FN_ESHAPE if the size does not fit, FN_ELIMIT if the buffer is
 * too small, which is then unchanged. */
FN_NODISCARD int fn_export_onnx(const struct fn_model *m, struct fn_buf *out,
                                struct fn_error *err);

#endif
