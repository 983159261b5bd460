/* SPDX-License-Identifier: MIT */
/* Faces that stay although their photo is gone. A user who confirmed a face said who somebody
 * is; that is still true when the photo is deleted. Such a face stays a participant of
 * clustering, and names its cluster. A face that an edited photo replaced is not one: its
 * successor has its labels, and may have others since. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "index/labels/label_changes.h"
#include "index/labels/labels_priv.h"
#include "index/records/rows.h"

enum { VERSIONS_MAX = 256 };

/* Whether an edit is one of this face: as what it was (FN_BY_PHOTO) or what it became. */
static bool concerns(struct fn_txn *t, enum fn_assert_tag tag, const struct fn_assertion *a,
                     const struct fn_face_key *k)
{
    struct fn_face_key now = {.photo = a->object_photo};
    memcpy(now.box, a->object_box, sizeof now.box);
    return a->kind == FN_ASSERT_ALIAS ||
           fn_face_keys_same(t, tag == FN_BY_PHOTO ? &a->face : &now, k);
}

/* The newest edit in effect from (FN_BY_PHOTO) or to (FN_BY_NEW) a face; seq 0: none. */
static int newest_edit(struct fn_txn *t, enum fn_assert_tag tag, const struct fn_face_key *k,
                       struct fn_assertion *ret)
{
    struct fn_assert_walk w;
    *ret = (struct fn_assertion){0};
    int rc = fn_assert_walk_open(t, tag, k->photo.b, sizeof k->photo.b, &w);
    while (!rc && !(rc = fn_assert_walk_next(&w))) {
        struct fn_assertion a;
        if (!fn_assert_is_edit(w.kind))
            continue;
        rc = fn_assert_get(t, w.seq, &a);
        if (!rc && concerns(t, tag, &a, k) && fn_act_in_force(t, a.act))
            *ret = a;
    }
    fn_assert_walk_close(&w);
    return rc == FN_ENOTFOUND ? 0 : rc;
}

/* What the face became by edits of its photo, and the kind of the last one. FN_ENOTFOUND: it is
 * the newest version itself; so is a face of a photo that an undone edit in an image program
 * brought back. */
static int newest_version(struct fn_txn *t, struct fn_face_key *k, uint8_t *ret_kind)
{
    unsigned n = 0;
    for (; n < VERSIONS_MAX; n++) {
        struct fn_assertion from, to;
        int rc = newest_edit(t, FN_BY_PHOTO, k, &from);
        if (!rc)
            rc = newest_edit(t, FN_BY_NEW, k, &to);
        if (rc)
            return rc;
        if (from.seq <= to.seq)
            break;
        k->photo = from.object_photo;
        *ret_kind = from.kind;
        if (from.kind == FN_ASSERT_SAME)
            memcpy(k->box, from.object_box, sizeof k->box);
    }
    return n ? 0 : FN_ENOTFOUND;
}

int fn_face_successor(struct fn_txn *t, const struct fn_face_key *k, fn_face_id *ret)
{
    struct fn_face_key now = *k;
    uint8_t kind;
    int rc = newest_version(t, &now, &kind);
    return rc ? rc : fn_face_by_key(t, &now, ret);
}

/* SAME names a face that was found. Of ALIAS, a version that is not in the index has the labels
 * when it is. */
static int is_replaced(struct fn_txn *t, const struct fn_face_key *k, bool *ret)
{
    struct fn_face_key now = *k;
    fn_photo_id id;
    fn_face_id face;
    uint8_t kind = FN_ASSERT_SAME;
    int rc = newest_version(t, &now, &kind);
    *ret = !rc && kind == FN_ASSERT_SAME;
    if (rc || *ret)
        return rc == FN_ENOTFOUND ? 0 : rc;
    rc = fn_photo_by_hash(t, &now.photo, &id);
    if (rc == FN_ENOTFOUND) {
        *ret = true;
        return 0;
    }
    rc = rc ? rc : fn_face_by_key(t, &now, &face);
    *ret = !rc;
    return rc == FN_ENOTFOUND ? 0 : rc;
}

static int is_confirmed(struct fn_txn *t, fn_face_id face, bool *ret)
{
    struct fn_face_labels *l = malloc(sizeof *l);
    int rc = l ? fn_labels_of_face(t, face, l) : -ENOMEM;
    *ret = !rc && l->confirmed;
    free(l);
    return rc;
}

int fn_edited_faces_changed(struct fn_txn *t, const struct fn_h128 *photo, struct fn_error *err)
{
    struct fn_face_rec *faces = NULL;
    size_t n = 0;
    fn_photo_id id;
    int rc = fn_photo_by_hash(t, photo, &id);
    if (rc)
        return rc == FN_ENOTFOUND ? 0 : rc;
    rc = fn_faces_of_photo_all(t, id, &faces, &n, err);
    for (size_t i = 0; !rc && i < n; i++)
        rc = fn_change_add(t, FN_FOLLOW_PEOPLE, FN_CHANGE_BOUND, faces[i].id, err);
    free(faces);
    return rc;
}

int fn_face_takes_part(struct fn_txn *t, const struct fn_face_rec *f, bool *ret)
{
    struct fn_face_key key;
    bool replaced = false;
    *ret = !(f->flags & (FN_FACE_NOTFACE | FN_FACE_GONE));
    if (*ret || f->flags & FN_FACE_NOTFACE)
        return 0;
    int rc = is_confirmed(t, f->id, ret);
    if (rc || !*ret)
        return rc;
    rc = fn_face_key_of(t, f->id, &key);
    if (!rc)
        rc = is_replaced(t, &key, &replaced);
    *ret = !rc && !replaced;
    return rc;
}

int fn_photo_is_kept(struct fn_txn *t, fn_photo_id photo, bool *ret)
{
    struct fn_face_rec *faces = NULL;
    size_t n = 0;
    *ret = false;
    int rc = fn_faces_of_photo_all(t, photo, &faces, &n, NULL);
    for (size_t i = 0; !rc && !*ret && i < n; i++)
        rc = fn_face_takes_part(t, &faces[i], ret);
    free(faces);
    return rc;
}
