/* SPDX-License-Identifier: MIT */
/* Cutting one chip from one photo; see chip.h. */
#include "engine/train/chip.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A similarity in double: four of them are put together before the result is rounded once. */
struct wide {
    double a, b, tx, ty;
};

static struct wide widen(struct fn_similarity s)
{
    return (struct wide){(double)s.a, (double)s.b, (double)s.tx, (double)s.ty};
}

static struct fn_similarity narrow(struct wide s)
{
    return (struct fn_similarity){(float)s.a, (float)s.b, (float)s.tx, (float)s.ty};
}

/* first, then second */
static struct wide then(struct wide first, struct wide second)
{
    return (struct wide){second.a * first.a - second.b * first.b,
                         second.b * first.a + second.a * first.b,
                         second.a * first.tx - second.b * first.ty + second.tx,
                         second.b * first.tx + second.a * first.ty + second.ty};
}

/* From chip pixel centres to picture positions that count from pixel edges. */
static struct wide cut(const struct fn_loader_opts *o, struct fn_similarity face,
                       const struct fn_augment_plan *p)
{
    double w = o->width, h = o->height, margin = o->margin > 0 ? (double)o->margin : 1;
    double a = margin / fmin(w, h);
    struct wide frame = {a, 0, 0.5 + (0.5 - w / 2) * a, 0.5 + (0.5 - h / 2) * a};
    return then(then(frame, widen(fn_augment_move(p))), widen(face));
}

struct fn_similarity fn_loader_cut(const struct fn_loader_opts *o, struct fn_similarity face,
                                   const struct fn_augment_plan *p)
{
    struct wide s = cut(o, face, p);
    s.tx -= 0.5;
    s.ty -= 0.5;
    return narrow(s);
}

int fn_lane_init(struct fn_lane *l, const struct fn_loader_opts *o)
{
    *l = (struct fn_lane){.o = o};
    int rc = fn_augment_work_init(&l->work, o->width, o->height);
    if (rc)
        return rc;
    l->chip = calloc((size_t)o->width * o->height, 3 * sizeof *l->chip);
    if (!l->chip) {
        fn_lane_finish(l);
        return -ENOMEM;
    }
    return 0;
}

void fn_lane_finish(struct fn_lane *l)
{
    fn_augment_work_finish(&l->work);
    free(l->chip);
    *l = (struct fn_lane){0};
}

/* The photo's file, which must be one: a fifo would wait for ever. */
static int open_photo(const char *path, struct fn_source *ret, struct fn_error *err)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0)
        return fn_error_set(err, -errno, "cannot open: %s", fn_strerror(-errno));
    if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
        (void)close(fd);
        return fn_error_set(err, -EINVAL, "not a regular file");
    }
    *ret = (struct fn_source){fd, (uint64_t)st.st_size};
    return 0;
}

static int frame_of(const struct fn_loader_opts *o, const struct fn_sample *s,
                    const struct fn_image_info *info, struct fn_similarity *ret,
                    struct fn_error *err)
{
    double longer = info->width > info->height ? info->width : info->height;
    if (!s->has_face && o->need_face)
        return fn_error_set(err, FN_ENOTFOUND, "no face is known in it");
    *ret =
        s->has_face ? s->face : fn_frame_of_centre(o->centre_share, info->width, info->height);
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

static struct area area_of(const struct fn_loader_opts *o, struct wide s, uint32_t denom,
                           const struct fn_image_info *info)
{
    double w = o->width, h = o->height, pad = 2.0 * denom + 2;
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
static bool decode_part(const struct fn_loader_opts *o, const struct fn_source *src,
                        const struct fn_image_info *info, struct area at, struct view *v)
{
    uint64_t all = (uint64_t)info->width * info->height, part = (uint64_t)at.w * at.h;
    return info->format == FN_FORMAT_JPEG && 2 * part < all &&
           !fn_image_decode_region(src, info, at.x, at.y, at.w, at.h, v->denom, &o->limits,
                                   &v->image, &v->x, &v->y, NULL);
}

static int decode(const struct fn_loader_opts *o, const struct fn_source *src,
                  const struct fn_image_info *info, struct wide s, struct view *v,
                  struct fn_error *err)
{
    uint32_t longer = info->width > info->height ? info->width : info->height;
    double per_pixel = hypot(s.a, s.b);
    v->denom = 1;
    while (v->denom < 8 && per_pixel >= 2.0 * v->denom)
        v->denom *= 2;
    if (decode_part(o, src, info, area_of(o, s, v->denom, info), v))
        return 0;
    v->x = v->y = 0;
    return fn_image_decode(src, info, longer / v->denom + (longer % v->denom != 0), &o->limits,
                           &v->image, &v->denom, &v->truncated, err);
}

static int cut_chip(struct fn_lane *l, const struct fn_sample *sample,
                    const struct fn_source *src, const struct fn_augment_plan *p,
                    bool *ret_truncated, struct fn_error *err)
{
    struct fn_image_info info;
    struct fn_similarity face;
    struct view v = {0};
    int rc = fn_image_probe(src, &l->o->limits, &info, err);
    if (!rc)
        rc = frame_of(l->o, sample, &info, &face, err);
    if (rc)
        return rc;
    struct wide s = cut(l->o, face, p);
    rc = decode(l->o, src, &info, s, &v, err);
    if (rc)
        return rc;
    double k = 1.0 / v.denom;
    struct wide scaled = {k, 0, -k * v.x - 0.5, -k * v.y - 0.5};
    struct fn_imagef dst = {l->chip, l->o->width, l->o->height};
    fn_warp(&v.image, narrow(then(s, scaled)), &dst);
    fn_image_destroy(&v.image);
    *ret_truncated = v.truncated;
    return 0;
}

int fn_lane_run(struct fn_lane *l, uint64_t step, uint32_t sample, uint8_t *out,
                bool *ret_truncated, struct fn_error *err)
{
    const struct fn_sample *s = &l->o->dataset->samples[sample];
    struct fn_augment_plan p = fn_augment_draw(&l->o->augment, l->o->seed, step, sample);
    struct fn_source src;
    bool truncated = false;
    int rc = open_photo(s->path, &src, err);
    if (rc)
        return rc;
    rc = cut_chip(l, s, &src, &p, &truncated, err);
    (void)close(src.fd);
    if (!rc)
        rc = fn_augment_chip(&p, &l->work, l->chip, out, err);
    if (!rc)
        *ret_truncated = truncated;
    return rc;
}
