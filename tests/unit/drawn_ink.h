/* SPDX-License-Identifier: MIT */
/* Where something is drawn. */
#ifndef FN_TESTS_DRAWN_INK_H
#define FN_TESTS_DRAWN_INK_H

#include "engine/image/image.h"

/* Pixels in x0 <= x < x1, y0 <= y < y1 that are neither white nor a grey that is nearly white.
 * What is outside of the picture has none. */
size_t drawn_ink(const struct fn_image *m, int64_t x0, int64_t y0, int64_t x1, int64_t y1);

#endif
