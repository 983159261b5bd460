/* SPDX-License-Identifier: MIT */
/* A training run from its first step to its last: steps, metrics on held-out people, the log,
 * checkpoints, the model. It has a folder with train.ckpt (and train.ckpt.1, the previous one),
 * train.csv and model.fnm. It takes and returns values; events are reported to callbacks. */
#ifndef FN_ENGINE_TRAIN_RUN_H
#define FN_ENGINE_TRAIN_RUN_H

#include "engine/base/paths.h"
#include "engine/train/held_out.h"

struct fn_run_places {
    char dir[FN_PATH_MAX], checkpoint[FN_PATH_MAX], log[FN_PATH_MAX], model[FN_PATH_MAX];
};
/* The paths below dir; its "~" is expanded. -ENAMETOOLONG. */
FN_NODISCARD int fn_run_places_of(const char *dir, struct fn_run_places *ret,
                                  struct fn_error *err);

struct fn_run_settings {
    const struct fn_run_places *places;  /* the folder exists */
    const struct fn_model *model;        /* initial; if resumed: that of the checkpoint */
    const struct fn_checkpoint *resumed; /* NULL: a new run */
    bool random_weights;                 /* of the model: fitted first, as opts specify */
    const struct fn_dataset *data;
    const struct fn_picture_source *pictures;
    struct fn_train_opts opts;
    struct fn_comm *comm;                  /* the ranks of the run; rank 0 writes */
    uint64_t checkpoint_every, eval_every; /* steps; 0: never. Both also after the last step */
    const char *kept; /* words of the caller, kept in `extra` of checkpoints; NULL: none */
};

/* State of the run, for callbacks. */
struct fn_run_state {
    const struct fn_trainer *trainer;
    const struct fn_train_opts *opts; /* in effect */
    size_t n_held_out;                /* samples that are evaluated */
    const char *why_no_figures;       /* of held-out people; NULL: there will be some */
    uint64_t first_step;              /* steps before this part of the run */
    double seconds;                   /* duration of this part */
};
/* Each may be NULL. Those that only rank 0 calls are marked. */
struct fn_run_events {
    void (*begun)(void *arg, const struct fn_run_state *s); /* rank 0 */
    /* After each step, when it is in the log. held: NULL if not measured at this step. Rank
     * 0. */
    void (*stepped)(void *arg, const struct fn_run_state *s, const struct fn_train_report *r,
                    const struct fn_held_out_figures *held);
    /* All embeddings have become nearly equal. Called once. Rank 0. */
    void (*collapsed)(void *arg, uint64_t step);
    /* The gradient was not finite, so the step changed nothing. Rank 0. */
    void (*skipped)(void *arg, uint64_t step);
    /* A picture of this rank that cannot be used: "'PATH': why". Only the first few. */
    void (*left_out)(void *arg, const char *reason);
    /* Called before each step. True: save and stop now. */
    bool (*stop)(void *arg);
    void *arg;
};

struct fn_run_result {
    uint64_t steps;                  /* done */
    bool stopped;                    /* before the last step; the run is saved */
    bool has_thresholds;             /* the model has its own thresholds */
    struct fn_held_out_figures held; /* of the last step, if measured there */
    bool judged;
};
/* All ranks. ret is set as far as the run got, also on failure. */
FN_NODISCARD int fn_run(const struct fn_run_settings *s, const struct fn_run_events *e,
                        struct fn_run_result *ret, struct fn_error *err);

#endif
