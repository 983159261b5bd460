/* SPDX-License-Identifier: MIT */
/* Private to the trainer: train.c, mining.c, checkpoint.c and so on. */
#ifndef FN_ENGINE_TRAIN_TRAIN_PRIV_H
#define FN_ENGINE_TRAIN_TRAIN_PRIV_H

#include "engine/train/train.h"

/* A batch in progress: its samples, and the chips of the rows of this rank. A picture that
 * cannot be read keeps its row, with gradient zero, so that the chunk of a picture does not
 * depend on the others. */
struct fn_train_batch {
    uint64_t step;
    bool started;
    size_t n;            /* rows of all ranks */
    size_t first, count; /* own rows */
    uint32_t *idx;       /* [n] */
    uint8_t *chips, *ok; /* of own rows */
};

struct fn_trainer {
    struct fn_train_opts o;
    const struct fn_model *model;
    const struct fn_dataset *data;
    const struct fn_picture_source *pictures;
    struct fn_params params;
    struct fn_batch_net *net;
    struct fn_batch_info info;
    struct fn_comm *comm;
    size_t *bytes; /* per rank, for gathering */
    bool stop;     /* asked of this rank */
    struct fn_optim optim, head_optim;
    struct fn_margin_head head;
    struct fn_sampler *sampler, *mine_sampler;
    struct fn_loader *loader, *plain_loader;
    struct fn_train_batch batch[2];
    size_t batch_max;
    uint32_t *class_of; /* person of the data set -> class of the margin head */
    size_t n_classes;
    /* Of the batch, all ranks: which rows could be read; their number, person, embedding and
     * gradient, in the order of rows. */
    uint8_t *ok;
    uint32_t *row, *person;
    float *f, *df;
    float *own_f, *own_df; /* of own rows, including unreadable ones */
    float *grad;
    /* offline triplets as samples of the data set, and the round in which they were found */
    struct fn_triplets mined;
    uint64_t mined_round; /* UINT64_MAX: none yet */
    uint64_t step, images, n_skipped;
    uint32_t bad_in_a_row;
};

enum { FN_TRAIN_EMBED_AT_ONCE = 256, FN_TRAIN_CHECK_EVERY = 50 };

/* Whether the batches of two steps come from the same triplets, so that the second can be
 * loaded during the first. */
bool fn_train_same_round(const struct fn_trainer *t, uint64_t a, uint64_t b);
/* Finds the triplets for the round of the step, unless that was already done. */
FN_NODISCARD int fn_train_mine(struct fn_trainer *t, uint64_t step, struct fn_error *err);
/* The samples of the batch of a step, from the mined triplets, three by three. */
size_t fn_train_mined_batch(const struct fn_trainer *t, uint64_t step, uint32_t *ret_idx);

/* ---- ranks.c ---- */

/* Gathers the own rows of all ranks for a batch of n: all is [n][row_bytes] on every rank. */
FN_NODISCARD int fn_train_gather(struct fn_trainer *t, const void *own, void *all, size_t n,
                                 size_t row_bytes, struct fn_error *err);
/* Checks that all ranks have the same options, data and instruction set, and, by their hash,
 * the same weights and state of the optimiser. */
FN_NODISCARD int fn_train_check_start(struct fn_trainer *t, struct fn_error *err);
FN_NODISCARD int fn_train_check_state(struct fn_trainer *t, struct fn_error *err);
/* The weights alone. */
FN_NODISCARD int fn_train_check_weights(struct fn_trainer *t, struct fn_error *err);

#endif
