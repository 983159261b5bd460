/* SPDX-License-Identifier: MIT */
/* fnq train: what its files share.
 *
 * A run lives in a folder (--out): train.ckpt (and train.ckpt.1, the one before), train.csv,
 * model.fnm. The data's faces are found once, by the sandboxed worker, through the cache of fnq
 * eval; the photos themselves are then read by the loader's threads. */
#ifndef FN_CLI_TRAIN_H
#define FN_CLI_TRAIN_H

#include "cli/eval.h"
#include "engine/train/train.h"
#include "engine/work/pool.h"

struct fnq_train_held_out {
    bool measured;
    size_t faces, people;
    double accuracy, accuracy_error;   /* of pairs, ten folds */
    double tar3, tar4;                 /* at FAR 1e-3 and 1e-4 over all impostor pairs */
    struct fn_calibration calibration; /* pair_d2 0: none */
    char why_none[160];
};

struct fnq_train {
    struct fnq_ctx *ctx;
    struct fn_comm *comm; /* this process among those that train; rank 0 speaks and writes */
    char dir[FN_PATH_MAX], checkpoint[FN_PATH_MAX], csv[FN_PATH_MAX], result[FN_PATH_MAX];
    struct fn_worker_pool *pool; /* decodes */
    struct fn_picture_source pictures;
    struct fn_dataset *data;
    struct fn_model *opened; /* from a file or a checkpoint */
    struct fn_model made;    /* from an architecture */
    struct fn_graph_builder *builder;
    const struct fn_model *model; /* one of the two */
    float template[5][2]; /* eyes, nose, corners of the mouth in the unit square of the face
                             frame */
    struct fn_checkpoint resumed;
    struct fn_train_opts o;
    struct fn_trainer *trainer;
    double widest;              /* largest median distance of different people so far */
    uint64_t every, eval_every; /* steps between checkpoints, between figures */
    uint64_t images;            /* so far */
    size_t n_unusable_said;     /* pictures left out that were said */
    bool stopped;               /* by a signal, before the last step */
    double seconds_before;      /* of the parts of this run that came before */
    uint64_t started_ns, said_ns;
    int csv_fd;
    uint32_t *held_out; /* samples that are judged */
    size_t n_held_out;
};

/* ---- train_pictures.c ---- */

/* t->pictures: workers that decode for the loader, as many as it has threads. */
FN_NODISCARD int fnq_train_pictures(struct fnq_train *t, struct fn_error *err);

/* ---- train_data.c ---- */

/* Reads the data (a folder, a list, or with --labels the index: path is NULL) and finds the
 * face in every picture. */
FN_NODISCARD int fnq_train_data(struct fnq_train *t, const char *path, bool centre,
                                struct fn_error *err);
/* Once the network is known, before its data: where its chips have the five landmarks, which a
 * model that was imported says itself. */
void fnq_train_template(struct fnq_train *t);
/* The frame of five landmarks in pixels: eyes, nose, corners of the mouth. */
struct fn_similarity fnq_train_frame(const struct fnq_train *t, const float points[5][2]);
/* Where landmarks lie in the unit square of the frame: for the models that are trained here. */
void fnq_train_align(struct fn_align *a, uint32_t width, uint32_t height, float frame);

/* ---- train_labels.c ---- */

/* t->data from the faces confirmed in the index, frames and all. FN_EUSAGE when there are none.
 */
FN_NODISCARD int fnq_train_labels(struct fnq_train *t, struct fn_error *err);

/* ---- train_net.c ---- */

/* A built-in network's name, a model file, or the name of an installed model. */
FN_NODISCARD int fnq_train_net(struct fnq_train *t, const char *name, uint64_t dim,
                               struct fn_error *err);
/* What the run trains on and from, into the card of the network it begins with; checkpoints
 * keep it. */
void fnq_train_provenance(struct fnq_train *t);
/* "DATE: N steps by LOSS, M pictures". held: NULL or not measured, nothing is said of it. */
void fnq_train_note(struct fn_card *c, const struct fn_train_opts *o, uint64_t steps,
                    uint64_t images, const struct fnq_train_held_out *held);
/* What a network being trained lacks to be used as a model. */
void fnq_train_finish_model(struct fn_model *m, const struct fn_train_opts *o);
/* Writes model.fnm from the weights as they are, with where they come from and the thresholds
 * measured on held; held may be NULL. */
FN_NODISCARD int fnq_train_write_model(struct fnq_train *t,
                                       const struct fnq_train_held_out *held,
                                       struct fn_error *err);

/* ---- train_report.c ---- */

FN_NODISCARD int fnq_train_log_open(struct fnq_train *t, struct fn_error *err);
FN_NODISCARD int fnq_train_log(struct fnq_train *t, const struct fn_train_report *r,
                               const struct fnq_train_held_out *held, struct fn_error *err);
void fnq_train_progress(struct fnq_train *t, const struct fn_train_report *r, bool last);
double fnq_train_seconds(const struct fnq_train *t);

/* ---- train_held_out.c ---- */

enum { FNQ_HELD_OUT_MIN = 20 }; /* people; fewer give no figures */

/* People of the validation split, at most so many pictures. None: nothing is measured. */
FN_NODISCARD int fnq_train_choose_held_out(struct fnq_train *t, struct fn_error *err);
FN_NODISCARD int fnq_train_measure(struct fnq_train *t, struct fnq_train_held_out *ret,
                                   struct fn_error *err);

#endif
