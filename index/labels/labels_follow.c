/* SPDX-License-Identifier: MIT */
/* Labels follow records: a photo that has faces (again) gets the labels of the log for them; a
 * deleted face loses its labels. */
#include "index/labels/label_changes.h"
#include "index/labels/labels_priv.h"

static int fold_faces_of(struct fn_txn *t, fn_photo_id photo, struct fn_error *err)
{
    struct fn_photo p;
    int rc = fn_photo_get(t, photo, &p);
    if (rc == FN_ENOTFOUND)
        return 0; /* dropped since */
    return rc ? rc : fn_labels_fold_photo(t, &p.hash, err);
}

int fn_labels_update(struct fn_txn *t, struct fn_error *err)
{
    struct fn_pending p;
    int rc = 0;
    while (!rc && fn_pending_take(t, FN_FOLLOW_LABELS, &p))
        rc = p.kind == FN_CHANGE_FACES ? fold_faces_of(t, p.id, err)
                                       : fn_labels_drop_face(t, p.id, err);
    return rc ? fn_error_set(err, rc, "labels cannot follow the photos: %s", fn_strerror(rc))
              : 0;
}
