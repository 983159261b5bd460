/* SPDX-License-Identifier: MIT */
/* From a file to pixels: the format is found by content, never by name, and the rest is the
 * format's. */
#include "engine/image/codec.h"
#include "engine/image/sniff.h"

#include <errno.h>

#include "engine/image/decode_limits.h"

int fn_image_probe(const struct fn_source *src, const struct fn_decode_limits *lim,
                   struct fn_image_info *ret, struct fn_error *err)
{
    struct fn_image_info info = {0};
    int rc;

    rc = fn_sniff(src, &info.format, err);
    if (rc < 0)
        return rc;
    fn_exif_clear(&info.exif);
    if (info.format == FN_FORMAT_JPEG)
        rc = fn_jpeg_probe(src, &info, err);
    else if (info.format == FN_FORMAT_PNG)
        rc = fn_png_probe(src, &info, err);
    else if (info.format == FN_FORMAT_WEBP)
        rc = fn_webp_probe(src, &info, err);
    else
        rc = fn_heif_probe(src, lim, &info, err);
    if (rc == 0)
        rc = fn_limit_pixels(info.stored_width, info.stored_height, lim, err);
    if (rc < 0)
        return rc;
    if (info.format != FN_FORMAT_HEIC && info.format != FN_FORMAT_AVIF) {
        bool swap = fn_orientation_swaps(info.exif.orientation);

        info.width = swap ? info.stored_height : info.stored_width;
        info.height = swap ? info.stored_width : info.stored_height;
    }
    *ret = info;
    return 0;
}

int fn_image_decode(const struct fn_source *src, const struct fn_image_info *info,
                    uint32_t min_long_side, const struct fn_decode_limits *lim,
                    struct fn_image *ret, uint32_t *ret_denom, bool *ret_truncated,
                    struct fn_error *err)
{
    bool truncated = false;
    int rc = fn_limit_pixels(info->stored_width, info->stored_height, lim, err);

    if (rc < 0)
        return rc;
    switch (info->format) {
    case FN_FORMAT_JPEG:
        rc = fn_jpeg_decode(src, info, min_long_side, lim, ret, ret_denom, &truncated, err);
        break;
    case FN_FORMAT_PNG:
        rc = fn_png_decode(src, info, min_long_side, lim, ret, ret_denom, &truncated, err);
        break;
    case FN_FORMAT_HEIC:
    case FN_FORMAT_AVIF:
        rc = fn_heif_decode(src, info, min_long_side, lim, ret, ret_denom, err);
        break;
    case FN_FORMAT_WEBP:
        rc = fn_webp_decode(src, info, min_long_side, lim, ret, ret_denom, err);
        break;
    case FN_FORMAT_UNKNOWN:
        return fn_error_set(err, FN_EUNSUPPORTED, "unknown picture format");
    }
    if (rc == 0 && ret_truncated)
        *ret_truncated = truncated;
    return rc;
}

int fn_image_decode_region(const struct fn_source *src, const struct fn_image_info *info,
                           uint32_t x, uint32_t y, uint32_t w, uint32_t h, uint32_t denom,
                           const struct fn_decode_limits *lim, struct fn_image *ret,
                           uint32_t *ret_x, uint32_t *ret_y, struct fn_error *err)
{
    struct fn_rect at = {0};

    if (info->format != FN_FORMAT_JPEG)
        return fn_error_set(err, FN_EUNSUPPORTED,
                            "a part of a %s picture cannot be decoded alone",
                            fn_format_name(info->format));
    if (x >= info->width || y >= info->height || w == 0 || h == 0)
        return fn_error_set(err, -EINVAL, "a region outside the picture");
    struct fn_rect want = {x, y, w < info->width - x ? w : info->width - x,
                           h < info->height - y ? h : info->height - y};
    int rc = fn_limit_pixels(info->stored_width, info->stored_height, lim, err);
    if (rc == 0)
        rc = fn_jpeg_decode_region(src, info, want, denom, lim, ret, &at, err);
    if (rc < 0)
        return rc;
    *ret_x = (uint32_t)(at.x > 0 ? at.x : 0);
    *ret_y = (uint32_t)(at.y > 0 ? at.y : 0);
    return 0;
}
