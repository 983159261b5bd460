/* SPDX-License-Identifier: MIT */
/* How much an index holds, kept in the transaction of each change, so that every reader sees
 * the true numbers without walking the tables. */
#ifndef FN_INDEX_COUNTS_H
#define FN_INDEX_COUNTS_H

#include "index/records/faces.h"

struct fn_counts {
    uint64_t photos; /* that can be read and have a path */
    uint64_t bad;    /* that cannot be read and have a path */
    uint64_t gone;   /* without a path, kept until the grace time is over */
    uint64_t faces;  /* of `photos`, those included that the user said are no faces */
    uint64_t good;   /* faces that take part and are not of low quality */
    uint64_t paths, queued;
};

/* The counts as of t. An index whose last writer did not keep them is counted here.
 * FN_ECORRUPT. */
FN_NODISCARD int fn_counts_get(struct fn_txn *t, struct fn_counts *ret);
/* The same out of the records alone, for those who check; good, too. */
FN_NODISCARD int fn_counts_plain(struct fn_txn *t, struct fn_counts *ret);
/* Paths of a root. */
FN_NODISCARD int fn_counts_root(struct fn_txn *t, fn_root_id root, uint64_t *ret);
FN_NODISCARD int fn_counts_root_plain(struct fn_txn *t, fn_root_id root, uint64_t *ret);
/* Writes what the records say. */
FN_NODISCARD int fn_counts_repair(struct fn_txn *t, struct fn_error *err);

/* For the records, after the change: a photo that was `was` (NULL: not there) is now `now`
 * (NULL: dropped); a root has a path more (by 1) or less (by -1); a root is deleted. */
FN_NODISCARD int fn_counts_photo(struct fn_txn *t, const struct fn_photo *was,
                                 const struct fn_photo *now, struct fn_error *err);
FN_NODISCARD int fn_counts_path(struct fn_txn *t, fn_root_id root, int by,
                                struct fn_error *err);
FN_NODISCARD int fn_counts_forget(struct fn_txn *t, fn_root_id root, struct fn_error *err);

#endif
