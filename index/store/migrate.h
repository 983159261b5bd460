/* SPDX-License-Identifier: MIT */
/* Private to index/store: one file per step from a format to the next, in bytes alone, within
 * one transaction. */
#ifndef FN_INDEX_MIGRATE_H
#define FN_INDEX_MIGRATE_H

#include "index/store/store_priv.h"

/* People as names over groups (docs/format-labels.md): who everybody is stays; how faces are
 * grouped is worked out anew later. */
FN_NODISCARD int fn_migrate_1_2(struct fn_txn *t, struct fn_error *err);

#endif
