/* SPDX-License-Identifier: MIT */
/* How kernels see a tensor: NHWC pixels, and what may be done to a value on its way out. */
#ifndef FN_ENGINE_KERNELS_PIXELS_H
#define FN_ENGINE_KERNELS_PIXELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a kernel does to a sum before it is stored. */
enum fn_kact {
    FN_KACT_NONE = 0,
    FN_KACT_RELU = 1,
    FN_KACT_RELU6 = 2,
    FN_KACT_SLOPE = 3, /* x < 0 ? slope[channel] * x : x */
};

struct fn_pixels {
    float *data;
    size_t stride;
};
struct fn_cpixels {
    const float *data;
    size_t stride;
};

#endif
