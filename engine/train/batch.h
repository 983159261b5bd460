/* SPDX-License-Identifier: MIT */
/* A network over a batch of any size, in the memory of one chunk per thread, by cached
 * gradients (Gao, Zhang, Han, Callan 2021, "Scaling deep contrastive learning batch size under
 * memory limited setup"). For triplets: embed all pictures, select triplets and compute
 * gradients on the embeddings, then process the chunks again with the rows of dL/df as seeds.
 *
 * The chunks are distributed over the lanes in blocks that are as even as possible. A lane sums
 * the gradients of its chunks in order, and the lanes are the leaves of a binary tree of sums
 * (comm.h). The sum depends on the size of a chunk and the number of lanes, but not on the
 * numbers of threads and ranks. Each rank has a block of the lanes and the corresponding rows
 * of the batch. */
#ifndef FN_ENGINE_TRAIN_BATCH_H
#define FN_ENGINE_TRAIN_BATCH_H

#include "engine/model/model.h"
#include "engine/train/comm.h"
#include "engine/train/params.h"
#include "engine/train/tape.h"
#include "engine/train/team.h"

struct fn_batch_net;

struct fn_batch_opts {
    uint32_t width, height; /* input of the network; 0: its default */
    uint32_t chunk;         /* pictures; 0: by memory, at most 32 */
    uint32_t chunk_most;    /* maximum if chunk is chosen by memory; 0: none */
    uint32_t lanes;         /* 0: 4 */
    unsigned rank, ranks;   /* 0 ranks: one, which has everything */
    unsigned threads;       /* 0: 1 */
    unsigned cpu_flags;
};

/* p and pre must outlive it. */
FN_NODISCARD int fn_batch_create(struct fn_params *p, const struct fn_preprocess *pre,
                                 const struct fn_batch_opts *o, struct fn_batch_net **ret,
                                 struct fn_error *err);
void fn_batch_destroy(struct fn_batch_net *b); /* NULL-safe */

struct fn_batch_info {
    uint32_t width, height, chunk, lanes, dim;
    struct fn_tape_info tape; /* of one thread */
};
struct fn_batch_info fn_batch_info(const struct fn_batch_net *b);
struct fn_team *fn_batch_team(struct fn_batch_net *b);

void fn_batch_refresh(struct fn_batch_net *b); /* the weights have changed */
/* The rows of a batch of n that belong to a rank. */
void fn_batch_rows(const struct fn_batch_net *b, size_t n, unsigned rank, size_t *ret_first,
                   size_t *ret_count);
/* The most own rows of a batch of up to n. */
size_t fn_batch_rows_most(const struct fn_batch_net *b, size_t n);
/* chips: [n][height][width][3] bytes. f: [n][dim], output 0 of the network. For all rows or for
 * those of one rank: the results are equal. */
void fn_batch_embed(struct fn_batch_net *b, const uint8_t *chips, size_t n, float *f);
/* df: [n][dim], gradient of the loss by f. grad: like fn_params.w, overwritten. Chunks whose
 * rows of df are all zero are skipped; their contribution is exactly zero. f, if not NULL, is
 * the output of embed for the same chips. The return value is then the largest difference to
 * the values computed now: 0 unless something has changed meanwhile. For a net of one rank. */
float fn_batch_backward(struct fn_batch_net *b, const uint8_t *chips, size_t n, const float *df,
                        const float *f, float *grad);
/* The same on one rank: n is the size of the whole batch; chips, df, f are the own rows. Then
 * all ranks sum up. */
float fn_batch_backward_share(struct fn_batch_net *b, const uint8_t *chips, size_t n,
                              const float *df, const float *f);
FN_NODISCARD int fn_batch_sum(struct fn_batch_net *b, struct fn_comm *c, float *grad,
                              struct fn_error *err);

#endif
