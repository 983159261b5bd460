/* SPDX-License-Identifier: MIT */
/* The way of one photo through the engine; see face.h. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/clock.h"
#include "engine/face/engine.h"
#include "engine/image/decode.h"

static int init_parts(struct fn_face_engine *e, struct fn_error *err)
{
    const struct fn_profile *p = e->profile;
    unsigned flags = e->opts.cpu_flags;
    uint32_t effort = (uint32_t)e->opts.effort;
    fn_detector_init(&e->detector, p->detector, flags);
    int rc = 0;
    for (uint32_t i = 0; i < p->v.n_scales[effort] && !rc; i++)
        rc = fn_detector_prepare(&e->detector, p->v.scale[effort][i].w, p->v.scale[effort][i].h,
                                 err);
    if (!rc && p->verifier)
        rc = fn_verifier_init(&e->verifier, p->verifier, flags, err);
    if (!rc)
        rc = fn_landmarker_init(&e->landmarker, p->landmarks, flags, err);
    if (!rc && !e->opts.no_embed)
        rc = fn_embedder_init(&e->embedder, p->embedder, p->v.flip, flags, err);
    return rc;
}

int fn_face_engine_create(const struct fn_profile *p, const struct fn_face_opts *o,
                          struct fn_face_engine **ret, struct fn_error *err)
{
    uint32_t effort = (uint32_t)o->effort;
    if (effort > FN_EFFORT_THOROUGH || !p->v.n_scales[effort] ||
        p->v.n_scales[effort] > FN_SCALES_MAX)
        return fn_error_set(err, FN_EMODEL, "profile '%s' has no scales for this effort",
                            p->v.name);
    struct fn_face_engine *e = calloc(1, sizeof *e);
    if (!e)
        return fn_error_set(err, -ENOMEM, "no memory for a face engine");
    e->profile = p;
    e->opts = *o;
    int rc = init_parts(e, err);
    if (rc) {
        fn_face_engine_destroy(e);
        return rc;
    }
    *ret = e;
    return 0;
}

void fn_face_engine_destroy(struct fn_face_engine *e)
{
    if (!e)
        return;
    fn_detector_finish(&e->detector);
    fn_verifier_finish(&e->verifier);
    fn_landmarker_finish(&e->landmarker);
    fn_embedder_finish(&e->embedder);
    fn_boxes_finish(&e->found);
    fn_boxes_finish(&e->best);
    fn_boxes_finish(&e->waiting);
    free(e->faces);
    free(e);
}

/* Largest first, those under the limits dropped. */
static void select_boxes(struct fn_face_engine *e, struct fn_photo_faces *out)
{
    struct fn_box *v = e->found.v;
    size_t kept = 0;
    for (size_t i = 0; i < e->found.n; i++) {
        float side = fmaxf(v[i].x1 - v[i].x0, v[i].y1 - v[i].y0);
        if (side < (float)e->opts.min_face_px)
            continue;
        v[kept] = v[i];
        v[kept++].rank = fn_box_area(v[i]);
    }
    fn_box_sort(v, kept);
    size_t limit = e->opts.max_faces ? e->opts.max_faces : kept;
    out->n_dropped = kept > limit ? (uint32_t)(kept - limit) : 0;
    e->found.n = kept > limit ? limit : kept;
}

int fn_reserve_faces(struct fn_face_engine *e, size_t n)
{
    if (n <= e->faces_size)
        return 0;
    size_t size = n < 64 ? 64 : n;
    struct fn_face *f = calloc(size, sizeof *f);
    if (!f)
        return -ENOMEM;
    free(e->faces);
    e->faces = f;
    e->faces_size = size;
    return 0;
}

/* Everything after decoding. job->small has the upright pixels. */
static int find_in(struct fn_face_engine *e, struct fn_photo_job *job, struct fn_error *err)
{
    struct fn_image turned = {0};
    struct fn_photo_faces *out = job->out;
    uint64_t t0 = fn_clock_mono_ns();
    int rc = fn_search_faces(e, job, err);
    if (!rc && !e->found.n && e->opts.rotate == FN_ROTATE_IF_NONE)
        rc = fn_search_turned(e, job, &turned, err);
    out->ns.detect += fn_clock_mono_ns() - t0;
    if (rc)
        goto out;
    select_boxes(e, out);
    if (fn_reserve_faces(e, e->found.n)) {
        rc = fn_error_set(err, -ENOMEM, "no memory for %zu faces", e->found.n);
        goto out;
    }
    rc = fn_describe_faces(e, job, e->found.n, err);
    if (rc)
        goto out;
    out->faces = e->faces;
    out->n_faces = (uint32_t)e->found.n;
    out->rotated = e->found.n ? (uint16_t)(job->frame.turn * 90) : 0;
out:
    fn_image_destroy(&turned);
    return rc;
}

int fn_photo_decode(const struct fn_face_engine *e, const struct fn_source *src,
                    struct fn_photo_faces *out, struct fn_image *ret, uint32_t *ret_denom,
                    struct fn_error *err)
{
    uint64_t t0 = fn_clock_mono_ns();
    int rc = fn_image_probe(src, &e->opts.limits, &out->info, err);
    if (!rc)
        rc = fn_image_decode(src, &out->info,
                             fn_search_long_side(&e->profile->v, e->opts.effort),
                             &e->opts.limits, ret, ret_denom, &out->truncated, err);
    out->ns.decode = fn_clock_mono_ns() - t0;
    return rc;
}

int fn_face_find(struct fn_face_engine *e, const struct fn_source *src,
                 struct fn_photo_faces *ret, struct fn_error *err)
{
    struct fn_photo_faces out = {0};
    struct fn_image small = {0};
    uint32_t denom = 1;
    int rc = fn_photo_decode(e, src, &out, &small, &denom, err);
    if (rc)
        return rc;
    struct fn_photo_job job = {.src = src,
                               .info = &out.info,
                               .frame = fn_frame_turned(out.info.width, out.info.height, 0),
                               .small = {&small, 0, 0, (float)denom},
                               .out = &out};
    rc = find_in(e, &job, err);
    fn_image_destroy(&small);
    if (!rc)
        *ret = out;
    return rc;
}

int fn_face_find_image(struct fn_face_engine *e, const struct fn_image *m,
                       struct fn_photo_faces *ret, struct fn_error *err)
{
    struct fn_photo_faces out = {0};
    out.info.width = out.info.stored_width = m->width;
    out.info.height = out.info.stored_height = m->height;
    struct fn_photo_job job = {.info = &out.info,
                               .frame = fn_frame_turned(m->width, m->height, 0),
                               .small = {m, 0, 0, 1},
                               .out = &out};
    int rc = find_in(e, &job, err);
    if (!rc)
        *ret = out;
    return rc;
}
