/* SPDX-License-Identifier: MIT */
/* The trainer's inside, for train.c, mining.c and checkpoint.c. */
#ifndef FN_ENGINE_TRAIN_TRAIN_PRIV_H
#define FN_ENGINE_TRAIN_TRAIN_PRIV_H

#include "engine/train/train.h"

/* A batch on its way: which samples, and the chips of this rank's rows. A picture that cannot
 * be read keeps its row, whose gradient is zero: which chunk a picture belongs to does not
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
    /* Of the batch, all ranks: which rows could be read; their number, person, embedding,
     * gradient, in the rows' order. */
    uint8_t *ok;
    uint32_t *row, *person;
    float *f, *df;
    float *own_f, *own_df; /* of own rows, unreadable ones included */
    float *grad;
    /* offline triplets in samples of the data set, and the round they were found in */
    struct fn_triplets mined;
    uint64_t mined_round; /* UINT64_MAX: none yet */
    uint64_t step, images, n_skipped;
    uint32_t bad_in_a_row;
};

enum { FN_TRAIN_EMBED_AT_ONCE = 256, FN_TRAIN_CHECK_EVERY = 50 };

/* Whether the batches of two steps come from the same triplets, so that the second can be
 * loaded during the first. */
bool fn_train_same_round(const struct fn_trainer *t, uint64_t a, uint64_t b);
/* Finds triplets for the round of the step, when that has not been done. */
FN_NODISCARD int fn_train_mine(struct fn_trainer *t, uint64_t step, struct fn_error *err);
/* The samples of a step's batch from the mined triplets, three by three. */
size_t fn_train_mined_batch(const struct fn_trainer *t, uint64_t step, uint32_t *ret_idx);

/* ---- ranks.c ---- */

/* Own rows of a batch of n, one after the other, become everybody's: all is [n][row_bytes]. */
FN_NODISCARD int fn_train_gather(struct fn_trainer *t, const void *own, void *all, size_t n,
                                 size_t row_bytes, struct fn_error *err);
/* That all ranks are about to do the same: options, data, instruction set; weights and
 * optimiser's state, by their hash. */
FN_NODISCARD int fn_train_check_start(struct fn_trainer *t, struct fn_error *err);
FN_NODISCARD int fn_train_check_state(struct fn_trainer *t, struct fn_error *err);
/* The weights alone. */
FN_NODISCARD int fn_train_check_weights(struct fn_trainer *t, struct fn_error *err);

#endif
