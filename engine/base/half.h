/* SPDX-License-Identifier: MIT */
/* IEEE 754 binary16 to binary32 and back, rounding to nearest even, in plain C. For storage
 * only, so speed does not matter. */
#ifndef FN_ENGINE_BASE_HALF_H
#define FN_ENGINE_BASE_HALF_H

#include <stdint.h>

uint16_t fn_half_from_float(float f); /* overflow gives infinity, NaN stays NaN */
float fn_half_to_float(uint16_t h);

#endif
