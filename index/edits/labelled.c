/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>

#include "index/edits/edits_priv.h"
#include "index/labels/labels_priv.h"
#include "index/records/rows.h"

/* The assertion that a face has its label from; 0: it has none. */
static uint64_t label_of(const struct fn_face_fold *f)
{
    if (f->is)
        return f->is_said.seq;
    if (f->member)
        return f->member_said.seq;
    if (f->notface)
        return f->notface_act;
    return f->n_rejected ? f->rejected[f->n_rejected - 1].seq : 0;
}

int fn_face_labelled_s(struct fn_txn *t, fn_face_id face, int64_t *ret_s)
{
    struct fn_assertion a;
    struct fn_face_fold *f = malloc(sizeof *f);
    int rc = f ? fn_face_fold_get(t, face, f) : -ENOMEM;
    uint64_t seq = rc ? 0 : label_of(f);
    free(f);
    *ret_s = 0;
    if (rc || !seq)
        return rc;
    /* An act that cannot be read is later than every photo. */
    if (fn_assert_get(t, seq, &a))
        *ret_s = INT64_MAX;
    else
        *ret_s = a.time_us < 2000000 ? 1 : a.time_us / 1000000;
    return 0;
}

int fn_photo_has_labels(struct fn_txn *t, fn_photo_id photo, bool *ret)
{
    struct fn_face_rec *faces = NULL;
    size_t n = 0;
    *ret = false;
    int rc = fn_faces_of_photo_all(t, photo, &faces, &n, NULL);
    for (size_t i = 0; !rc && !*ret && i < n; i++) {
        int64_t said_s;
        rc = fn_face_labelled_s(t, faces[i].id, &said_s);
        *ret = !rc && said_s != 0;
    }
    free(faces);
    return rc;
}
