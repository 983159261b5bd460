/* SPDX-License-Identifier: MIT */
/* One embedder from several: trunks that share their input, concatenated and projected. */
#ifndef FN_ENGINE_MODEL_JOINT_H
#define FN_ENGINE_MODEL_JOINT_H

#include "engine/graph/graph.h"
#include "engine/model/projection.h"

/* trunk[i], for part i of p: a network of one input, the same for all, whose first output is a
 * linear 1x1 convolution to as many numbers as the part has (fn_embedding_rotate makes it so).
 * Builds in b: each trunk with its last layer scaled to weight / length; their concatenation,
 * which is output 1 (the feature); and output 0, the embedding: the transposed matrix times the
 * feature. Lengths are constants, so that the embedding is linear in the feature. FN_EMODEL:
 * the trunks do not fit p. */
FN_NODISCARD int fn_joint_build(const struct fn_graph *trunk, const struct fn_projection *p,
                                struct fn_graph_builder *b, struct fn_graph *ret,
                                struct fn_error *err);

#endif
