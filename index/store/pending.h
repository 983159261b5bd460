/* SPDX-License-Identifier: MIT */
/* What a write transaction owes: changes of records that something above has not followed yet.
 * A table that depends on others is brought up to date from such a list instead of being called
 * by those it depends on, so that calls go one way.
 *
 * The store only keeps the lists, and refuses to commit while one holds anything
 * (fn_txn_commit). What the entries mean stands in index/records/record_changes.h and
 * index/labels/label_changes.h; index/ingest/update.h empties them. */
#ifndef FN_INDEX_PENDING_H
#define FN_INDEX_PENDING_H

#include "index/store/store.h"

enum { FN_PENDING_LISTS = 2, FN_PENDING_NAME = 16 };

struct fn_pending {
    uint8_t kind;
    uint32_t id;
    uint8_t name[FN_PENDING_NAME];
};

/* To the end of a list. An entry equal to the last one is kept once. -ENOMEM, -EACCES in a read
 * transaction. */
FN_NODISCARD int fn_pending_add(struct fn_txn *t, unsigned list, const struct fn_pending *p,
                                struct fn_error *err);
/* Takes the oldest; false: there is none. */
bool fn_pending_take(struct fn_txn *t, unsigned list, struct fn_pending *ret);
size_t fn_pending_count(const struct fn_txn *t); /* of all lists */

#endif
