/* SPDX-License-Identifier: MIT */
/* Brings tables that depend on records up to date: labels first, then people. */
#ifndef FN_INDEX_UPDATE_H
#define FN_INDEX_UPDATE_H

#include "index/records/photos.h"

/* Brings labels and people up to date with all that changed in t: for those who read them later
 * in the same transaction. */
FN_NODISCARD int fn_index_update(struct fn_txn *t, struct fn_error *err);
/* The same, then fn_txn_commit: every writer ends its transaction with it. t has ended
 * afterwards, also on failure. */
FN_NODISCARD int fn_index_commit(struct fn_txn *t, struct fn_error *err);
/* Drops photos that are gone since before that time, except those with a face that a user
 * confirmed (fn_photo_is_kept). */
FN_NODISCARD int fn_index_expire(struct fn_txn *t, int64_t gone_before_s, uint64_t *ret_n,
                                 struct fn_error *err);

#endif
