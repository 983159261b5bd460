/* SPDX-License-Identifier: MIT */
/* Vectors from the photos. */
#include <stdlib.h>

#include "index/generations/generations_priv.h"
#include "index/people/settle.h"
#include "index/records/rows.h"
#include "index/records/stale.h"

/* Whether a face of the photo has no vector on the other side; with retry also if it is known
 * that it cannot have one. */
static int lacks_one(struct fn_txn *t, fn_photo_id photo, uint16_t generation, bool retry,
                     bool *ret)
{
    struct fn_face_rec *faces = NULL;
    size_t n = 0;
    *ret = false;
    int rc = fn_faces_of_photo_all(t, photo, &faces, &n, NULL);
    for (size_t i = 0; !rc && !*ret && i < n; i++) {
        bool there = false;
        rc = fn_has_vector(t, &faces[i], &there);
        *ret = !rc && !there && (retry || !fn_stale_has(t, generation, faces[i].id));
    }
    free(faces);
    return rc == FN_ENOTFOUND ? 0 : rc; /* ids of photos that were removed */
}

int fn_next_todo(struct fn_txn *t, fn_photo_id from, bool retry, fn_photo_id *ret, size_t max,
                 size_t *ret_n)
{
    struct fn_index_model m;
    fn_photo_id newest = 0;
    *ret_n = 0;
    int rc = fn_photo_newest(t, &newest);
    if (rc)
        return rc == FN_ENOTFOUND ? 0 : rc;
    rc = fn_next_enter(t, &m, NULL);
    if (rc)
        return rc;
    for (uint64_t id = from ? from : 1; !rc && id <= newest && *ret_n < max; id++) {
        bool lacks = false;
        rc = lacks_one(t, (fn_photo_id)id, m.generation, retry, &lacks);
        if (lacks)
            ret[(*ret_n)++] = (fn_photo_id)id;
    }
    fn_txn_view(t, FN_VIEW_ACTIVE);
    return rc;
}

int fn_next_tell(struct fn_txn *t, fn_face_id face, struct fn_error *err)
{
    bool begun;
    int rc = fn_people_begun(t, &begun);
    return rc || !begun ? rc : fn_people_look_again(t, face, err);
}

static int put(struct fn_txn *t, const struct fn_index_model *m, const struct fn_face_rec *f,
               const int16_t *x, const uint16_t *feature, struct fn_error *err)
{
    bool there = false;
    int rc = fn_has_vector(t, f, &there);
    if (rc || there)
        return rc;
    rc = fn_vector_fill(t, f->row, f->id, x, fn_sides_share_features(t) ? NULL : feature, m,
                        err);
    if (!rc)
        rc = fn_stale_del(t, m->generation, f->id, err);
    return rc ? rc : fn_next_tell(t, f->id, err);
}

int fn_next_put(struct fn_txn *t, fn_face_id face, const int16_t x[FN_DIM],
                const uint16_t *feature, struct fn_error *err)
{
    struct fn_index_model m;
    struct fn_face_rec f;
    int rc = fn_face_get(t, face, &f);
    if (rc)
        return fn_error_set(err, rc, "face %u: %s", face, fn_strerror(rc));
    rc = fn_next_enter(t, &m, err);
    if (rc)
        return rc;
    rc = put(t, &m, &f, x, feature, err);
    fn_txn_view(t, FN_VIEW_ACTIVE);
    return rc;
}

static int miss(struct fn_txn *t, const struct fn_index_model *now,
                const struct fn_index_model *next, const struct fn_face_rec *f,
                struct fn_error *err)
{
    int16_t x[FN_DIM] = {0};
    bool there = false;
    fn_txn_view(t, FN_VIEW_OTHER);
    int rc = fn_has_vector(t, f, &there);
    fn_txn_view(t, FN_VIEW_ACTIVE);
    if (rc || there)
        return rc;
    rc = fn_vector_get(t, f->row, x);
    if (rc && rc != FN_ENOTFOUND)
        return rc;
    return fn_stale_put(t, next->generation, f->id, now->generation, x, err);
}

int fn_next_miss(struct fn_txn *t, fn_photo_id photo, struct fn_error *err)
{
    struct fn_index_model now, next;
    struct fn_face_rec *faces = NULL;
    size_t n = 0;
    int rc = fn_index_model_get(t, &now, err);
    if (!rc)
        rc = fn_next_enter(t, &next, err);
    fn_txn_view(t, FN_VIEW_ACTIVE);
    if (!rc)
        rc = fn_faces_of_photo_all(t, photo, &faces, &n, err);
    for (size_t i = 0; !rc && i < n; i++)
        rc = miss(t, &now, &next, &faces[i], err);
    free(faces);
    return rc;
}
