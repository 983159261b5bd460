/* SPDX-License-Identifier: MIT */
/* Private to index/generations. */
#ifndef FN_INDEX_GENERATIONS_PRIV_H
#define FN_INDEX_GENERATIONS_PRIV_H

#include "index/generations/generations.h"

/* In meta as "next": how the other generation is made. */
struct fn_next_state {
    uint8_t way;
    uint32_t block; /* WAY_FEATURES: blocks before are done */
    int64_t started_s;
};
FN_NODISCARD int fn_next_state_get(struct fn_txn *t, struct fn_next_state *ret);
FN_NODISCARD int fn_next_state_put(struct fn_txn *t, const struct fn_next_state *s,
                                   struct fn_error *err);
/* The model that is being built; t views the other side afterwards, on success. FN_EREFUSED:
 * there is none. */
FN_NODISCARD int fn_next_enter(struct fn_txn *t, struct fn_index_model *ret,
                               struct fn_error *err);
/* Whether the side that t views has a vector of the face. */
FN_NODISCARD int fn_has_vector(struct fn_txn *t, const struct fn_face_rec *f, bool *ret);
/* Clusters of the side that t views have to learn of the face, unless they are made of all
 * faces later. */
FN_NODISCARD int fn_next_tell(struct fn_txn *t, fn_face_id face, struct fn_error *err);

#endif
