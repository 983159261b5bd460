/* SPDX-License-Identifier: MIT */
/* Drawing for users: boxes, lines, copies, all clipped to the picture. Text: draw_text.h. */
#ifndef FN_ENGINE_DRAW_DRAW_H
#define FN_ENGINE_DRAW_DRAW_H

#include "engine/image/image.h"

struct fn_rgb {
    uint8_t r, g, b;
};
void fn_draw_rect(struct fn_image *m, int x, int y, int w, int h, int thickness,
                  struct fn_rgb c);
void fn_draw_fill(struct fn_image *m, int x, int y, int w, int h, struct fn_rgb c);
/* A line with round ends, anti-aliased: the coverage of a pixel is how far its centre is inside
 * the line's edge. Pixel (x, y) covers [x, x+1) x [y, y+1); a line from a point to itself is a
 * dot. */
void fn_draw_line(struct fn_image *m, double x0, double y0, double x1, double y1, double width,
                  struct fn_rgb c);
/* A translucent rectangle; alpha 0..1. */
void fn_draw_blend(struct fn_image *m, int x, int y, int w, int h, struct fn_rgb c,
                   double alpha);
void fn_draw_blit(struct fn_image *m, int x, int y,
                  const struct fn_image *src); /* clipped copy */

#endif
