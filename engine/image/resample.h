/* SPDX-License-Identifier: MIT */
/* Resampling with exact float arithmetic; pixel (x, y) covers [x, x+1) x [y, y+1), its centre
 * is at +.5. Outputs are float planes or interleaved floats ready for a network: out = (p -
 * mean) * scale. */
#ifndef FN_ENGINE_IMAGE_RESAMPLE_H
#define FN_ENGINE_IMAGE_RESAMPLE_H

#include "engine/image/image.h"

/* Rows of 3 floats per pixel, 0..255. Caller's memory. */
struct fn_imagef {
    float *data;
    uint32_t width, height; /* stride is width * 3 */
};

/* Whole image -> w x h: area averaging along an axis that shrinks, bilinear with half-pixel
 * centres along one that grows. scratch: at least fn_resize_scratch floats. */
size_t fn_resize_scratch(const struct fn_image *src, uint32_t w, uint32_t h);
void fn_resize(const struct fn_image *src, struct fn_imagef *dst, float *scratch);
/* The same from 8 bits to 8 bits (pyramid levels, thumbnails). */
FN_NODISCARD int fn_resize_u8(const struct fn_image *src, uint32_t w, uint32_t h,
                              struct fn_image *ret);

/* src -> src coordinates: (a*x - b*y + tx, b*x + a*y + ty) for output position (x, y). */
struct fn_similarity {
    float a, b, tx, ty;
};
struct fn_similarity fn_similarity_invert(struct fn_similarity s);
void fn_similarity_apply(struct fn_similarity s, float x, float y, float *rx, float *ry);
/* Least-squares similarity (no reflection) that maps from[i] to to[i]; n >= 2 points (x, y).
 * Source: closed form of Umeyama 1991 for two dimensions. */
struct fn_similarity fn_similarity_fit(const float (*from)[2], const float (*to)[2], size_t n);

/* Warp: dst pixel (i, j) samples src at s applied to (i, j); whole numbers are pixel centres on
 * both sides. Bilinear; when it minifies, n x n samples per pixel with n = ceil(scale - .01),
 * sample (u, v) at i + (u + .5) / n - .5 (j alike). Each of the four taps of a sample that lies
 * outside src is black. */
void fn_warp(const struct fn_image *src, struct fn_similarity s, struct fn_imagef *dst);
/* Square crop, pixel edges on whole numbers: centre (cx, cy), side l in src pixels, to dst
 * (square). The same sampling as fn_warp with s = {l / size, 0, cx - l / 2 + l / size / 2 - .5,
 * ...}. */
void fn_crop_square(const struct fn_image *src, float cx, float cy, float l,
                    struct fn_imagef *dst);

#endif
