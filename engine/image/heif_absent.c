/* SPDX-License-Identifier: MIT */
/* HEIC and AVIF in a build without libheif: each file is refused by name of its format. */
#include "engine/image/codec.h"

static int refuse(enum fn_format format, struct fn_error *err)
{
    return fn_error_set(err, FN_EUNSUPPORTED,
                        "this build cannot read %s pictures: it was made without libheif",
                        format == FN_FORMAT_AVIF ? "AVIF" : "HEIC");
}

int fn_heif_probe(const struct fn_source *src, const struct fn_decode_limits *lim,
                  struct fn_image_info *ret, struct fn_error *err)
{
    (void)src;
    (void)lim;
    return refuse(ret->format, err);
}

int fn_heif_decode(const struct fn_source *src, const struct fn_image_info *info,
                   uint32_t min_long_side, const struct fn_decode_limits *lim,
                   struct fn_image *ret, uint32_t *ret_denom, struct fn_error *err)
{
    (void)src;
    (void)min_long_side;
    (void)lim;
    (void)ret;
    (void)ret_denom;
    return refuse(info->format, err);
}
