/* SPDX-License-Identifier: MIT */
/* Stores the result of one photo, within the caller's transaction. */
#include "index/ingest/ingest.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/clock.h"
#include "engine/kernels/cpu.h"
#include "index/labels/label_changes.h"
#include "index/records/records.h"
#include "index/records/rows.h"

#define FACES_MAX  10000u
#define NORM_SLACK 0.02f

static bool finite_all(const float *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!isfinite(p[i]))
            return false;
    return true;
}

/* The reply of a worker is checked before it is used. */
static bool face_ok(const struct fn_ingest_face *f)
{
    const float scalars[] = {f->score,   f->quality, f->sharpness,
                             f->eyes_px, f->yaw_deg, f->roll_deg};
    if (!f->feature || !finite_all(f->box, 4) || !finite_all(f->points[0], 10) ||
        !finite_all(scalars, sizeof scalars / sizeof *scalars) ||
        !finite_all(f->embedding, FN_DIM))
        return false;
    float norm = 0;
    for (int i = 0; i < FN_DIM; i++)
        norm += f->embedding[i] * f->embedding[i];
    return fabsf(norm - 1) <= NORM_SLACK && f->box[2] > 0 && f->box[3] > 0;
}

static int check(const struct fn_ingest *in, struct fn_error *err)
{
    if (in->photo.state != FN_PHOTO_OK && in->photo.state != FN_PHOTO_BAD)
        return fn_error_set(err, -EINVAL, "'%s': a photo comes in as ok or bad", in->path.path);
    if (in->n_faces > FACES_MAX || (in->n_faces && in->photo.state == FN_PHOTO_BAD))
        return fn_error_set(err, -EINVAL, "'%s': %u faces cannot be stored", in->path.path,
                            in->n_faces);
    for (uint32_t i = 0; i < in->n_faces; i++)
        if (!face_ok(&in->faces[i]))
            return fn_error_set(err, -EINVAL, "'%s': face %u has values out of their range",
                                in->path.path, i + 1);
    return 0;
}

/* The first faces set the model of an index that has none. */
static int check_model(struct fn_txn *t, const struct fn_ingest *in, struct fn_index_model *ret,
                       struct fn_error *err)
{
    int rc = fn_index_model_get(t, ret, err);
    if (rc == FN_ENOTFOUND) {
        *ret = (struct fn_index_model){.profile_id = in->profile_id,
                                       .feature_width = in->feature_width};
        return in->n_faces ? fn_index_model_set(t, ret, err) : 0;
    }
    if (rc || in->n_faces == 0)
        return rc;
    if (!fn_h128_eq(&ret->profile_id, &in->profile_id) ||
        ret->feature_width != in->feature_width)
        return fn_error_set(err, FN_EREFUSED,
                            "'%s': its vectors are of another model than the index's",
                            in->path.path);
    return 0;
}

static uint8_t to_u8(float v)
{
    return v <= 0 ? 0 : v >= 1 ? 255 : (uint8_t)lrintf(v * 255.0f);
}

static int8_t to_degrees(float v)
{
    return (int8_t)(v <= -127 ? -127 : v >= 127 ? 127 : lrintf(v));
}

/* Rounding must not push a box over the picture's edge. */
static void clamp_box(const float box[4], uint16_t out[4])
{
    fn_box_quantise(box, out);
    for (int i = 0; i < 2; i++)
        if (out[i] + out[2 + i] > UINT16_MAX)
            out[2 + i] = (uint16_t)(UINT16_MAX - out[i]);
}

static void face_record(const struct fn_ingest_face *f, const struct fn_index_model *m,
                        fn_photo_id photo, struct fn_face_rec *ret)
{
    *ret = (struct fn_face_rec){
        .photo = photo,
        .quality = to_u8(f->quality),
        .score = to_u8(f->score),
        .sharpness = to_u8(f->sharpness),
        .yaw_deg = to_degrees(f->yaw_deg),
        .roll_deg = to_degrees(f->roll_deg),
        .eyes_px = (uint16_t)(f->eyes_px <= 0       ? 0
                              : f->eyes_px >= 65535 ? 65535
                                                    : lrintf(f->eyes_px)),
    };
    clamp_box(f->box, ret->box);
    for (int i = 0; i < 5; i++) {
        const float p[4] = {f->points[i][0], f->points[i][1]};
        uint16_t q[4];
        fn_box_quantise(p, q);
        memcpy(ret->points[i], q, sizeof ret->points[i]);
    }
    ret->flags = (uint8_t)((f->drawn ? FN_FACE_DRAWN : 0) |
                           (ret->quality < m->min_quality ? FN_FACE_POOR : 0));
}

