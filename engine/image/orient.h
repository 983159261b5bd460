/* SPDX-License-Identifier: MIT */
/* EXIF orientation (Exif 3.0, tag 0x0112): how stored rows become upright ones. */
#ifndef FN_ENGINE_IMAGE_ORIENT_H
#define FN_ENGINE_IMAGE_ORIENT_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/image/image.h"

struct fn_rect {
    int64_t x, y, w, h;
};

static inline bool fn_orientation_swaps(int orientation)
{
    return orientation >= 5 && orientation <= 8;
}

/* Rectangles in a stored picture of w x h pixels and in its upright form. */
struct fn_rect fn_rect_to_stored(struct fn_rect upright, int orientation, int64_t w, int64_t h);
struct fn_rect fn_rect_to_upright(struct fn_rect stored, int orientation, int64_t w, int64_t h);

/* Puts n_rows stored RGB rows (first: y0; row i at rows + i * row_stride, width pixels each) of
 * a stored picture width x height into their upright places in dst, which has the upright size.
 */
void fn_orient_rows(struct fn_image *dst, int orientation, uint32_t width, uint32_t height,
                    uint32_t y0, uint32_t n_rows, const uint8_t *rows, size_t row_stride);

#endif
