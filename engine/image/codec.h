/* SPDX-License-Identifier: MIT */
/* What each format provides to decode.c. All of it reads untrusted bytes. */
#ifndef FN_ENGINE_IMAGE_CODEC_H
#define FN_ENGINE_IMAGE_CODEC_H

#include "engine/image/decode.h"
#include "engine/image/orient.h"

/* The tags of a TIFF block (without the "Exif\0\0" that JPEG puts before it). Never fails: what
 * cannot be read is absent. keep_orientation: false for HEIF, whose decoder rotates. */
void fn_exif_parse(const uint8_t *tiff, size_t n, bool keep_orientation, struct fn_exif *ret);
void fn_exif_clear(struct fn_exif *ret);

FN_NODISCARD int fn_jpeg_probe(const struct fn_source *src, struct fn_image_info *ret,
                               struct fn_error *err);
FN_NODISCARD int fn_jpeg_decode(const struct fn_source *src, const struct fn_image_info *info,
                                uint32_t min_long_side, const struct fn_decode_limits *lim,
                                struct fn_image *ret, uint32_t *ret_denom, bool *ret_truncated,
                                struct fn_error *err);
/* upright: inside the picture. ret_at: where ret lies, upright full-resolution pixels. */
FN_NODISCARD int fn_jpeg_decode_region(const struct fn_source *src,
                                       const struct fn_image_info *info, struct fn_rect upright,
                                       uint32_t denom, const struct fn_decode_limits *lim,
                                       struct fn_image *ret, struct fn_rect *ret_at,
                                       struct fn_error *err);

FN_NODISCARD int fn_png_probe(const struct fn_source *src, struct fn_image_info *ret,
                              struct fn_error *err);
FN_NODISCARD int fn_png_decode(const struct fn_source *src, const struct fn_image_info *info,
                               uint32_t min_long_side, const struct fn_decode_limits *lim,
                               struct fn_image *ret, uint32_t *ret_denom, bool *ret_truncated,
                               struct fn_error *err);

/* HEIC and AVIF. */
FN_NODISCARD int fn_heif_probe(const struct fn_source *src, const struct fn_decode_limits *lim,
                               struct fn_image_info *ret, struct fn_error *err);
FN_NODISCARD int fn_heif_decode(const struct fn_source *src, const struct fn_image_info *info,
                                uint32_t min_long_side, const struct fn_decode_limits *lim,
                                struct fn_image *ret, uint32_t *ret_denom,
                                struct fn_error *err);

FN_NODISCARD int fn_webp_probe(const struct fn_source *src, struct fn_image_info *ret,
                               struct fn_error *err);
FN_NODISCARD int fn_webp_decode(const struct fn_source *src, const struct fn_image_info *info,
                                uint32_t min_long_side, const struct fn_decode_limits *lim,
                                struct fn_image *ret, uint32_t *ret_denom,
                                struct fn_error *err);

#endif
