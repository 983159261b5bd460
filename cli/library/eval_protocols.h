/* SPDX-License-Identifier: MIT */
/* Protocols that need more than the vectors of a set: groups, videos, pictures made worse, and
 * judging without a network. Figures are added to f; what charts need besides comes back. */
#ifndef FN_CLI_LIBRARY_EVAL_PROTOCOLS_H
#define FN_CLI_LIBRARY_EVAL_PROTOCOLS_H

#include "cli/library/eval.h"
#include "engine/eval/judge.h"

/* ---- thresholds (eval_calibration.c) ---- */

/* The model's thresholds, from all pairs of a set. FN_EREFUSED as fn_calibrate says. */
FN_NODISCARD int fnl_eval_calibrate(struct fnl_eval *e, const struct fn_eval_set *set,
                                    enum fnl_eval_mode mode, struct fn_calibration *ret,
                                    struct fn_error *err);
/* Writes them into a model file, which is made anew beside the one that may be mapped, and
 * takes its place. */
FN_NODISCARD int fnl_calibration_write(const char *path, const struct fn_calibration *c,
                                       struct fn_error *err);

/* ---- groups (eval_clusters.c) ---- */

/* How groups do over the threshold at which they are joined. */
enum { FNL_JOINS_MAX = 64 };
struct fnl_clusters {
    struct fn_partition_score score;
    struct fn_profile_values used; /* the thresholds */
    bool chosen; /* on these pictures, for the model has none; that flatters */
    size_t n;    /* of the following; only when they were asked for */
    double t[FNL_JOINS_MAX];
    struct fn_partition_score at[FNL_JOINS_MAX];
};
FN_NODISCARD int fnl_eval_clusters(struct fnl_eval *e, const struct fn_eval_set *set,
                                   bool joins, struct fn_figures *f, struct fnl_clusters *ret,
                                   struct fn_error *err);

/* ---- videos (eval_videos.c) ---- */

/* The distances of pairs of videos from the first frames of each that have a face. *ret: heap,
 * one for each pair. */
FN_NODISCARD int fnl_eval_videos(struct fnl_eval *e, const struct fn_eval_videos *videos,
                                 const struct fn_eval_pairs *pairs, size_t frames,
                                 struct fn_figures *f, struct fn_pair_d2 **ret,
                                 struct fn_error *err);

/* ---- what makes recognition worse, and what does without it ---- */

/* The model as it is, on pictures as they are: what variants are held against. */
struct fnl_unchanged {
    const struct fn_eval_set *set;
    const struct fn_eval_pairs *pairs;
    struct fn_eval_vectors x;
    struct fn_brief found;
};
FN_NODISCARD int fnl_eval_unchanged(struct fnl_eval *e, const struct fn_eval_set *set,
                                    const struct fn_eval_pairs *pairs, struct fn_figures *f,
                                    struct fnl_unchanged *ret, struct fn_error *err);
void fnl_unchanged_free(struct fnl_unchanged *u); /* safe on zeroes */

/* Figures over a property that was made worse step by step. */
enum { FNL_SWEEP_MAX = 16, FNL_SWEEPS = 3 };
struct fnl_sweep {
    const char *name, *what, *x_title; /* of the file, of the title, of the axis */
    bool log;
    size_t n;
    double x[FNL_SWEEP_MAX];
    struct fn_mean accuracy[FNL_SWEEP_MAX];
    struct fn_interval tar[FNL_SWEEP_MAX];
    double as_accuracy, as_tar; /* nothing made worse */
};
/* JPEG quality, pixels of the face, numbers of a vector (eval_sensitivity.c). */
FN_NODISCARD int fnl_eval_sensitivity(struct fnl_eval *e, const struct fnl_unchanged *u,
                                      struct fn_figures *f, struct fnl_sweep ret[FNL_SWEEPS],
                                      struct fn_error *err);

/* Raw pixels and eigenfaces (eval_baselines.c). train: a folder of pictures that the eigenfaces
 * come from, NULL: those that are judged. ret[0]: raw pixels, ret[1]: eigenfaces; the caller
 * frees their pairs, on failure too. */
FN_NODISCARD int fnl_eval_baselines(struct fnl_eval *e, const struct fnl_unchanged *u,
                                    const char *train, struct fn_figures *f,
                                    struct fn_brief ret[2], struct fn_error *err);

#endif
