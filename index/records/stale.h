/* SPDX-License-Identifier: MIT */
/* Faces that a generation has no vector of, because their photos could not be read: their
 * photos are away or gone. The vector that they had is kept here. */
#ifndef FN_INDEX_STALE_H
#define FN_INDEX_STALE_H

#include "index/records/faces.h"

/* was: the vector that it has of generation was_generation. */
FN_NODISCARD int fn_stale_put(struct fn_txn *t, uint16_t generation, fn_face_id face,
                              uint16_t was_generation, const int16_t was[FN_DIM],
                              struct fn_error *err);
/* 0 if there is none. */
FN_NODISCARD int fn_stale_del(struct fn_txn *t, uint16_t generation, fn_face_id face,
                              struct fn_error *err);
/* The face was removed: of all generations. */
FN_NODISCARD int fn_stale_del_face(struct fn_txn *t, fn_face_id face, struct fn_error *err);
bool fn_stale_has(struct fn_txn *t, uint16_t generation, fn_face_id face);
FN_NODISCARD int fn_stale_count(struct fn_txn *t, uint16_t generation, uint64_t *ret);
int fn_stale_each(struct fn_txn *t, uint16_t generation,
                  int (*visit)(fn_face_id face, void *ctx), void *ctx);
/* Deletes those of a generation. */
FN_NODISCARD int fn_stale_clear(struct fn_txn *t, uint16_t generation, struct fn_error *err);

#endif
