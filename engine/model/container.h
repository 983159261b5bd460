/* SPDX-License-Identifier: MIT */
/* The byte layout of .fnm, version 1 (docs/format-model.md). All numbers
 * little-endian.
 *
 *   header (128)  magic 8, major u16, minor u16, header size u32, file size u64, checksum u64;
 *                 graph, meta and weight sections as (offset u64, size u64), model id 16, zeros
 *   graph         counts and record sizes (6 x u32), input and output indices, values, nodes
 *   meta          JSON: role, preprocessing, output decoding, chip recipe, card, calibration
 *   weights       float32, each tensor at a multiple of 64 from the file's start
 *
 * The checksum covers everything after it.
 *
 * Forward rule: a reader takes any minor version of its major one. A later minor may lengthen
 * the header and the records (their sizes are stored) and add JSON keys; an old reader skips
 * what it does not know. Anything an old reader must not skip - a new operator or attribute
 * that changes results - is refused by the graph's checks or comes with a new major version. */
#ifndef FN_ENGINE_MODEL_CONTAINER_H
#define FN_ENGINE_MODEL_CONTAINER_H

#include <jansson.h>

#include "engine/base/file.h"
#include "engine/model/model.h"

#define FN_FNM_MAGIC                                                                           \
    "\x8f"                                                                                     \
    "FNM\r\n\x1a\n"

enum {
    FN_FNM_MAJOR = 1,
    FN_FNM_MINOR = 3,
    FN_FNM_HEADER = 128,
    FN_FNM_CHECKED_FROM = 32, /* the checksum covers the file from here to its end */
    /* name 64, kind, dims 4 x u32, zero u32, offset in the weight section u64 */
    FN_FNM_VALUE = 96,
    FN_FNM_NODE = 184,     /* name 64, op, n_in, in 8 x u32, out, 19 attributes of 4 bytes */
    FN_FNM_NODE_1_0 = 168, /* before size, beta, k and eps of minor version 1 */
    FN_FNM_COUNTS = 24,    /* values, nodes, inputs, outputs, value size, node size */
    FN_FNM_ALIGN = 64,
    FN_FNM_META_MAX = 1 << 20,
};

/* Offsets in the header. */
enum {
    FN_FNM_AT_MAJOR = 8,
    FN_FNM_AT_MINOR = 10,
    FN_FNM_AT_HEADER = 12,
    FN_FNM_AT_SIZE = 16,
    FN_FNM_AT_CHECKSUM = 24,
    FN_FNM_AT_GRAPH = 32,
    FN_FNM_AT_META = 48,
    FN_FNM_AT_WEIGHTS = 64,
    FN_FNM_AT_ID = 80,
};

/* What a model has in addition to the public struct. */
struct fn_model_priv {
    struct fn_map map; /* size 0: bytes of the caller's */
    struct fn_value *values;
    struct fn_node *nodes;
    float *copy; /* weights, when the caller's bytes were not aligned */
};

/* The JSON section. anchors_at: offset of the anchors in the weight section; *_count floats. */
json_t *fn_meta_to_json(const struct fn_model *m, uint64_t anchors_at);
/* Fills role, pre, decode (but decode.anchors), align, feature, card and calibration of m. */
FN_NODISCARD int fn_meta_from_json(const json_t *j, struct fn_model *m,
                                   uint64_t *ret_anchors_at, struct fn_error *err);
/* Canonical text of a chip recipe, for the profile's id. */
FN_NODISCARD int fn_align_text(const struct fn_align *a, struct fn_buf *out);

#endif
