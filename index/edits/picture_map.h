/* SPDX-License-Identifier: MIT */
/* Where the points of a picture are after an edit: turned, mirrored, cropped, scaled or
 * straightened. Coordinates are pixels of the upright pictures. Pure functions. */
#ifndef FN_INDEX_EDITS_PICTURE_MAP_H
#define FN_INDEX_EDITS_PICTURE_MAP_H

#include <stdbool.h>
#include <stdint.h>

/* x' = a x + b y + tx, y' = c x + d y + ty */
struct fn_picture_map {
    double a, b, c, d, tx, ty;
};

enum { FN_ORIENTATIONS = 8, FN_LANDMARKS = 5 };

/* The whole of a picture onto the whole of another: turned clockwise by 90 degrees times
 * (orientation & 3), after it was mirrored left to right if orientation & 4. False if the
 * pictures are not of one shape then, by more than 3 %. */
bool fn_map_of_frames(uint32_t from_w, uint32_t from_h, uint32_t to_w, uint32_t to_h,
                      unsigned orientation, struct fn_picture_map *ret);
/* The similarity that takes the landmarks of a face (eyes, nose, corners of the mouth; left to
 * right) nearest to those of another, by least squares. mirrored: the picture was; the
 * landmarks of a mirrored face are named left to right again. False if they are one point. */
bool fn_map_of_landmarks(const float from[FN_LANDMARKS][2], const float to[FN_LANDMARKS][2],
                         bool mirrored, struct fn_picture_map *ret);
void fn_map_apply(const struct fn_picture_map *m, double x, double y, double ret[2]);
/* By how much lengths grow. */
double fn_map_scale(const struct fn_picture_map *m);
/* False if m has no inverse. */
bool fn_map_inverse(const struct fn_picture_map *m, struct fn_picture_map *ret);

#endif
