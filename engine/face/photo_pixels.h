/* SPDX-License-Identifier: MIT */
/* The source of a photo's pixels: a reduced picture, or a part of it at a finer scale; possibly
 * rotated by quarter turns.
 *
 * A frame is the whole photo at full resolution after `turn` quarter turns clockwise; positions
 * in it are edges in floats.
 */
#ifndef FN_ENGINE_FACE_PHOTO_PIXELS_H
#define FN_ENGINE_FACE_PHOTO_PIXELS_H

#include "engine/face/box.h"
#include "engine/image/image.h"

struct fn_frame {
    uint32_t width, height; /* of the turned photo, full resolution */
    unsigned turn;          /* 0..3 */
};

/* An image whose pixel (0, 0) starts at (x, y) of the frame and covers scale x scale of it. */
struct fn_pixels {
    const struct fn_image *image;
    float x, y, scale;
};

struct fn_frame fn_frame_turned(uint32_t upright_width, uint32_t upright_height, unsigned turn);
/* Upright position <-> position in the frame. */
void fn_frame_from_upright(struct fn_frame f, float x, float y, float *rx, float *ry);
void fn_frame_to_upright(struct fn_frame f, float x, float y, float *rx, float *ry);
struct fn_box fn_frame_box_from_upright(struct fn_frame f, struct fn_box b);
struct fn_box fn_frame_box_to_upright(struct fn_frame f, struct fn_box b);

/* Boxes between the frame and the image's own pixels. */
struct fn_box fn_pixels_box_to_frame(const struct fn_pixels *p, struct fn_box b);
struct fn_box fn_pixels_box_from_frame(const struct fn_pixels *p, struct fn_box b);

/* A copy of from, turned; ret is created. -ENOMEM. */
FN_NODISCARD int fn_image_turned(const struct fn_image *from, unsigned turn,
                                 struct fn_image *ret);
/* Describes image (its first pixel, when upright, at upright_x, upright_y; at 1/scale) as
 * pixels of the rotated frame. */
struct fn_pixels fn_pixels_of(struct fn_frame f, const struct fn_image *turned_image,
                              float upright_x, float upright_y, float scale);

#endif
