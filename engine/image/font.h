/* SPDX-License-Identifier: MIT */
/* The bitmap font of the drawings. */
#ifndef FN_ENGINE_IMAGE_FONT_H
#define FN_ENGINE_IMAGE_FONT_H

#include <stdint.h>

enum { FN_FONT_WIDTH = 8, FN_FONT_HEIGHT = 16 };

/* FN_FONT_HEIGHT bytes, one per row, most significant bit left; NULL if there is no such glyph.
 */
const uint8_t *fn_font_glyph(uint32_t code_point);

#endif
