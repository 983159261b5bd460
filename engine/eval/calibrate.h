/* SPDX-License-Identifier: MIT */
/* Thresholds of an embedder, measured on vectors of known people
 * (docs/decisions/thresholds.md).
 */
#ifndef FN_ENGINE_EVAL_CALIBRATE_H
#define FN_ENGINE_EVAL_CALIBRATE_H

#include "engine/eval/metrics.h"
#include "engine/model/model.h"

/* A rate is known if this many impostor pairs are expected below its distance. */
enum { FN_CALIBRATION_EVENTS = 10 };

/* flip: whether the vectors were made with mirrored chips. The result has today's date.
 * FN_EREFUSED, with the reason: too few pairs, or vectors that do not distinguish people. */
FN_NODISCARD int fn_calibrate(const struct fn_vectors *v, bool flip, struct fn_calibration *ret,
                              struct fn_error *err);
/* "pairs 1.080, FAR 1e-3 1.021, ..." */
void fn_calibration_text(const struct fn_calibration *c, char *out, size_t size);

#endif
