/* SPDX-License-Identifier: MIT */
/* From files to pixels. Every byte of a photo is hostile until it is decoded, so this is for
 * the worker process: engine/image, engine/face and engine/work include it, nobody else
 * (tests/lint/layers.sh). Other programs ask a worker (engine/work/work.h). */
#ifndef FN_ENGINE_IMAGE_DECODE_H
#define FN_ENGINE_IMAGE_DECODE_H

#include "engine/image/chip_cut.h"
#include "engine/image/image.h"

/* Format by content, size and EXIF, without decoding pixels. FN_EDECODE, FN_EUNSUPPORTED,
 * FN_ELIMIT; the text is what `fnq files --bad` shows ("not an image (starts with
 * \"<!DOCTYPE\")", "truncated JPEG", ...). */
FN_NODISCARD int fn_image_probe(const struct fn_source *src, const struct fn_decode_limits *lim,
                                struct fn_image_info *ret, struct fn_error *err);

/* Decodes upright at the smallest scale whose longer side is >= min_long_side (0: full size).
 * JPEG: DCT scales 8/8, 4/8, 2/8, 1/8 (whatever libjpeg-turbo has SIMD for); PNG and HEIC: box
 * filter by whole factors while reading rows where the format allows. ret_denom: 1, 2, 4, 8
 * ...; ret->width ~ info.width / denom (rounded up). A JPEG that breaks off after its first
 * scan lines is decoded as far as it goes only when at least half the rows are there, and
 * *ret_truncated says so; else FN_EDECODE "truncated". */
FN_NODISCARD int fn_image_decode(const struct fn_source *src, const struct fn_image_info *info,
                                 uint32_t min_long_side, const struct fn_decode_limits *lim,
                                 struct fn_image *ret, uint32_t *ret_denom, bool *ret_truncated,
                                 struct fn_error *err);

/* Decodes only the rectangle (upright full-resolution pixels, clipped to the picture) at scale
 * 1/denom; used for small faces. ret_x, ret_y: the upright full-resolution position of ret's
 * first pixel (JPEG starts at block edges, so it may lie left of and above the request).
 * FN_EUNSUPPORTED where the format cannot (caller decodes whole). */
FN_NODISCARD int fn_image_decode_region(const struct fn_source *src,
                                        const struct fn_image_info *info, uint32_t x,
                                        uint32_t y, uint32_t w, uint32_t h, uint32_t denom,
                                        const struct fn_decode_limits *lim,
                                        struct fn_image *ret, uint32_t *ret_x, uint32_t *ret_y,
                                        struct fn_error *err);

/* XXH3-128 of a JPEG without its APPn and COM segments (the "pixel key": a tag edit by another
 * program leaves it as it is). FN_EUNSUPPORTED for other formats, FN_EDECODE when the segments
 * do not parse. */
struct fn_h128;
FN_NODISCARD int fn_image_pixel_key(const struct fn_source *src, struct fn_h128 *ret,
                                    struct fn_error *err);

/* Decodes one tiny built-in picture per codec, so that nothing is left to be set up on the
 * first photo. Call before a sandbox closes. */
FN_NODISCARD int fn_image_warm_up(const struct fn_decode_limits *lim, struct fn_error *err);

/* The chip of a photo that cut says: decoded at the smallest scale that serves (only the part
 * that it shows, where that saves work), sampled once. rgb: height x width x 3, 0..255. info
 * and truncated (not told where only a part was decoded) may be NULL. FN_ENOTFOUND when no face
 * is known and one is needed, FN_ECORRUPT when the frame is not in the picture; else as the
 * functions above. */
FN_NODISCARD int fn_image_decode_chip(const struct fn_source *src,
                                      const struct fn_chip_cut *cut,
                                      const struct fn_decode_limits *lim, float *rgb,
                                      struct fn_image_info *ret_info, bool *ret_truncated,
                                      struct fn_error *err);

#endif
