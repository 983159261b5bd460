/* SPDX-License-Identifier: MIT */
/* Communication between several processes ("ranks") that train one network. Every function
 * except the accessors is collective: all ranks call it, in the same order. There are two
 * backends: one process (comm_local.c) and MPI (comm_mpi.c). Tests have one with threads.
 *
 * Sums are computed by us, not by the library. Terms are added in a fixed binary tree over
 * numbered leaves, so that the bits depend neither on the number of ranks nor on the algorithm
 * that the library chooses for the size of a message. */
#ifndef FN_ENGINE_TRAIN_COMM_H
#define FN_ENGINE_TRAIN_COMM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/base/error.h"

struct fn_comm;

/* The functions of a backend. Sizes are in bytes, per rank. Blocks follow each other in the
 * order of ranks. 0 or a negative code. */
struct fn_comm_ops {
    int (*allgather)(struct fn_comm *c, const void *own, void *all, const size_t *bytes);
    /* Block q of out goes to rank q. Block q of in comes from rank q. */
    int (*exchange)(struct fn_comm *c, const void *out, const size_t *out_bytes, void *in,
                    const size_t *in_bytes);
    int (*broadcast)(struct fn_comm *c, void *p, size_t bytes, unsigned root);
    void (*abort)(struct fn_comm *c, int status); /* terminates all ranks; does not return */
    void (*finish)(struct fn_comm *c);
};

struct fn_comm {
    unsigned rank, size;
    size_t limit; /* total bytes that one call of a backend may move; more is split */
    bool lost;    /* a call has failed: the other ranks are gone, or wait in vain */
    const struct fn_comm_ops *ops;
};

/* The only rank of a single process. Static. */
struct fn_comm *fn_comm_local(void);

/* The ranks with which this program was started (mpirun, srun): MPI if there are several,
 * otherwise fn_comm_local. Call it once per process, before threads are started.
 * FN_EUNSUPPORTED if the program was started as one of several but built without MPI; otherwise
 * it would do the same run several times. */
FN_NODISCARD int fn_comm_start(struct fn_comm **ret, struct fn_error *err);
/* NULL-safe; all ranks. If other ranks are lost, terminates them and does not return. */
void fn_comm_finish(struct fn_comm *c);
/* Terminates all ranks without their agreement, for errors that only one of them knows. Does
 * not return unless this is the only rank. */
void fn_comm_abort(struct fn_comm *c, int status);

/* own: bytes[rank] bytes; all: the sum of bytes. own may be NULL if its size is 0. */
FN_NODISCARD int fn_comm_allgather(struct fn_comm *c, const void *own, void *all,
                                   const size_t *bytes, struct fn_error *err);
/* Block q of out (out_bytes[q]) goes to rank q. Block q of in comes from rank q. */
FN_NODISCARD int fn_comm_exchange(struct fn_comm *c, const void *out, const size_t *out_bytes,
                                  void *in, const size_t *in_bytes, struct fn_error *err);
FN_NODISCARD int fn_comm_broadcast(struct fn_comm *c, void *p, size_t bytes, unsigned root,
                                   struct fn_error *err);

/* Makes the result of all ranks the same: 0 if code is 0 on all ranks, otherwise code and
 * message of the first rank that failed, after its number. */
FN_NODISCARD int fn_comm_agree(struct fn_comm *c, int code, struct fn_error *err);
/* The same, and FN_ECORRUPT if tag is not the same on all ranks ("WHAT is not the same on ranks
 * 0 and 3"). *flag (may be NULL) becomes true on all ranks if it is true on any. */
FN_NODISCARD int fn_comm_agree_on(struct fn_comm *c, int code, uint64_t tag, const char *what,
                                  bool *flag, struct fn_error *err);

/* ---- sums over leaves ----
 *
 * Leaves 0 ... n-1 are the lowest nodes of a binary tree. A node is the sum of its left and
 * right child, or the left child if the right one has no leaves. Rank r of P has the leaves
 * from fn_comm_leaf(n, P, r) on, and sums the complete subtrees among them. */
size_t fn_comm_leaf(size_t n_leaves, unsigned size, unsigned rank);
/* Number of leaves of the subtree that begins at leaf `at` and is as large as the leaves before
 * `end` allow. */
size_t fn_comm_subtree(size_t n_leaves, size_t at, size_t end);
/* Sums floats [from, from + n) of the subtree at `at` (of `span` leaves) into leaf[at]. leaf[i]
 * is NULL if it was already summed as part of a larger subtree. */
void fn_comm_tree(float *const *leaf, size_t n_leaves, size_t at, size_t span, size_t from,
                  size_t n);

/* leaf[i]: `floats` floats, already summed, for the first leaf of each subtree of this rank.
 * The others are not read. sum: the root, on every rank. One exchange and one gathering per
 * bucket of some megabytes. -ENOMEM on one rank is returned on all. */
FN_NODISCARD int fn_comm_sum(struct fn_comm *c, float *const *leaf, size_t n_leaves, float *sum,
                             size_t floats, struct fn_error *err);

#endif
