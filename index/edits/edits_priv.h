/* SPDX-License-Identifier: MIT */
/* Private to index/edits. */
#ifndef FN_INDEX_EDITS_PRIV_H
#define FN_INDEX_EDITS_PRIV_H

#include "index/records/photos.h"

/* Why a photo may be the earlier version of another; the later ones are the stronger. */
enum fn_evidence {
    FN_EVIDENCE_NEAR = 1, /* it is gone, and was in the same folder or had the same name */
    FN_EVIDENCE_PLACE,    /* the other one has its path, or it has the path of its backup */
    FN_EVIDENCE_PIXELS,   /* the coded pixels are the same */
};

/* version_link.c. Compares the faces of two photos, and logs which labelled face of `was` is
 * which of `now`. since_label: only labels that were made before `now` was first seen count: a
 * photo that was there beside the other when the user labelled it is not its edit. */
FN_NODISCARD int fn_version_link(struct fn_txn *t, fn_photo_id was, fn_photo_id now,
                                 enum fn_evidence evidence, bool since_label,
                                 struct fn_error *err);
/* Whether the photo has a face with a label. */
FN_NODISCARD int fn_photo_has_labels(struct fn_txn *t, fn_photo_id photo, bool *ret);

#endif
