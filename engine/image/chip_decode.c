/* SPDX-License-Identifier: MIT */
/* Cutting one chip from one photo: probe, decode no more than it shows, sample once. */
#include <errno.h>
#include <math.h>

#include "engine/image/decode.h"

static int frame_of(const struct fn_chip_cut *c, const struct fn_image_info *info,
                    struct fn_similarity *ret, struct fn_error *err)
{
    double longer = info->width > info->height ? info->width : info->height;
    if (!c->has_face && c->need_face)
        return fn_error_set(err, FN_ENOTFOUND, "no face is known in it");
    *ret =
        c->has_face ? c->face : fn_frame_of_centre(c->centre_share, info->width, info->height);
    double side = hypot((double)ret->a, (double)ret->b);
    float cx, cy;
    fn_similarity_apply(*ret, 0.5f, 0.5f, &cx, &cy);
    /* Frames come from files, too. What is far outside would be black, and slow at any size. */
    if (!(side >= 1 && side <= 8 * longer && cx >= 0 && cy >= 0 && cx <= (float)info->width &&
          cy <= (float)info->height))
        return fn_error_set(err, FN_ECORRUPT, "the frame of the face is not in the picture");
    return 0;
}

/* What the chip shows, in whole pixels with room for the filters, clipped to the picture. */
struct area {
    uint32_t x, y, w, h;
};

static struct area area_of(const struct fn_chip_cut *c, struct fn_wide_similarity s,
                           uint32_t denom, const struct fn_image_info *info)
{
    double w = c->width, h = c->height, pad = 2.0 * denom + 2;
    double cx = s.a * (w - 1) / 2 - s.b * (h - 1) / 2 + s.tx;
    double cy = s.b * (w - 1) / 2 + s.a * (h - 1) / 2 + s.ty;
    double rx = (fabs(s.a) * w + fabs(s.b) * h) / 2 + pad;
    double ry = (fabs(s.b) * w + fabs(s.a) * h) / 2 + pad;
    uint32_t x0 = (uint32_t)fmin(fmax(cx - rx, 0), info->width - 1.0);
    uint32_t y0 = (uint32_t)fmin(fmax(cy - ry, 0), info->height - 1.0);
    uint32_t x1 = (uint32_t)ceil(fmin(fmax(cx + rx, x0 + 1.0), info->width));
    uint32_t y1 = (uint32_t)ceil(fmin(fmax(cy + ry, y0 + 1.0), info->height));
    return (struct area){x0, y0, x1 - x0, y1 - y0};
}

/* Pixels, and where the first of them is in the full-size picture. */
struct view {
    struct fn_image image;
    uint32_t x, y, denom;
    bool truncated;
};

/* Only the part around the face where that saves at least half; false when the whole has to be
 * decoded. */
static bool decode_part(const struct fn_source *src, const struct fn_decode_limits *lim,
                        const struct fn_image_info *info, struct area at, struct view *v)
{
    uint64_t all = (uint64_t)info->width * info->height, part = (uint64_t)at.w * at.h;
    return info->format == FN_FORMAT_JPEG && 2 * part < all &&
           !fn_image_decode_region(src, info, at.x, at.y, at.w, at.h, v->denom, lim, &v->image,
                                   &v->x, &v->y, NULL);
}

static int decode(const struct fn_chip_cut *c, const struct fn_decode_limits *lim,
                  const struct fn_source *src, const struct fn_image_info *info,
                  struct fn_wide_similarity s, struct view *v, struct fn_error *err)
{
    uint32_t longer = info->width > info->height ? info->width : info->height;
    double per_pixel = hypot(s.a, s.b);
    v->denom = 1;
    while (v->denom < 8 && per_pixel >= 2.0 * v->denom)
        v->denom *= 2;
    if (decode_part(src, lim, info, area_of(c, s, v->denom, info), v))
        return 0;
    v->x = v->y = 0;
    return fn_image_decode(src, info, longer / v->denom + (longer % v->denom != 0), lim,
                           &v->image, &v->denom, &v->truncated, err);
}

int fn_image_decode_chip(const struct fn_source *src, const struct fn_chip_cut *cut,
                         const struct fn_decode_limits *lim, float *rgb,
                         struct fn_image_info *ret_info, bool *ret_truncated,
                         struct fn_error *err)
{
    struct fn_image_info info;
    struct fn_similarity face;
    struct view v = {0};
    if (!cut->width || !cut->height || cut->width > FN_CHIP_SIDE_MAX ||
        cut->height > FN_CHIP_SIDE_MAX)
        return fn_error_set(err, -EINVAL, "chips must have 1 to %d pixels a side",
                            FN_CHIP_SIDE_MAX);
    int rc = fn_image_probe(src, lim, &info, err);
    if (!rc)
        rc = frame_of(cut, &info, &face, err);
    if (rc)
        return rc;
    struct fn_wide_similarity s = fn_chip_cut_edges(cut, face);
    rc = decode(cut, lim, src, &info, s, &v, err);
    if (rc)
        return rc;
    double k = 1.0 / v.denom;
    struct fn_wide_similarity scaled = {k, 0, -k * v.x - 0.5, -k * v.y - 0.5};
    struct fn_imagef dst = {rgb, cut->width, cut->height};
    fn_warp(&v.image, fn_wide_narrow(fn_wide_then(s, scaled)), &dst);
    fn_image_destroy(&v.image);
    if (ret_info)
        *ret_info = info;
    if (ret_truncated)
        *ret_truncated = v.truncated;
    return 0;
}
