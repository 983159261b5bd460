/* SPDX-License-Identifier: MIT */
/* Thresholds of an embedder, measured on vectors of known people. */
#ifndef FN_CLI_CALIBRATE_H
#define FN_CLI_CALIBRATE_H

#include "cli/program/fnq.h"
#include "engine/eval/metrics.h"
#include "engine/model/model.h"

/* A rate is known when this many impostor pairs are expected below its distance. */
enum { FNQ_CALIBRATION_EVENTS = 10 };

/* flip: how the vectors were made. FN_EREFUSED, with the reason: too few pairs, or vectors that
 * do not tell people apart. */
FN_NODISCARD int fnq_calibrate(const struct fn_vectors *v, bool flip,
                               struct fn_calibration *ret, struct fn_error *err);
/* "pairs 1.080, FAR 1e-3 1.021, ..." */
void fnq_calibration_text(const struct fn_calibration *c, char *out, size_t size);
json_t *fnq_calibration_json(const struct fn_calibration *c); /* null: none */

#endif