static bool same_box(const struct fn_face_rec *faces, size_t n, const uint16_t box[4])
{
    for (size_t i = 0; i < n; i++)
        if (memcmp(faces[i].box, box, sizeof faces[i].box) == 0)
            return true;
    return false;
}

/* Stores the faces; ret has room for in->n_faces. Two faces with one box are one face: its key
 * has to be unique. */
static int add_faces(struct fn_txn *t, struct fn_ingest *in, const struct fn_index_model *m,
                     struct fn_face_rec *ret, uint16_t *ret_n, struct fn_error *err)
{
    uint16_t n = 0;
    int rc = 0;
    for (uint32_t i = 0; !rc && i < in->n_faces; i++) {
        int16_t x[FN_DIM];
        face_record(&in->faces[i], m, in->photo.id, &ret[n]);
        if (same_box(ret, n, ret[n].box)) {
            in->photo.n_dropped++;
            continue;
        }
        fn_q14_from_float(x, in->faces[i].embedding, FN_DIM);
        rc = fn_face_insert(t, &ret[n], &in->hash, n, x, in->faces[i].feature,
                            in->feature_width, err);
        n++;
    }
    *ret_n = n;
    return rc;
}

/* Photo and faces of content that the index has not, or has only as bad. */
static int store_content(struct fn_txn *t, struct fn_ingest *in, fn_photo_id known,
                         struct fn_error *err)
{
    struct fn_index_model m;
    int rc = check_model(t, in, &m, err);
    if (rc)
        return rc;
    struct fn_face_rec *faces = calloc(in->n_faces + (size_t)1, sizeof *faces);
    if (!faces)
        return fn_error_set(err, -ENOMEM, "out of memory for the faces of a photo");
    struct fn_photo *p = &in->photo;
    p->hash = in->hash;
    p->n_faces = 0;
    p->gone_s = 0;
    p->was_bad = false;
    if (p->seen_s == 0)
        p->seen_s = fn_clock_wall_s();
    p->id = known;
    rc = known ? fn_photo_replace(t, p, err) : fn_photo_insert(t, p, err);
    if (!rc)
        rc = add_faces(t, in, &m, faces, &p->n_faces, err);
    if (!rc)
        rc = fn_photo_update(t, p, err);
    free(faces);
    return rc;
}

/* The known photo, if only the path has to be stored; 0 if there is content to store. */
static int find_known(struct fn_txn *t, const struct fn_ingest *in, fn_photo_id *ret_id,
                      bool *ret_store, struct fn_error *err)
{
    struct fn_photo p;
    *ret_id = 0;
    *ret_store = true;
    int rc = fn_photo_by_hash(t, &in->hash, ret_id);
    if (rc == FN_ENOTFOUND)
        return 0;
    if (!rc)
        rc = fn_photo_get(t, *ret_id, &p);
    if (rc)
        return fn_error_set(err, rc == FN_ENOTFOUND ? FN_ECORRUPT : rc,
                            "'%s': its photo record: %s", in->path.path, fn_strerror(rc));
    /* A picture that could not be read before may be readable now: a new decoder, more memory.
     */
    *ret_store = p.state == FN_PHOTO_BAD || (p.state == FN_PHOTO_GONE && p.was_bad);
    /* It gets a path below; until then it must not be both new and gone. */
    return *ret_store ? fn_photo_got_path(t, *ret_id, err) : 0;
}

int fn_ingest_photo(struct fn_txn *t, struct fn_ingest *in, fn_photo_id *ret,
                    struct fn_error *err)
{
    int rc = check(in, err);
    if (rc)
        return rc;
    fn_photo_id id;
    bool store;
    rc = find_known(t, in, &id, &store, err);
    if (!rc && store) {
        rc = store_content(t, in, id, err);
        id = in->photo.id;
    }
    if (rc)
        return rc;
    in->path.photo = id;
    rc = fn_path_put(t, &in->path, err);
    if (!rc)
        rc = fn_queue_remove(t, in->path.root, in->path.path, err);
    if (!rc)
        *ret = id;
    return rc;
}

int fn_ingest_known(struct fn_txn *t, const struct fn_h128 *hash, const struct fn_path *path,
                    struct fn_error *err)
{
    fn_photo_id id;
    int rc = fn_photo_by_hash(t, hash, &id);
    if (rc)
        return rc == FN_ENOTFOUND
                   ? rc
                   : fn_error_set(err, rc, "'%s': %s", path->path, fn_strerror(rc));
    struct fn_path p = *path;
    p.photo = id;
    rc = fn_path_put(t, &p, err);
    return rc ? rc : fn_queue_remove(t, p.root, p.path, err);
}
