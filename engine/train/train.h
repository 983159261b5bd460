/* SPDX-License-Identifier: MIT */
/* Training of one network, one step at a time. A step is a function of the weights, the state
 * of the optimiser, the options and the number of the step: batches, augmentation and selection
 * are drawn from (seed, step), so that a stopped run continues bit-identically.
 *
 * One thread calls; loading, forward and backward use their own threads.
 *
 * Several processes (comm.h) train together. Each loads, embeds and differentiates its share of
 * the batch. Embeddings are shared before triplets are selected, so that selection sees the
 * whole batch. Gradients are summed once per step. The result is bit-identical to that of one
 * process with the same options. Functions marked "all ranks" are called by all of them at the
 * same point, and fail on all. */
#ifndef FN_ENGINE_TRAIN_TRAIN_H
#define FN_ENGINE_TRAIN_TRAIN_H

#include "engine/train/batch.h"
#include "engine/train/comm.h"
#include "engine/train/loader.h"
#include "engine/train/margin.h"
#include "engine/train/optim.h"
#include "engine/train/sampler.h"
#include "engine/train/triplet.h"

enum fn_loss { FN_LOSS_TRIPLET = 0, FN_LOSS_ARC = 1, FN_LOSS_COS = 2 };

/* Source of triplets. ONLINE: from the batch (all methods of fn_select_opts). OFFLINE: every n
 * steps, the farthest positive and nearest negative of each anchor, in a subset that the
 * present weights embed; batches are made of these triplets. BOTH: such batches, and in
 * addition the triplets found online in them. */
enum fn_mining { FN_MINING_ONLINE = 0, FN_MINING_OFFLINE = 1, FN_MINING_BOTH = 2 };

struct fn_train_opts {
    uint64_t seed, steps;          /* steps: of the whole run, for the schedule */
    uint32_t people, faces, extra; /* batch: P x K and extra faces; margin losses take people
                                    * faces of anybody */
    uint32_t width, height;        /* 0: that of the network */
    uint32_t chunk, lanes;         /* 0: chosen, then recorded, as the bits depend on them */
    unsigned threads, loader_threads;
    unsigned cpu_flags;
    float frame;           /* side of the cut square divided by the side of the face frame */
    uint32_t begin_sample; /* pictures to which random weights are fitted; 0: no fitting */
    uint32_t need_face;    /* 1: pictures without a detected face are left out */
    struct fn_augment augment;
    enum fn_loss loss;
    float margin;       /* alpha of triplets, or the angle (ARC) or cosine (COS) */
    float margin_scale; /* ARC, COS */
    enum fn_selection selection;
    enum fn_no_negative no_negative;
    enum fn_mining mining;
    uint32_t offline_every, offline_subset; /* steps; pictures */
    struct fn_optim_opts optim;
    double rate, head_rate; /* learning rate; of the margin directions (0: the same) */
    struct fn_schedule schedule;
    char freeze_before[FN_NAME_MAX]; /* "": nothing frozen */
    uint32_t bad_steps_max;          /* non-finite steps in a row; then FN_EDIVERGED */
};
struct fn_train_opts fn_train_default(void);
/* By the name of the member ("optim.kind", "augment.flip_p"), from text. Enums by their names
 * ("adamw"). FN_EUSAGE. */
FN_NODISCARD int fn_train_opts_set(struct fn_train_opts *o, const char *name, const char *value,
                                   struct fn_error *err);
const char *fn_train_opts_name(size_t i); /* the i-th option; NULL: no more */

struct fn_train_report {
    uint64_t step, images; /* after this step */
    size_t batch;          /* pictures used */
    size_t unreadable;     /* left out of it */
    struct fn_batch_stats stats;
    size_t right;          /* margin losses: closest to their own direction */
    double rate, norm;     /* learning rate, norm of the gradient before clipping */
    bool skipped;          /* the gradient was not finite: nothing changed */
    uint64_t n_skipped;    /* so far */
    double wait_s, step_s; /* waiting for pictures; all */
    bool stop;             /* fn_trainer_ask_stop was called on some rank */
};

struct fn_trainer;

/* Starts from m: its graph (weights are copied), preprocessing and card. All arguments must
 * outlive the trainer. */
