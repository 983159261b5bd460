/* SPDX-License-Identifier: MIT */
/* Private to index/people: the state of clustering in its table, and its faces. */
#ifndef FN_INDEX_GROUPING_STORE_H
#define FN_INDEX_GROUPING_STORE_H

#include "index/people/people_priv.h"

/* What a state reads, and through which transaction: t is set whenever that changes. */
struct fn_grouping_rows {
    struct fn_grouping_store store; /* ctx: this */
    struct fn_txn *t;
    uint16_t generation;
};
void fn_grouping_rows_init(struct fn_grouping_rows *r, struct fn_txn *t, uint16_t generation);
/* Writes what changed in g. */
FN_NODISCARD int fn_grouping_rows_write(struct fn_grouping_rows *r, struct fn_grouping *g,
                                        struct fn_error *err);
/* Deletes up to max rows of other generations than these two; *ret_left: there may be more. */
FN_NODISCARD int fn_grouping_rows_sweep(struct fn_txn *t, uint16_t keep, uint16_t and_keep,
                                        size_t max, bool *ret_left, struct fn_error *err);
/* Whether there are such rows. */
FN_NODISCARD int fn_grouping_rows_dead(struct fn_txn *t, uint16_t keep, uint16_t and_keep,
                                       bool *ret);

#endif
