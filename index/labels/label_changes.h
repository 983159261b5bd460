/* SPDX-License-Identifier: MIT */
/* What labels leave for people to follow, beside what records leave
 * (index/records/record_changes.h).
 */
#ifndef FN_INDEX_LABELS_LABEL_CHANGES_H
#define FN_INDEX_LABELS_LABEL_CHANGES_H

#include "index/labels/labels.h"
#include "index/records/record_changes.h"

enum fn_label_change {
    /* id: face */
    /* what was said of it softly: it may be named otherwise */
    FN_CHANGE_SAID = FN_CHANGE_RECORDS_END,
    FN_CHANGE_BOUND, /* the person it is, or those it is not */
    /* name: person, as said */
    FN_CHANGE_PERSON, /* merged, or taken apart again: all that was said about it means another
                       */
    FN_CHANGE_REJECTED, /* other faces than before are not this person */
};

/* Brings labels up to date with the records that changed in t. */
FN_NODISCARD int fn_labels_update(struct fn_txn *t, struct fn_error *err);

#endif
