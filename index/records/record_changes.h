/* SPDX-License-Identifier: MIT */
/* What record functions leave in their transaction for dependent tables
 * (index/store/pending.h): which faces were added, removed or changed. Followers read the
 * records as they are at that time; the order of the changes does not matter. */
#ifndef FN_INDEX_CHANGES_H
#define FN_INDEX_CHANGES_H

#include "index/records/faces.h"
#include "index/store/pending.h"

enum fn_follower { FN_FOLLOW_LABELS, FN_FOLLOW_PEOPLE };

enum fn_change {
    /* for labels; id: photo, face */
    FN_CHANGE_FACES = 1, /* the photo has faces which it had not, or has them again */
    FN_CHANGE_DROPPED,   /* the record of the face was deleted */
    /* for people; id: face */
    FN_CHANGE_CAME, /* it was added, or changed: good, low quality */
    FN_CHANGE_WENT, /* gone, not a face, or its record was deleted */
    FN_CHANGE_RECORDS_END
};

FN_NODISCARD int fn_change_add(struct fn_txn *t, enum fn_follower who, uint8_t what,
                               uint32_t id, struct fn_error *err);

#endif
