/* SPDX-License-Identifier: MIT */
/* Pending changes that labels leave for people, in addition to those of records
 * (index/records/record_changes.h). */
#ifndef FN_INDEX_LABELS_LABEL_CHANGES_H
#define FN_INDEX_LABELS_LABEL_CHANGES_H

#include "index/labels/labels.h"
#include "index/records/record_changes.h"

enum fn_label_change {
    /* id: face */
    /* its cluster label changed: it may have another name */
    FN_CHANGE_SAID = FN_CHANGE_RECORDS_END,
    FN_CHANGE_BOUND, /* the person it is, or those it is not */
    /* name: person, as written in the assertion */
    FN_CHANGE_PERSON, /* merged, or the merge was undone: its labels refer to another person now
                       */
    FN_CHANGE_REJECTED, /* other faces than before are not this person */
};

/* Brings labels up to date with the records that changed in t. */
FN_NODISCARD int fn_labels_update(struct fn_txn *t, struct fn_error *err);

#endif
