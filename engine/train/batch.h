/* SPDX-License-Identifier: MIT */
/* A network over a batch of any size in the memory of one chunk per thread, by cached gradients
 * (Gao, Zhang, Han, Callan 2021, "Scaling deep contrastive learning batch size under memory
 * limited setup"; for triplets: embed all, select and differentiate on the embeddings, then go
 * through the chunks again with the rows of dL/df as seeds).
 *
 * The chunks are dealt out to the lanes in blocks as even as can be. A lane sums the gradients
 * of its chunks in order, and the lanes are the leaves of a binary tree of sums (comm.h): the
 * sum depends on the chunk's size and the number of lanes, not on the number of threads, nor on
 * that of ranks, each of which has a block of the lanes and the rows of the batch that go with
 * them. */
#ifndef FN_ENGINE_TRAIN_BATCH_H
#define FN_ENGINE_TRAIN_BATCH_H

#include "engine/model/model.h"
#include "engine/train/comm.h"
#include "engine/train/params.h"
#include "engine/train/tape.h"
#include "engine/train/team.h"

struct fn_batch_net;

struct fn_batch_opts {
    uint32_t width, height; /* of the network's input; 0: its default */
    uint32_t chunk;         /* pictures; 0: by memory, at most 32 */
    uint32_t chunk_most;    /* bound where chunk is chosen by memory; 0: none */
    uint32_t lanes;         /* 0: 4 */
    unsigned rank, ranks;   /* 0 ranks: one, that has all */
    unsigned threads;       /* 0: 1 */
    unsigned cpu_flags;
};

/* p and pre must live on. */
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
/* The rows of a batch of n that a rank works on. */
void fn_batch_rows(const struct fn_batch_net *b, size_t n, unsigned rank, size_t *ret_first,
                   size_t *ret_count);
size_t fn_batch_rows_most(const struct fn_batch_net *b, size_t n); /* own, of batches up to n */
/* chips: [n][height][width][3] bytes. f: [n][dim], output 0 of the network. Of all rows or of a
 * rank's own: the result is the same. */
void fn_batch_embed(struct fn_batch_net *b, const uint8_t *chips, size_t n, float *f);
/* df: [n][dim], the loss's gradient by f. grad: like fn_params.w, overwritten. Chunks whose
 * rows of df are all zero are left out; their share is exactly zero. f, when not NULL, is what
 * embed gave for the same chips: the return value is the largest difference of what was
 * computed now, 0 unless something has changed in between. For a net of one rank. */
float fn_batch_backward(struct fn_batch_net *b, const uint8_t *chips, size_t n, const float *df,
                        const float *f, float *grad);
/* The same by a rank: n counts the whole batch; chips, df, f are its own rows. Then all ranks
 * add up. */
float fn_batch_backward_share(struct fn_batch_net *b, const uint8_t *chips, size_t n,
                              const float *df, const float *f);
FN_NODISCARD int fn_batch_sum(struct fn_batch_net *b, struct fn_comm *c, float *grad,
                              struct fn_error *err);

#endif
