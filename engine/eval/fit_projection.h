/* SPDX-License-Identifier: MIT */
/* The projection of several embedders to one vector, from faces without labels
 * (docs/decisions/joint-embedding.md). */
#ifndef FN_ENGINE_EVAL_FIT_PROJECTION_H
#define FN_ENGINE_EVAL_FIT_PROJECTION_H

#include "engine/model/projection.h"

/* x: n rows of start->in numbers, the features of faces by an embedder that was joined with
 * start: its lengths are taken out of them. *ret: the same parts and weights; the mean length
 * of each part; and the first start->out principal axes, not centred, of the concatenation in
 * which each part of each face has its weight as length. The caller frees ret. FN_EREFUSED:
 * fewer faces than numbers; FN_EMODEL: a part of a face without length. */
FN_NODISCARD int fn_projection_fit(const float *x, size_t n, const struct fn_projection *start,
                                   struct fn_projection *ret, struct fn_error *err);

#endif
