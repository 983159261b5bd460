/* SPDX-License-Identifier: MIT */
/* What every decoder asks before it allocates. */
#ifndef FN_ENGINE_IMAGE_DECODE_LIMITS_H
#define FN_ENGINE_IMAGE_DECODE_LIMITS_H

#include "engine/image/image.h"

/* FN_ELIMIT "needs more than the memory limit": for a failed allocation and a budget that is
 * too small. */
int fn_limit_memory(struct fn_error *err);
/* 0, or FN_ELIMIT "60,000 x 60,000 pixels is over limits.max_pixels (500 M)". */
FN_NODISCARD int fn_limit_pixels(uint64_t width, uint64_t height,
                                 const struct fn_decode_limits *lim, struct fn_error *err);

static inline uint32_t fn_div_up(uint32_t n, uint32_t d)
{
    return n / d + (n % d != 0);
}

/* Largest power of two (at most max_denom) that leaves the longer side >= min_long_side; 1 when
 * min_long_side is 0. */
uint32_t fn_pick_denom(uint32_t width, uint32_t height, uint32_t min_long_side,
                       uint32_t max_denom);

#endif
