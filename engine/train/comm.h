/* SPDX-License-Identifier: MIT */
/* Several processes ("ranks") that train one network: what they tell each other. Every function
 * but the accessors is collective: all ranks call it, in the same order. Two backends: one
 * process (comm_local.c), MPI (comm_mpi.c); tests have one over threads.
 *
 * Sums are ours, not the library's: terms are added in a fixed binary tree over numbered
 * leaves, so that the bits depend neither on the number of ranks nor on what the library likes
 * to do with messages of that size. */
#ifndef FN_ENGINE_TRAIN_COMM_H
#define FN_ENGINE_TRAIN_COMM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/base/error.h"

struct fn_comm;

/* What a backend gives. Sizes in bytes, per rank; blocks lie one behind the other in the order
 * of ranks. 0 or a negative code. */
struct fn_comm_ops {
    int (*allgather)(struct fn_comm *c, const void *own, void *all, const size_t *bytes);
    /* Block q of out goes to rank q; block q of in comes from it. */
    int (*exchange)(struct fn_comm *c, const void *out, const size_t *out_bytes, void *in,
                    const size_t *in_bytes);
    int (*broadcast)(struct fn_comm *c, void *p, size_t bytes, unsigned root);
    void (*abort)(struct fn_comm *c, int status); /* ends all ranks; does not return */
    void (*finish)(struct fn_comm *c);
};

struct fn_comm {
    unsigned rank, size;
    size_t limit; /* bytes that one call of a backend may move in all; above, it is cut up */
    bool lost;    /* a call has failed: the others are gone, or wait for what will not come */
    const struct fn_comm_ops *ops;
};

/* The one rank of a process alone. Static. */
struct fn_comm *fn_comm_local(void);

/* The ranks this program was started with (mpirun, srun): MPI when it was started so, otherwise
 * fn_comm_local. Once per process, before threads. FN_EUNSUPPORTED when it was started as one
 * of several and built without MPI, instead of many equal runs. */
FN_NODISCARD int fn_comm_start(struct fn_comm **ret, struct fn_error *err);
/* NULL-safe; all ranks. Where the others are lost it ends them, and does not return. */
void fn_comm_finish(struct fn_comm *c);
/* Ends all ranks, without their agreement: for what only one of them knows. Does not return
 * unless it is alone. */
void fn_comm_abort(struct fn_comm *c, int status);

/* own: bytes[rank] bytes; all: the sum. own may be NULL when that is 0. */
FN_NODISCARD int fn_comm_allgather(struct fn_comm *c, const void *own, void *all,
                                   const size_t *bytes, struct fn_error *err);
/* Block q of out (out_bytes[q]) goes to rank q; block q of in comes from it. */
FN_NODISCARD int fn_comm_exchange(struct fn_comm *c, const void *out, const size_t *out_bytes,
                                  void *in, const size_t *in_bytes, struct fn_error *err);
FN_NODISCARD int fn_comm_broadcast(struct fn_comm *c, void *p, size_t bytes, unsigned root,
                                   struct fn_error *err);

/* How it went on this rank becomes how it went everywhere: 0 when code is 0 on all ranks,
 * otherwise code and text of the first that failed, with its number in front. */
FN_NODISCARD int fn_comm_agree(struct fn_comm *c, int code, struct fn_error *err);
/* The same; FN_ECORRUPT too when tag is not the same everywhere ("WHAT is not the same on ranks
 * 0 and 3"). *flag (may be NULL) becomes true everywhere when it is anywhere. */
FN_NODISCARD int fn_comm_agree_on(struct fn_comm *c, int code, uint64_t tag, const char *what,
                                  bool *flag, struct fn_error *err);

/* ---- sums over leaves ----
 *
 * Leaves 0 ... n-1 are the lowest nodes of a binary tree; a node is its left plus its right
 * child, or the left one where the right one has no leaves. Rank r of P has the leaves from
 * fn_comm_leaf(n, P, r) on, and sums what whole subtrees of them come to. */
size_t fn_comm_leaf(size_t n_leaves, unsigned size, unsigned rank);
/* The subtree that begins at leaf `at` and is as large as the leaves before `end` allow: how
 * many leaves it spans. */
size_t fn_comm_subtree(size_t n_leaves, size_t at, size_t end);
/* Adds floats [from, from + n) of the subtree at `at` (of `span` leaves) up into leaf[at].
 * leaf[i] is NULL where a larger subtree has been summed already. */
void fn_comm_tree(float *const *leaf, size_t n_leaves, size_t at, size_t span, size_t from,
                  size_t n);

/* leaf[i]: `floats` floats, for the first leaf of each subtree of this rank, summed up; the
 * others are not looked at. sum: the root, on every rank. One exchange and one gathering per
 * bucket of some megabytes. -ENOMEM on one rank comes back on all. */
FN_NODISCARD int fn_comm_sum(struct fn_comm *c, float *const *leaf, size_t n_leaves, float *sum,
                             size_t floats, struct fn_error *err);

#endif
