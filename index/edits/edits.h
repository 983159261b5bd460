/* SPDX-License-Identifier: MIT */
/* Edited pictures. A picture that is edited is new content: a new photo with new faces. Here
 * the photo that it was before is found, its faces are matched (same_faces.h), and for each
 * face that was labelled and found again one assertion SAME is logged, by which its labels
 * follow. Labels whose face was not found stay with the old photo, and are listed
 * (lost_labels.h). See docs/decisions/edits.md. */
#ifndef FN_INDEX_EDITS_H
#define FN_INDEX_EDITS_H

#include "index/records/photos.h"

/* Follows the photos that came to a path or lost their last one in t (record_changes.h). Labels
 * are up to date before; they have pending changes for people afterwards. */
FN_NODISCARD int fn_edits_update(struct fn_txn *t, struct fn_error *err);

#endif
