/* SPDX-License-Identifier: MIT */
/* Small model files for tests. The writers for ONNX, TFLite and TF.js support only what the
 * samples need. */
#ifndef FN_TESTS_UNIT_MODEL_BYTES_H
#define FN_TESTS_UNIT_MODEL_BYTES_H

#include <stddef.h>
#include <stdint.h>

#include "engine/base/buf.h"

/* n numbers in -1..1 from a seed. */
void bytes_random(float *out, size_t n, uint64_t seed);

/* ---- protobuf ---- */
void pb_varint(struct fn_buf *b, uint32_t field, uint64_t v);
void pb_bytes(struct fn_buf *b, uint32_t field, const void *p, size_t n);
void pb_text(struct fn_buf *b, uint32_t field, const char *s);
void pb_message(struct fn_buf *b, uint32_t field, struct fn_buf *sub); /* and empties sub */

/* ---- ONNX, into a graph message ---- */
void onnx_input(struct fn_buf *g, const char *name, const uint32_t *dims, size_t rank);
void onnx_output(struct fn_buf *g, const char *name);
void onnx_floats(struct fn_buf *g, const char *name, const uint32_t *dims, size_t rank,
                 const float *v);
/* inputs: names separated by spaces. attributes: encoded AttributeProto fields (may be NULL; is
 * emptied). */
void onnx_node(struct fn_buf *g, const char *type, const char *inputs, const char *output,
               struct fn_buf *attributes);
void onnx_ints(struct fn_buf *attributes, const char *name, const int64_t *v, size_t n);
void onnx_int(struct fn_buf *attributes, const char *name, int64_t v);
void onnx_float(struct fn_buf *attributes, const char *name, float v);
/* The file around a graph (which is emptied). */
void onnx_model(struct fn_buf *out, struct fn_buf *graph, uint64_t opset);

/* ---- TFLite ---- */
struct tfl_tensor {
    const char *name;
    uint32_t rank, dims[4];
    const float *data; /* NULL: not a constant */
    int is_int;        /* data holds int32 bits */
};
struct tfl_op {
    int32_t code;
    int32_t in[4], n_in, out;
    uint8_t option_bytes[8]; /* fields of the options table in order; sizes below */
    int32_t option_ints[8];
    uint8_t option_size[8]; /* 1 or 4 bytes, 0: absent */
};
void tfl_model(struct fn_buf *out, const struct tfl_tensor *t, size_t n_t,
               const struct tfl_op *op, size_t n_op, const int32_t *outputs, size_t n_out);

/* ---- the small networks several tests use ---- */
/* 2x4x4 input: conv 3x3 to 3, batch norm, PReLU, flatten, Gemm to 5, softmax. */
void sample_onnx(struct fn_buf *out);
/* 4x4x2 input: conv 3x3 s2 SAME to 3 with relu, both decomposed forms of PReLU, fully connected
 * to 5, decomposed softmax. */
void sample_tflite(struct fn_buf *out);
/* Manifest and weights of the tiny landmark network, with random bytes. */
void sample_tfjs(struct fn_buf *manifest, struct fn_buf *bin);

#endif
