/* SPDX-License-Identifier: MIT */
/* Box filter by a whole factor, while rows arrive: the mean of denom x denom pixels (fewer at
 * the right and lower edge), rounded to nearest. */
#ifndef FN_ENGINE_IMAGE_SHRINK_H
#define FN_ENGINE_IMAGE_SHRINK_H

#include "engine/image/image.h"

enum { FN_SHRINK_MAX = 256 };

struct fn_shrink {
    uint32_t width, height, denom;  /* of the input */
    uint32_t out_width, out_height; /* rounded up */
    int orientation;
    uint32_t y;            /* next input row */
    uint32_t *sums;        /* out_width * 3 */
    uint8_t *row;          /* out_width * 3 */
    struct fn_image image; /* upright */
};

/* 0 or -ENOMEM. denom: 1..FN_SHRINK_MAX. */
FN_NODISCARD int fn_shrink_init(struct fn_shrink *s, uint32_t width, uint32_t height,
                                uint32_t denom, int orientation);
void fn_shrink_row(struct fn_shrink *s, const uint8_t *rgb); /* rows top to bottom */
void fn_shrink_end(struct fn_shrink *s);                     /* after the last row */
void fn_shrink_finish(struct fn_shrink *s); /* also frees image if it is still there */

#endif
