/* SPDX-License-Identifier: MIT */
/* Private to index/records: what `count.photos` holds. */
#ifndef FN_INDEX_COUNTS_PRIV_H
#define FN_INDEX_COUNTS_PRIV_H

#include "index/records/counts.h"

enum { FN_NUMBER_FACES = FN_PHOTO_GONE + 1, FN_NUMBERS };

struct fn_photo_numbers {
    uint64_t n[FN_NUMBERS]; /* photos by state; then faces of those that can be read */
};

/* FN_ENOTFOUND: the last writer did not keep them. */
FN_NODISCARD int fn_photo_numbers_load(struct fn_txn *t, struct fn_photo_numbers *ret);
FN_NODISCARD int fn_photo_numbers_save(struct fn_txn *t, const struct fn_photo_numbers *c,
                                       struct fn_error *err);
/* Out of the records. */
FN_NODISCARD int fn_photo_numbers_plain(struct fn_txn *t, struct fn_photo_numbers *ret);

#endif
