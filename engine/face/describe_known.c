/* SPDX-License-Identifier: MIT */
/* One face with known points: where its chip lies, and its vector. */
#include <math.h>

#include "engine/base/clock.h"
#include "engine/face/align.h"
#include "engine/face/engine.h"
#include "engine/face/quality.h"

/* A chip that is larger has its eyes further apart than any face that is in the picture, and
 * costs the more samples the larger it is. */
static const float chip_of_longer = 4;

/* Fractions of the upright photo to its pixels, counted from edges; false if that is no face.
 * The index stores a coordinate outside the photo as that of its edge. The chip of the clipped
 * points says how far outside it may have been. One step only: a face that is half outside is
 * often turned, and its far eye nearer than in the template. Measured in docs/quality.md. */
static bool to_photo(const struct fn_face_engine *e, const struct fn_image_info *info,
                     const float (*points)[2], float five[5][2])
{
    const float size[2] = {(float)info->width, (float)info->height};
    float model[5][2];
    for (int i = 0; i < 10; i++)
        five[i / 2][i % 2] = points[i / 2][i % 2] * size[i % 2];
    if (!fn_align_plausible_five((const float(*)[2])five))
        return false;
    fn_align_model_five(&e->embedder.model->align, (const float(*)[2])five, model);
    for (int i = 0; i < 10; i++) {
        float v = points[i / 2][i % 2], *to = &five[i / 2][i % 2], m = model[i / 2][i % 2];
        if (v == 0)
            *to = fminf(0, m);
        if (v == 1)
            *to = fmaxf(size[i % 2], m);
    }
    return true;
}

/* Bounds of the rectangle from (0, 0) to (w, h) after s. */
static struct fn_box bounds_of(struct fn_similarity s, float w, float h)
{
    struct fn_box r = {INFINITY, INFINITY, -INFINITY, -INFINITY, 0, 0};
    for (int i = 0; i < 4; i++) {
        float x, y;
        fn_similarity_apply(s, i & 1 ? w : 0, i & 2 ? h : 0, &x, &y);
        r.x0 = fminf(r.x0, x);
        r.y0 = fminf(r.y0, y);
        r.x1 = fmaxf(r.x1, x);
        r.y1 = fmaxf(r.y1, y);
    }
    return r;
}

static bool touches(struct fn_box b, float w, float h)
{
    return b.x1 > 0 && b.y1 > 0 && b.x0 < w && b.y0 < h;
}

bool fn_known_bounds(const struct fn_face_engine *e, const struct fn_photo_job *job,
                     const float (*points)[2], struct fn_box *ret)
{
    float five[5][2], w = (float)job->info->width, h = (float)job->info->height;
    float chip_w = (float)e->embedder.net.width, chip_h = (float)e->embedder.net.height;
    if (!to_photo(e, job->info, points, five))
        return false;
    struct fn_similarity s =
        fn_align_chip_five(&e->embedder.model->align, (const float(*)[2])five);
    float scale = hypotf(s.a, s.b);
    if (!(scale > 0 && scale * fmaxf(chip_w, chip_h) <= chip_of_longer * fmaxf(w, h)) ||
        !isfinite(s.tx) || !isfinite(s.ty))
        return false;
    /* Two rectangles are apart exactly if the bounds of one are, along the sides of the other.
     */
    *ret = bounds_of(s, chip_w, chip_h);
    return touches(*ret, w, h) &&
           touches(bounds_of(fn_similarity_invert(s), w, h), chip_w, chip_h);
}

int fn_describe_known(struct fn_face_engine *e, const struct fn_photo_job *job,
                      const struct fn_pixels *p, const float (*points)[2], struct fn_face *face,
                      struct fn_error *err)
{
    float five[5][2];
    uint64_t t0 = fn_clock_mono_ns();
    if (!to_photo(e, job->info, points, five))
        return 0;
    struct fn_face f = *face;
    f.eyes_px = hypotf(five[1][0] - five[0][0], five[1][1] - five[0][1]);
    fn_pose_from_five((const float(*)[2])five, &f.yaw_deg, &f.roll_deg);
    for (int i = 0; i < 5; i++) {
        five[i][0] = (five[i][0] - p->x) / p->scale - .5f;
        five[i][1] = (five[i][1] - p->y) / p->scale - .5f;
    }
    if (!fn_align_plausible_five((const float(*)[2])five))
        return 0;
    fn_embedder_cut_five(&e->embedder, p->image, (const float(*)[2])five);
    struct fn_imagef chip = {e->embedder.chip, e->embedder.net.width, e->embedder.net.height};
    f.sharpness = fn_quality_sharpness(&chip);
    f.quality = fn_quality_of(f.eyes_px, f.sharpness, f.yaw_deg).product;
    int rc = fn_embedder_run(&e->embedder, &f, NULL);
    job->out->ns.embed += fn_clock_mono_ns() - t0;
    if (rc == FN_EMODEL)
        return 0;
    if (rc)
        return fn_error_set(err, rc, "the embedder failed");
    f.no_vector = false;
    *face = f;
    return 0;
}
