/* SPDX-License-Identifier: MIT */
/* What record functions leave in their transaction for those above (index/store/pending.h):
 * which faces came, went, or are to be looked at. Followers look at the records as they are
 * when they follow, not at the order of the changes. */
#ifndef FN_INDEX_CHANGES_H
#define FN_INDEX_CHANGES_H

#include "index/records/faces.h"
#include "index/store/pending.h"

enum fn_follower { FN_FOLLOW_LABELS, FN_FOLLOW_PEOPLE };

enum fn_change {
    /* for labels; id: photo, face */
    FN_CHANGE_FACES = 1, /* the photo has faces which it had not, or has them again */
    FN_CHANGE_DROPPED,   /* the face's record is no more */
    /* for people; id: face */
    FN_CHANGE_CAME, /* it takes part now, or as another: good, poor */
    FN_CHANGE_WENT, /* gone, no face, or its record is no more */
    FN_CHANGE_RECORDS_END
};

FN_NODISCARD int fn_change_add(struct fn_txn *t, enum fn_follower who, uint8_t what,
                               uint32_t id, struct fn_error *err);

#endif
