/* SPDX-License-Identifier: MIT */
/* Thresholds of a model as JSON. */
#ifndef FN_CLI_PRINT_CALIBRATION_JSON_H
#define FN_CLI_PRINT_CALIBRATION_JSON_H

#include "cli/print/output.h"
#include "engine/model/model.h"

json_t *fnq_calibration_json(const struct fn_calibration *c); /* null when there are none */

#endif
