/* SPDX-License-Identifier: MIT */
/* Brings tables that depend on records up to date: labels first, then people. */
#ifndef FN_INDEX_UPDATE_H
#define FN_INDEX_UPDATE_H

#include "index/store/store.h"

/* Brings labels and people up to date with all that changed in t: for those who read them later
 * in the same transaction. */
FN_NODISCARD int fn_index_update(struct fn_txn *t, struct fn_error *err);
/* The same, then fn_txn_commit: every writer ends its transaction with it. t has ended
 * afterwards, also on failure. */
FN_NODISCARD int fn_index_commit(struct fn_txn *t, struct fn_error *err);

#endif
