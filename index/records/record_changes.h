/* SPDX-License-Identifier: MIT */
/* What record functions leave in their transaction for dependent tables
 * (index/store/pending.h): which faces were added, removed or changed. Followers read the
 * records as they are at that time; the order of the changes does not matter. */
#ifndef FN_INDEX_CHANGES_H
#define FN_INDEX_CHANGES_H

#include "index/records/records.h"
#include "index/store/pending.h"

/* PEOPLE_OTHER: of the other side, while it is being built (index/store/sides.h). */
enum fn_follower {
    FN_FOLLOW_LABELS,
    FN_FOLLOW_EDITS,
    FN_FOLLOW_PEOPLE,
    FN_FOLLOW_PEOPLE_OTHER
};

enum fn_change {
    /* for labels; id: photo, face */
    FN_CHANGE_FACES = 1, /* the photo has faces which it had not, or has them again */
    FN_CHANGE_DROPPED,   /* the record of the face was deleted */
    /* for edits; id: photo */
    FN_CHANGE_SHOWN, /* a path shows it (fn_shown): it had none before, or another photo had it
                      */
    FN_CHANGE_LEFT,  /* it lost its last path */
    /* for people; id: face */
    FN_CHANGE_CAME, /* it was added, or changed: good, low quality */
    FN_CHANGE_WENT, /* gone, not a face, or its record was deleted */
    FN_CHANGE_RECORDS_END
};

/* The rest of FN_CHANGE_SHOWN, in the name of the pending change. */
struct fn_shown {
    fn_photo_id before; /* the photo that the path showed before; 0: none */
    bool came; /* the photo had no path before, or its file replaced another by a rename */
    uint8_t path[FN_PATH_KEY]; /* of the path's record */
};
FN_NODISCARD int fn_shown_add(struct fn_txn *t, fn_photo_id photo, const struct fn_shown *s,
                              struct fn_error *err);
void fn_shown_take(const struct fn_pending *p, struct fn_shown *ret);

/* For people, on both sides if the other one is being built. */
FN_NODISCARD int fn_people_change_add(struct fn_txn *t, const struct fn_pending *p,
                                      struct fn_error *err);
FN_NODISCARD int fn_change_add(struct fn_txn *t, enum fn_follower who, uint8_t what,
                               uint32_t id, struct fn_error *err);

#endif
