/* SPDX-License-Identifier: MIT */
/* Pending changes of a write transaction: changes of records that dependent tables have not
 * followed yet. A dependent table is brought up to date from such a list. The code that changes
 * records does not call it, so calls go one way.
 *
 * The store only holds the lists, and refuses to commit while one of them is not empty
 * (fn_txn_commit). The entries are defined in index/records/record_changes.h and
 * index/labels/label_changes.h; index/ingest/update.h processes them.
 */
#ifndef FN_INDEX_PENDING_H
#define FN_INDEX_PENDING_H

#include "index/store/store.h"

enum { FN_PENDING_LISTS = 4, FN_PENDING_NAME = 16 };

struct fn_pending {
    uint8_t kind;
    uint32_t id;
    uint8_t name[FN_PENDING_NAME];
};

/* Appends to a list. An entry equal to the last one is stored once. -ENOMEM, -EACCES in a read
 * transaction. */
FN_NODISCARD int fn_pending_add(struct fn_txn *t, unsigned list, const struct fn_pending *p,
                                struct fn_error *err);
/* Takes the oldest entry; false if the list is empty. */
bool fn_pending_take(struct fn_txn *t, unsigned list, struct fn_pending *ret);
size_t fn_pending_count(const struct fn_txn *t); /* of all lists */

#endif
