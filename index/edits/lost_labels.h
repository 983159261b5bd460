/* SPDX-License-Identifier: MIT */
/* Names that a user confirmed and that no face of a photo has now: the photo was edited so that
 * its face was not found again, or deleted, or is not in this index. They stay in the log, and
 * take effect again when the face comes back. */
#ifndef FN_INDEX_EDITS_LOST_LABELS_H
#define FN_INDEX_EDITS_LOST_LABELS_H

#include "index/labels/labels.h"

enum fn_lost_why {
    FN_LOST_EDITED,      /* its photo's path has another picture now */
    FN_LOST_DELETED,     /* its photo has no file */
    FN_LOST_NO_FACE,     /* its photo has no face there */
    FN_LOST_NOT_INDEXED, /* its photo is not in this index */
};

struct fn_lost_label {
    struct fn_face_key face;
    struct fn_person_id person; /* after merges */
    uint64_t act;               /* that confirmed it */
    enum fn_lost_why why;
    const char *path; /* absolute, the last one known; "": none. Valid during the visit */
};

/* Visits them photo by photo. gone_only: those of photos without a file, which costs time in
 * proportion to these photos; else the whole log is read. Stops when visit returns non-zero and
 * returns that. */
int fn_lost_labels(struct fn_txn *t, bool gone_only,
                   int (*visit)(const struct fn_lost_label *l, void *ctx), void *ctx);

#endif
