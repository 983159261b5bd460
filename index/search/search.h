/* SPDX-License-Identifier: MIT */
/* Exact nearest neighbours of a vector among all faces. */
#ifndef FN_INDEX_SEARCH_H
#define FN_INDEX_SEARCH_H

#include "index/records/faces.h"

struct fn_hit {
    fn_face_id face; /* 0 in rows that are dead */
    uint32_t d;      /* exact distance, unit 2^-28 */
};
/* Whether a face is one to be found. The records alone do not know what a user said. */
typedef int fn_search_filter(struct fn_txn *t, const struct fn_face_rec *f, bool *ret);
/* The k nearest live faces (neither gone nor NOTFACE) with distance <= max_d, nearest first,
 * ties by ckey. except: a face to leave out, 0: none. Exact; among rows of the current
 * generation. hits: memory of the caller for k. */
FN_NODISCARD int fn_search(struct fn_txn *t, const int16_t x[FN_DIM], uint32_t max_d, size_t k,
                           fn_face_id except, struct fn_hit *hits, size_t *ret_n,
                           struct fn_error *err);
/* The same among the faces that the filter accepts, gone or not. */
FN_NODISCARD int fn_search_among(struct fn_txn *t, const int16_t x[FN_DIM], uint32_t max_d,
                                 size_t k, fn_face_id except, fn_search_filter *filter,
                                 struct fn_hit *hits, size_t *ret_n, struct fn_error *err);

#endif
