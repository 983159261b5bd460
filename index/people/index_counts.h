/* SPDX-License-Identifier: MIT */
/* What `status` says of an index, with a daemon and without one. */
#ifndef FN_INDEX_INDEX_COUNTS_H
#define FN_INDEX_INDEX_COUNTS_H

#include "index/records/counts.h"

struct fn_index_counts {
    struct fn_counts of;
    uint64_t named;   /* people with a name, hidden ones included */
    uint64_t unnamed; /* without one, not hidden, with at least min_photos photos */
};

/* Reads the counters, and walks the people: about a microsecond each. FN_ECORRUPT. */
FN_NODISCARD int fn_index_counts(struct fn_txn *t, uint64_t min_photos,
                                 struct fn_index_counts *ret);

#endif
