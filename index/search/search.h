/* SPDX-License-Identifier: MIT */
/* Exact nearest neighbours of a vector among all faces. */
#ifndef FN_INDEX_SEARCH_H
#define FN_INDEX_SEARCH_H

#include "index/records/faces.h"

struct fn_hit {
    fn_face_id face; /* 0 in rows that are dead */
    uint32_t d;      /* exact distance, unit 2^-28 */
};
/* The k nearest live faces (neither gone nor NOTFACE) with distance <= max_d, nearest first,
 * ties by ckey. except: a face to leave out, 0: none. Exact; among rows of the current
 * generation. hits: memory of the caller for k. */
FN_NODISCARD int fn_search(struct fn_txn *t, const int16_t x[FN_DIM], uint32_t max_d, size_t k,
                           fn_face_id except, struct fn_hit *hits, size_t *ret_n,
                           struct fn_error *err);

#endif
