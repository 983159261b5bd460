/* SPDX-License-Identifier: MIT */
/* From boxes to described faces: the right pixels, landmarks, chip, embedding, quality.
 *
 * Detection works on a reduced picture. A face whose eyes are closer there than in the
 * embedder's chip is cut from finer pixels: such faces are read in few rectangles, because
 * every partial read of a JPEG has to go through its bits from the start. */
#include <errno.h>
#include <math.h>
#include <string.h>

#include "engine/base/clock.h"
#include "engine/face/align.h"
#include "engine/face/engine.h"
#include "engine/face/quality.h"
#include "engine/image/decode.h"

/* Distance of the eyes as a fraction of the box's height, for a mean face in the boxes of this
 * kind of detector. */
static const float eyes_of_height = .34f;
/* Side of what is read around a face, in sides of its box: the chip at any roll. */
static const float region_sides = 2.2f;
enum { REGION_PIXELS = 8 << 20 }; /* of one finer read: 24 MB */

static float larger_side(struct fn_box b)
{
    return fmaxf(b.x1 - b.x0, b.y1 - b.y0);
}

static float clamp01(float x)
{
    return !(x > 0) ? 0 : x > 1 ? 1 : x;
}

static void set_box(struct fn_face *face, const struct fn_photo_job *job, struct fn_box box)
{
    float w = (float)job->info->width, h = (float)job->info->height;
    struct fn_box b = fn_frame_box_to_upright(job->frame, box);
    float x0 = clamp01(b.x0 / w), y0 = clamp01(b.y0 / h);
    face->box[0] = x0;
    face->box[1] = y0;
    face->box[2] = clamp01(b.x1 / w) - x0;
    face->box[3] = clamp01(b.y1 / h) - y0;
    face->score = clamp01(box.score);
}

static float wrap_degrees(float d)
{
    while (d > 180)
        d -= 360;
    while (d <= -180)
        d += 360;
    return d;
}

/* Points are pixel centres of p's image. */
static void set_points(struct fn_face *face, const struct fn_photo_job *job,
                       const struct fn_pixels *p, const float (*points)[2])
{
    float five[5][2], w = (float)job->info->width, h = (float)job->info->height;
    fn_align_five(points, five);
    face->eyes_px = hypotf(five[1][0] - five[0][0], five[1][1] - five[0][1]) * p->scale;
    for (int i = 0; i < 5; i++) {
        float x, y;
        fn_frame_to_upright(job->frame, p->x + (five[i][0] + .5f) * p->scale,
                            p->y + (five[i][1] + .5f) * p->scale, &x, &y);
        face->points[i][0] = x / w;
        face->points[i][1] = y / h;
    }
    fn_pose_from_points(points, &face->yaw_deg, &face->roll_deg);
    face->roll_deg = wrap_degrees(face->roll_deg - 90 * (float)job->frame.turn);
}

int fn_describe_face(struct fn_face_engine *e, const struct fn_photo_job *job,
                     const struct fn_pixels *p, struct fn_box box, struct fn_face *face,
                     struct fn_error *err)
{
    float points[FN_POINTS][2];
    uint64_t t0 = fn_clock_mono_ns();
    memset(face, 0, sizeof *face);
    set_box(face, job, box);
    int rc = fn_landmarker_run(&e->landmarker, p->image, fn_pixels_box_from_frame(p, box),
                               points, err);
    uint64_t t1 = fn_clock_mono_ns();
    job->out->ns.landmarks += t1 - t0;
    if (rc)
        return rc;
    if (!fn_align_plausible((const float(*)[2])points))
        return fn_error_set(err, FN_EMODEL, "the landmark network gave no face");
    set_points(face, job, p, (const float(*)[2])points);
    if (e->opts.no_embed)
        return 0;
    fn_embedder_cut(&e->embedder, p->image, (const float(*)[2])points);
    struct fn_imagef chip = {e->embedder.chip, e->embedder.net.width, e->embedder.net.height};
    face->sharpness = fn_quality_sharpness(&chip);
    face->quality = fn_quality_of(face->eyes_px, face->sharpness, face->yaw_deg).product;
    rc = fn_embedder_run(&e->embedder, face, err);
    job->out->ns.embed += fn_clock_mono_ns() - t1;
    return rc;
}

/* The coarsest scale that still gives the chip its pixels; what is there already when that is
 * enough. */
static uint32_t wanted_denom(const struct fn_face_engine *e, const struct fn_photo_job *job,
                             struct fn_box box)
{
    float have = job->small.scale, eyes = eyes_of_height * (box.y1 - box.y0);
    float need = fn_align_eye_distance(&e->profile->embedder->align);
    uint32_t denom = have < 1 ? 1u : (uint32_t)have;
    while (denom > 1 && eyes / (float)denom < need)
        denom /= 2;
    return denom;
}

/* A whole-pixel rectangle of the upright photo, and the boxes it serves. */
struct region {
    float x0, y0, x1, y1;
    uint32_t denom;
};

static struct region region_of(const struct fn_photo_job *job, struct fn_box box,
                               uint32_t denom)
{
    float w = (float)job->info->width, h = (float)job->info->height;
    struct fn_box b = fn_frame_box_to_upright(job->frame, box);
    float r = larger_side(b) * region_sides / 2, cx = (b.x0 + b.x1) / 2, cy = (b.y0 + b.y1) / 2;
    return (struct region){fmaxf(floorf(cx - r), 0), fmaxf(floorf(cy - r), 0),
                           fminf(ceilf(cx + r), w), fminf(ceilf(cy + r), h), denom};
}

