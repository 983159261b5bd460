/* SPDX-License-Identifier: MIT */
/* What depends on records follows them: labels first, then people. */
#ifndef FN_INDEX_UPDATE_H
#define FN_INDEX_UPDATE_H

#include "index/store/store.h"

/* Brings labels and people up to date with all that changed in t: for those who read them later
 * in the same transaction. */
FN_NODISCARD int fn_index_update(struct fn_txn *t, struct fn_error *err);
/* The same, then fn_txn_commit: how every writer ends its transaction. t is ended whatever
 * comes of it. */
FN_NODISCARD int fn_index_commit(struct fn_txn *t, struct fn_error *err);

#endif
