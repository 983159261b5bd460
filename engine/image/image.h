/* SPDX-License-Identifier: MIT */
/* Pictures in memory: 8-bit RGB, rows top to bottom, always upright (EXIF orientation applied).
 */
#ifndef FN_ENGINE_IMAGE_IMAGE_H
#define FN_ENGINE_IMAGE_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/base/error.h"

struct fn_image {
    uint8_t *data; /* height x stride bytes, interleaved RGB; owned */
    uint32_t width, height;
    size_t stride;
};
FN_NODISCARD int fn_image_create(uint32_t width, uint32_t height,
                                 struct fn_image *ret); /* zeroed; -ENOMEM */
void fn_image_destroy(struct fn_image *m);              /* NULL-safe, leaves it empty */
/* orientation: EXIF 1..8; turns m upright in place (allocates for 5..8). */
FN_NODISCARD int fn_image_orient(struct fn_image *m, int orientation);

/* A file to decode: bytes come by pread from an open descriptor, never from a map (a truncated
 * file would be SIGBUS) and never all at once for JPEG and PNG. */
struct fn_source {
    int fd;
    uint64_t size; /* bytes, from fstat */
};

enum fn_format {
    FN_FORMAT_UNKNOWN = 0,
    FN_FORMAT_JPEG,
    FN_FORMAT_PNG,
    FN_FORMAT_HEIC,
    FN_FORMAT_AVIF,
    FN_FORMAT_WEBP
};
const char *fn_format_name(enum fn_format f); /* "jpeg" ... */

enum fn_time_precision { FN_TIME_NONE = 0, FN_TIME_SECOND, FN_TIME_DAY };
struct fn_exif {
    int orientation;  /* 1..8, 1 when absent or out of range */
    int64_t taken_s;  /* seconds since 1970; UTC when zone_min is known, else local time read as
                         UTC */
    int16_t zone_min; /* FN_ZONE_UNKNOWN */
    uint8_t taken_precision; /* enum fn_time_precision */
    bool has_gps;
    int32_t lat_e7, lon_e7; /* degrees x 1e7 */
    char camera[64];        /* "Make Model", printable ASCII/UTF-8, "" when absent */
};

struct fn_image_info {
    enum fn_format format;
    uint32_t stored_width, stored_height; /* as coded */
    uint32_t width, height;               /* upright */
    struct fn_exif exif;                  /* HEIC/AVIF: orientation is 1, libheif rotates */
};

struct fn_decode_limits {
    uint64_t max_pixels;
    size_t max_bytes; /* of decoder working memory and result together */
};

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

/* Encoders; quality 1..100. */
FN_NODISCARD int fn_image_write_jpeg_fd(int fd, const struct fn_image *m, int quality,
                                        struct fn_error *err);
FN_NODISCARD int fn_image_write_png_fd(int fd, const struct fn_image *m, struct fn_error *err);

#endif
