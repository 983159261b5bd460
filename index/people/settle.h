/* SPDX-License-Identifier: MIT */
/* Cluster updates in units. Clusters are computed in a read transaction, so that other writers
 * need not wait. */
#ifndef FN_INDEX_SETTLE_H
#define FN_INDEX_SETTLE_H

#include "index/people/people.h"

/* Holds the state of clustering between units, as long as no other process writes it. Used by
 * one thread. */
struct fn_settler;
FN_NODISCARD int fn_settler_create(struct fn_store *s, struct fn_settler **ret);
/* Of the side that is being built (index/generations/generations.h). */
FN_NODISCARD int fn_settler_create_other(struct fn_store *s, struct fn_settler **ret);
void fn_settler_destroy(struct fn_settler *s); /* NULL-safe */
/* Forgets the state: its memory is free, and the next unit reads it again. */
void fn_settler_forget(struct fn_settler *s);
/* One unit of at most max_faces faces: reads, works, then writes what changed, unless another
 * process was faster: then that is thrown away. *ret_left as for fn_people_settle. FN_EBUSY:
 * the writer lock was not free for wait_ms; -EAGAIN: the map has grown; both times nothing has
 * changed. */
FN_NODISCARD int fn_people_settle_unit(struct fn_settler *s, size_t max_faces, int wait_ms,
                                       size_t *ret_left, struct fn_error *err);

/* For a generation that is being built, on the side that t views. start_over: it has no people
 * yet; all faces are clustered from scratch. look_again: a face has its vector now, which is
 * of no interest while people are not begun (*ret of begun). */
FN_NODISCARD int fn_people_begun(struct fn_txn *t, bool *ret);
FN_NODISCARD int fn_people_start_over(struct fn_txn *t, struct fn_error *err);
FN_NODISCARD int fn_people_look_again(struct fn_txn *t, fn_face_id face, struct fn_error *err);

#endif
