/* SPDX-License-Identifier: MIT */
/* Drawing for users: boxes, names, contact sheets. Text uses an 8x16 bitmap font, scaled by
 * whole factors. ASCII, Latin-1, Latin Extended-A, Greek and Cyrillic letters are available;
 * others become a box. */
#ifndef FN_ENGINE_IMAGE_DRAW_H
#define FN_ENGINE_IMAGE_DRAW_H

#include "engine/image/image.h"

struct fn_rgb {
    uint8_t r, g, b;
};
void fn_draw_rect(struct fn_image *m, int x, int y, int w, int h, int thickness,
                  struct fn_rgb c);
void fn_draw_fill(struct fn_image *m, int x, int y, int w, int h, struct fn_rgb c);
/* UTF-8 text, clipped; returns the width in pixels. size: whole factor of the 8x16 font. */
int fn_draw_text(struct fn_image *m, int x, int y, const char *text, int size, struct fn_rgb c);
int fn_draw_text_width(const char *text, int size);
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

/* A contact sheet: thumbnails of cell x cell pixels (aspect ratio preserved, centred) with a
 * caption of up to two lines under each, under a title. Add in order, then get the picture. */
struct fn_sheet;
struct fn_sheet *fn_sheet_create(const char *title, uint32_t cell_px, uint32_t columns);
FN_NODISCARD int fn_sheet_add(struct fn_sheet *s, const struct fn_image *thumb,
                              const char *line1, const char *line2);
FN_NODISCARD int fn_sheet_heading(struct fn_sheet *s,
                                  const char *text); /* starts a new section */
FN_NODISCARD int fn_sheet_render(struct fn_sheet *s, struct fn_image *ret);
void fn_sheet_destroy(struct fn_sheet *s);

#endif
