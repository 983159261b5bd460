/* The trainer's inside, for train.c, mining.c and checkpoint.c. */
#ifndef FN_ENGINE_TRAIN_TRAIN_PRIV_H
#define FN_ENGINE_TRAIN_TRAIN_PRIV_H

#include "engine/train/train.h"

/* A batch on its way: which samples, and their chips. */
struct fn_train_batch {
    uint64_t step;
    bool started;
    size_t n;
    uint32_t *idx;
    uint8_t *chips, *ok;
};

struct fn_trainer {
    struct fn_train_opts o;
    const struct fn_model *model;
    const struct fn_dataset *data;
    struct fn_params params;
    struct fn_batch_net *net;
    struct fn_batch_info info;
    struct fn_optim optim, head_optim;
    struct fn_margin_head head;
    struct fn_sampler *sampler, *mine_sampler;
    struct fn_loader *loader, *plain_loader;
    struct fn_train_batch batch[2];
    size_t batch_max;
    uint32_t *class_of; /* person of the data set -> class of the margin head */
    size_t n_classes;
    uint32_t *person; /* of the batch */
    float *f, *df, *grad;
    /* offline triplets in samples of the data set, and the round they were found in */
    struct fn_triplets mined;
    uint64_t mined_round; /* UINT64_MAX: none yet */
    uint64_t step, images, n_skipped;
    uint32_t bad_in_a_row;
};

enum { FN_TRAIN_EMBED_AT_ONCE = 256 };

/* Whether the batches of two steps come from the same triplets, so that the second can be loaded during the first. */
bool fn_train_same_round(const struct fn_trainer *t, uint64_t a, uint64_t b);
/* Finds triplets for the round of the step, when that has not been done. */
FN_NODISCARD int fn_train_mine(struct fn_trainer *t, uint64_t step, struct fn_error *err);
/* The samples of a step's batch from the mined triplets, three by three. */
size_t fn_train_mined_batch(const struct fn_trainer *t, uint64_t step, uint32_t *ret_idx);

#endif
