/* SPDX-License-Identifier: MIT */
/* WebP in a build without libwebp: each file is refused by name of its format. */
#include "engine/image/codec.h"

static int refuse(struct fn_error *err)
{
    return fn_error_set(err, FN_EUNSUPPORTED,
                        "this build cannot read WebP pictures: it was made without libwebp");
}

int fn_webp_probe(const struct fn_source *src, struct fn_image_info *ret, struct fn_error *err)
{
    (void)src;
    (void)ret;
    return refuse(err);
}

int fn_webp_decode(const struct fn_source *src, const struct fn_image_info *info,
                   uint32_t min_long_side, const struct fn_decode_limits *lim,
                   struct fn_image *ret, uint32_t *ret_denom, struct fn_error *err)
{
    (void)src;
    (void)info;
    (void)min_long_side;
    (void)lim;
    (void)ret;
    (void)ret_denom;
    return refuse(err);
}
