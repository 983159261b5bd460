/* SPDX-License-Identifier: MIT */
/* The marker segments of a JPEG (ITU-T T.81 Annex B) without decoding anything. */
#ifndef FN_ENGINE_IMAGE_JPEG_SCAN_H
#define FN_ENGINE_IMAGE_JPEG_SCAN_H

#include "engine/image/image.h"

enum { FN_JPEG_EXIF_MAX = 65535 };

struct fn_jpeg_head {
    uint8_t sof;       /* 0xc0 baseline, 0xc2 progressive ... */
    uint8_t precision; /* bits per sample */
    uint8_t components;
    uint32_t width, height;
    size_t exif_bytes; /* TIFF block of the first Exif APP1, 0: none */
    uint8_t exif[FN_JPEG_EXIF_MAX];
};

/* Reads up to the first frame header and, for Exif, up to the first scan. FN_EDECODE "truncated
 * JPEG" ... */
FN_NODISCARD int fn_jpeg_read_head(const struct fn_source *src, struct fn_jpeg_head *ret,
                                   struct fn_error *err);

#endif
