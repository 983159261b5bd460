/* SPDX-License-Identifier: MIT */
/* A training run from its first step to its last: steps, figures on held-out people, the log,
 * checkpoints, the model. It lives in a folder: train.ckpt (and train.ckpt.1, the one before),
 * train.csv, model.fnm. Values in and values out; what happens meanwhile is told to callbacks.
 */
#ifndef FN_ENGINE_TRAIN_RUN_H
#define FN_ENGINE_TRAIN_RUN_H

#include "engine/base/paths.h"
#include "engine/train/held_out.h"

struct fn_run_places {
    char dir[FN_PATH_MAX], checkpoint[FN_PATH_MAX], log[FN_PATH_MAX], model[FN_PATH_MAX];
};
/* Below dir, whose "~" is expanded. -ENAMETOOLONG. */
FN_NODISCARD int fn_run_places_of(const char *dir, struct fn_run_places *ret,
                                  struct fn_error *err);

struct fn_run_settings {
    const struct fn_run_places *places;  /* the folder exists */
    const struct fn_model *model;        /* begun with; a resumed run: the checkpoint's */
    const struct fn_checkpoint *resumed; /* NULL: a new run */
    bool random_weights;                 /* the model's are drawn: fitted first, as opts say */
    const struct fn_dataset *data;
    const struct fn_picture_source *pictures;
    struct fn_train_opts opts;
    struct fn_comm *comm; /* this process among those that train: rank 0 writes */
    uint64_t checkpoint_every, eval_every; /* steps; 0: never. Both also after the last step */
};

/* What callbacks are told of the run. */
struct fn_run_state {
    const struct fn_trainer *trainer;
    const struct fn_train_opts *opts; /* as they are in force */
    size_t n_held_out;                /* samples that are judged */
    uint64_t first_step;              /* done before this part of the run */
    double seconds;                   /* of this part of it */
};
/* Each may be NULL. Those of rank 0 alone are so marked. */
struct fn_run_events {
    void (*begun)(void *arg, const struct fn_run_state *s); /* rank 0 */
    /* After each step, when it is in the log. held: NULL when it was not measured at this step.
     * Rank 0. */
    void (*stepped)(void *arg, const struct fn_run_state *s, const struct fn_train_report *r,
                    const struct fn_held_out_figures *held);
    /* All embeddings are nearly the same: told once. Rank 0. */
    void (*collapsed)(void *arg, uint64_t step);
    /* The gradient was not finite: the step changed nothing. Rank 0. */
    void (*skipped)(void *arg, uint64_t step);
    /* A picture of this rank that cannot be used, "'PATH': why"; the first few. */
    void (*left_out)(void *arg, const char *reason);
    /* Asked before each step: end now, saved. */
    bool (*stop)(void *arg);
    void *arg;
};

struct fn_run_result {
    uint64_t steps;                  /* done */
    bool stopped;                    /* before the last one, saved */
    bool has_thresholds;             /* the model carries its own */
    struct fn_held_out_figures held; /* of the last step, when it was judged */
    bool judged;
};
/* All ranks. ret is set as far as the run came, on failure too. */
FN_NODISCARD int fn_run(const struct fn_run_settings *s, const struct fn_run_events *e,
                        struct fn_run_result *ret, struct fn_error *err);

#endif
