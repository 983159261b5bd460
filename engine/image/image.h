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

/* A file to decode: bytes are read by pread from an open descriptor, never from a map (a
 * truncated file would cause SIGBUS), and for JPEG and PNG never the whole file at once. */
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
    int64_t taken_s;  /* seconds since 1970; UTC if zone_min is known, otherwise local time read
                         as UTC */
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

/* Encoders; quality 1..100. */
FN_NODISCARD int fn_image_write_jpeg_fd(int fd, const struct fn_image *m, int quality,
                                        struct fn_error *err);
FN_NODISCARD int fn_image_write_png_fd(int fd, const struct fn_image *m, struct fn_error *err);

/* m becomes what it would be after being stored as a JPEG. fd: a memory file, used in between
 * and left with the JPEG in it. */
FN_NODISCARD int fn_image_through_jpeg(struct fn_image *m, int quality, int fd,
                                       struct fn_error *err);

#endif
