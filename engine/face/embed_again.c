/* SPDX-License-Identifier: MIT */
/* Faces whose boxes and points are known: only the chips are read and embedded. */
#include <errno.h>
#include <math.h>
#include <string.h>

#include "engine/face/engine.h"

/* Boxes into e->found, and faces that say what is known and that there is no vector yet. */
static int take_known(struct fn_face_engine *e, const struct fn_image_info *info,
                      const float (*boxes)[4], const float (*points)[5][2], uint32_t n)
{
    float w = (float)info->width, h = (float)info->height;
    e->found.n = 0;
    int rc = fn_reserve_faces(e, n);
    for (uint32_t i = 0; !rc && i < n; i++) {
        const float *b = boxes[i];
        struct fn_face *f = &e->faces[i];
        *f = (struct fn_face){.no_vector = true};
        memcpy(f->box, b, sizeof f->box);
        memcpy(f->points, points[i], sizeof f->points);
        rc = fn_boxes_add(&e->found, (struct fn_box){b[0] * w, b[1] * h, (b[0] + b[2]) * w,
                                                     (b[1] + b[3]) * h, 0, 0});
    }
    return rc;
}

int fn_face_embed_again(struct fn_face_engine *e, const struct fn_source *src,
                        const float (*boxes)[4], const float (*points)[5][2], uint32_t n,
                        struct fn_photo_faces *ret, struct fn_error *err)
{
    struct fn_photo_faces out = {0};
    struct fn_image small = {0};
    uint32_t denom = 1;
    if (e->opts.no_embed)
        return fn_error_set(err, -EINVAL, "this engine has no embedder");
    int rc = fn_photo_decode(e, src, &out, &small, &denom, err);
    if (rc)
        return rc;
    struct fn_photo_job job = {.src = src,
                               .info = &out.info,
                               .frame = fn_frame_turned(out.info.width, out.info.height, 0),
                               .small = {&small, 0, 0, (float)denom},
                               .out = &out,
                               .known = points};
    if ((rc = take_known(e, &out.info, boxes, points, n)))
        rc = fn_error_set(err, rc, "no memory for %u faces", n);
    if (!rc)
        rc = fn_describe_faces(e, &job, n, err);
    fn_image_destroy(&small);
    if (rc)
        return rc;
    out.faces = e->faces;
    out.n_faces = n;
    *ret = out;
    return 0;
}
