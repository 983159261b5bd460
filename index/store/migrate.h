/* SPDX-License-Identifier: MIT */
/* Private to index/store: one file per step from a format to the next, in bytes alone, within
 * one transaction. */
#ifndef FN_INDEX_MIGRATE_H
#define FN_INDEX_MIGRATE_H

#include "index/store/store_priv.h"

/* To people as names over clusters (docs/format-labels.md). Every face keeps its person;
 * clusters are recomputed later. */
FN_NODISCARD int fn_migrate_1_2(struct fn_txn *t, struct fn_error *err);
/* To confirmed faces that stay when their photo is gone. */
FN_NODISCARD int fn_migrate_2_3(struct fn_txn *t, struct fn_error *err);
/* To tables with two sides. */
FN_NODISCARD int fn_migrate_3_4(struct fn_txn *t, struct fn_error *err);

#endif
