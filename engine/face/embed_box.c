/* SPDX-License-Identifier: MIT */
/* A face that the user drew: no detector; the verifier, if there is one, may correct the box.
 */
#include <errno.h>
#include <math.h>

#include "engine/face/engine.h"
#include "engine/image/decode.h"

/* A refined box further from the drawn one than this is another face. */
static const float same_box_iou = .25f;

/* Pixels around box (upright, full resolution) at the coarsest scale that serves a chip. */
static int read_around(struct fn_face_engine *e, const struct fn_source *src,
                       const struct fn_image_info *info, struct fn_box box,
                       struct fn_image *ret, struct fn_pixels *ret_pixels, struct fn_error *err)
{
    float w = (float)info->width, h = (float)info->height;
    float side = fmaxf(box.x1 - box.x0, box.y1 - box.y0) * 1.3f;
    float cx = (box.x0 + box.x1) / 2, cy = (box.y0 + box.y1) / 2;
    uint32_t x0 = (uint32_t)fmaxf(cx - side, 0), y0 = (uint32_t)fmaxf(cy - side, 0), denom = 1,
             x, y;
    uint32_t x1 = (uint32_t)fminf(cx + side, w), y1 = (uint32_t)fminf(cy + side, h);
    while (denom < 8 && (box.y1 - box.y0) / (float)(denom * 2) > 256)
        denom *= 2;
    int rc = fn_image_decode_region(src, info, x0, y0, x1 - x0, y1 - y0, denom, &e->opts.limits,
                                    ret, &x, &y, err);
    if (rc == FN_EUNSUPPORTED) {
        bool truncated;
        x = y = 0;
        rc = fn_image_decode(src, info,
                             (info->width > info->height ? info->width : info->height) / denom,
                             &e->opts.limits, ret, &denom, &truncated, err);
    }
    if (!rc)
        *ret_pixels = (struct fn_pixels){ret, (float)x, (float)y, (float)denom};
    return rc;
}

/* The verifier's view of the drawn box in one turn: its box when it accepts, score 0 when it
 * does not. */
static int look(struct fn_face_engine *e, const struct fn_pixels *p, struct fn_box drawn,
                struct fn_box *ret, struct fn_error *err)
{
    struct fn_box b = fn_pixels_box_from_frame(p, drawn);
    size_t kept = 0;
    int rc =
        fn_verifier_run(&e->verifier, p->image, &b, 1, e->profile->v.verify_score, &kept, err);
    b = fn_pixels_box_to_frame(p, b);
    *ret = drawn;
    ret->score = 0;
    if (!rc && kept && fn_box_iou(b, drawn) > same_box_iou)
        *ret = b;
    return rc;
}

/* Tries the upright view first, then the turned ones, and describes the face in the first that
 * is accepted. */
static int describe_drawn(struct fn_face_engine *e, struct fn_photo_job *job,
                          struct fn_box drawn, struct fn_face *ret, struct fn_error *err)
{
    struct fn_pixels upright = job->small;
    struct fn_image turned = {0};
    struct fn_box box = drawn;
    int rc = e->profile->verifier ? look(e, &upright, drawn, &box, err) : 0;
    static const unsigned turns[3] = {1, 3, 2};
    for (int i = 0; i < 3 && !rc && e->profile->verifier && box.score <= 0; i++) {
        struct fn_frame f = fn_frame_turned(job->info->width, job->info->height, turns[i]);
        fn_image_destroy(&turned);
        rc = fn_image_turned(upright.image, turns[i], &turned);
        if (rc)
            break;
        struct fn_pixels p = fn_pixels_of(f, &turned, upright.x, upright.y, upright.scale);
        rc = look(e, &p, fn_frame_box_from_upright(f, drawn), &box, err);
        if (!rc && box.score > 0) {
            job->frame = f;
            job->small = p;
        }
    }
    if (!rc && box.score <= 0)
        box = drawn;
    if (!rc)
        rc = fn_describe_face(e, job, &job->small, box, ret, err);
    fn_image_destroy(&turned);
    return rc;
}

int fn_face_embed_box(struct fn_face_engine *e, const struct fn_source *src, const float box[4],
                      struct fn_face *ret, struct fn_error *err)
{
    struct fn_photo_faces out = {0};
    struct fn_image image = {0};
    for (int i = 0; i < 4; i++) {
        if (!isfinite(box[i]))
            return fn_error_set(err, FN_EUSAGE, "the box is not made of numbers");
    }
    int rc = fn_image_probe(src, &e->opts.limits, &out.info, err);
    if (rc)
        return rc;
    float w = (float)out.info.width, h = (float)out.info.height;
    struct fn_box drawn = {fmaxf(box[0], 0) * w,
                           fmaxf(box[1], 0) * h,
                           fminf(box[0] + box[2], 1) * w,
                           fminf(box[1] + box[3], 1) * h,
                           0,
                           0};
    if (drawn.x1 - drawn.x0 < 4 || drawn.y1 - drawn.y0 < 4)
        return fn_error_set(err, FN_EUSAGE, "the box is smaller than 4 pixels");
    struct fn_photo_job job = {.src = src,
                               .info = &out.info,
                               .frame = fn_frame_turned(out.info.width, out.info.height, 0),
                               .out = &out};
    rc = read_around(e, src, &out.info, drawn, &image, &job.small, err);
    struct fn_face face;
    if (!rc)
        rc = describe_drawn(e, &job, drawn, &face, err);
    fn_image_destroy(&image);
    if (rc)
        return rc;
    /* The face stays where the user put it. */
    face.box[0] = drawn.x0 / w;
    face.box[1] = drawn.y0 / h;
    face.box[2] = (drawn.x1 - drawn.x0) / w;
    face.box[3] = (drawn.y1 - drawn.y0) / h;
    *ret = face;
    return 0;
}