FN_NODISCARD int fn_trainer_create(const struct fn_model *m, const struct fn_dataset *data,
                                   const struct fn_picture_source *pictures,
                                   const struct fn_train_opts *o, struct fn_trainer **ret,
                                   struct fn_error *err);
/* The same with several ranks. comm must outlive it. All ranks, with the same model, data and
 * options; threads may differ. */
FN_NODISCARD int fn_trainer_create_with(const struct fn_model *m, const struct fn_dataset *data,
                                        const struct fn_picture_source *pictures,
                                        const struct fn_train_opts *o, struct fn_comm *comm,
                                        struct fn_trainer **ret, struct fn_error *err);
void fn_trainer_destroy(struct fn_trainer *t); /* NULL-safe */

/* For random weights, before the first step: fits the channels of every layer to mean 0 and
 * variance 1 over n training pictures (begin.c). All ranks. */
FN_NODISCARD int fn_trainer_begin(struct fn_trainer *t, size_t n, struct fn_error *err);

/* All ranks. FN_ECORRUPT if their weights (compared every 50 steps) or their gradients of the
 * loss (compared every step) differ. */
FN_NODISCARD int fn_trainer_step(struct fn_trainer *t, struct fn_train_report *ret,
                                 struct fn_error *err);
/* This rank was told to stop. The report of the next step shows it on all ranks, at the same
 * step. */
void fn_trainer_ask_stop(struct fn_trainer *t);
struct fn_comm *fn_trainer_comm(const struct fn_trainer *t);
uint64_t fn_trainer_steps(const struct fn_trainer *t); /* done */
struct fn_batch_info fn_trainer_info(const struct fn_trainer *t);
const struct fn_train_opts *fn_trainer_opts(const struct fn_trainer *t);
const struct fn_params *fn_trainer_params(const struct fn_trainer *t);
struct fn_sampler_facts fn_trainer_facts(const struct fn_trainer *t);
/* Pictures that this rank could not use in its steps, with reasons. */
const struct fn_loader_trouble *fn_trainer_trouble(const struct fn_trainer *t);

/* Embeds samples of the data set with the present weights, without augmentation. f: [n][dim].
 * ok: [n], 0 if the picture could not be read (its f is 0). All ranks; each embeds a share. */
FN_NODISCARD int fn_trainer_embed(struct fn_trainer *t, const uint32_t *idx, size_t n, float *f,
                                  uint8_t *ok, struct fn_error *err);

/* The present network as a model that differs from the first in its weights, id and input size.
 * Its graph points into the trainer. */
struct fn_model fn_trainer_model(const struct fn_trainer *t);

/* ---- checkpoints (checkpoint.c): docs/format-checkpoint.md ---- */

/* Atomic. The previous file at path becomes path.1. extra: a line of text of the caller, stored
 * as it is. All ranks; the first one writes. */
FN_NODISCARD int fn_trainer_save(struct fn_trainer *t, const char *path, const char *extra,
                                 struct fn_error *err);
/* The content of a checkpoint: its network and options, for creating the trainer that resumes
 * it. */
struct fn_checkpoint {
    struct fn_model *model; /* weights included */
    struct fn_train_opts opts;
    struct fn_h128 data_id;
    uint64_t step, images;
    char extra[1024];
    char kernels[16]; /* instruction set used for training; others round differently */
    void *priv;
};
/* Whether the file begins like a checkpoint. Negative: it cannot be read. */
FN_NODISCARD int fn_checkpoint_is(const char *path, bool *ret, struct fn_error *err);
FN_NODISCARD int fn_checkpoint_open(const char *path, struct fn_checkpoint *ret,
                                    struct fn_error *err);
void fn_checkpoint_close(struct fn_checkpoint *c); /* NULL-safe */
/* Restores optimiser, head, triplets and position in a trainer that was created from c->model
 * with c->opts. FN_EREFUSED if the data or the options that determine the bits differ. All
 * ranks; their number may differ. */
FN_NODISCARD int fn_trainer_resume(struct fn_trainer *t, const struct fn_checkpoint *c,
                                   struct fn_error *err);

#endif