static struct region region_union(struct region a, struct region b)
{
    return (struct region){fminf(a.x0, b.x0), fminf(a.y0, b.y0), fmaxf(a.x1, b.x1),
                           fmaxf(a.y1, b.y1), a.denom < b.denom ? a.denom : b.denom};
}

/* What is read for box i of e->found. A stored box is clipped to the picture, so that the chip
 * of known points may reach further than the sides of the box say. */
static struct region region_for(const struct fn_face_engine *e, const struct fn_photo_job *job,
                                size_t i)
{
    struct region r = region_of(job, e->found.v[i], wanted_denom(e, job, e->found.v[i]));
    struct fn_box chip;
    if (!job->known || !fn_known_bounds(e, job, job->known[i], &chip))
        return r;
    float w = (float)job->info->width, h = (float)job->info->height;
    float room = 2 * (float)r.denom;
    return region_union(r, (struct region){fmaxf(floorf(chip.x0 - room), 0),
                                           fmaxf(floorf(chip.y0 - room), 0),
                                           fminf(ceilf(chip.x1 + room), w),
                                           fminf(ceilf(chip.y1 + room), h), r.denom});
}

static bool region_fits(struct region r)
{
    double d = r.denom;
    return (double)(r.x1 - r.x0) * (double)(r.y1 - r.y0) / (d * d) <= REGION_PIXELS;
}

/* Decodes r, whole where parts are not possible, and turns it. ret_image: created. */
static int read_region(struct fn_face_engine *e, const struct fn_photo_job *job,
                       struct region r, struct fn_image *ret_image, struct fn_pixels *ret)
{
    const struct fn_image_info *info = job->info;
    struct fn_image m = {0};
    uint32_t x = 0, y = 0, denom = r.denom;
    int rc = fn_image_decode_region(job->src, info, (uint32_t)r.x0, (uint32_t)r.y0,
                                    (uint32_t)(r.x1 - r.x0), (uint32_t)(r.y1 - r.y0), denom,
                                    &e->opts.limits, &m, &x, &y, NULL);
    if (rc == FN_EUNSUPPORTED) {
        uint32_t side = info->width > info->height ? info->width : info->height;
        bool truncated;
        rc = fn_image_decode(job->src, info, side / denom, &e->opts.limits, &m, &denom,
                             &truncated, NULL);
    }
    if (!rc && job->frame.turn) {
        struct fn_image turned = {0};
        rc = fn_image_turned(&m, job->frame.turn, &turned);
        fn_image_destroy(&m);
        m = turned;
    }
    if (rc)
        return rc;
    *ret_image = m;
    *ret = fn_pixels_of(job->frame, ret_image, (float)x, (float)y, (float)denom);
    return 0;
}

static int describe(struct fn_face_engine *e, const struct fn_photo_job *job,
                    const struct fn_pixels *p, size_t i, struct fn_error *err)
{
    struct fn_face *face = &e->faces[i];
    return job->known ? fn_describe_known(e, job, p, job->known[i], face, err)
                      : fn_describe_face(e, job, p, e->found.v[i], face, err);
}

/* Describes the waiting faces i..j, which share one finer read. rank carries a face's place. */
static int describe_group(struct fn_face_engine *e, const struct fn_photo_job *job,
                          struct region r, size_t i, size_t j, struct fn_error *err)
{
    struct fn_image image = {0};
    struct fn_pixels p;
    uint64_t t0 = fn_clock_mono_ns();
    if (read_region(e, job, r, &image, &p))
        p = job->small; /* a file that broke after detection: coarse pixels are better than none
                         */
    job->out->ns.decode += fn_clock_mono_ns() - t0;
    int rc = 0;
    for (; i < j && !rc; i++)
        rc = describe(e, job, &p, (size_t)e->waiting.v[i].rank, err);
    fn_image_destroy(&image);
    return rc;
}

/* The waiting faces from top to bottom, in as few reads as memory allows. */
static int describe_waiting(struct fn_face_engine *e, const struct fn_photo_job *job,
                            struct fn_error *err)
{
    struct fn_box *v = e->waiting.v;
    size_t n = e->waiting.n;
    for (size_t i = 0; i < n;) {
        struct region r = region_for(e, job, (size_t)v[i].rank);
        size_t j = i + 1;
        for (; j < n; j++) {
            struct region both = region_union(r, region_for(e, job, (size_t)v[j].rank));
            if (!region_fits(both))
                break;
            r = both;
        }
        int rc = describe_group(e, job, r, i, j, err);
        if (rc)
            return rc;
        i = j;
    }
    return 0;
}

int fn_describe_faces(struct fn_face_engine *e, const struct fn_photo_job *job, size_t n,
                      struct fn_error *err)
{
    e->waiting.n = 0;
    for (size_t i = 0; i < n; i++) {
        struct fn_box box = e->found.v[i], bounds;
        int rc;
        if (job->known && !fn_known_bounds(e, job, job->known[i], &bounds))
            continue;
        if (job->src && (float)wanted_denom(e, job, box) < job->small.scale) {
            box.rank = (float)i;
            rc = fn_boxes_add(&e->waiting, box);
            if (rc)
                return fn_error_set(err, rc, "no memory for faces");
        } else {
            rc = describe(e, job, &job->small, i, err);
            if (rc)
                return rc;
        }
    }
    return describe_waiting(e, job, err);
}
