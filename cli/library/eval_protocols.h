/* SPDX-License-Identifier: MIT */
/* Protocols that need more than the vectors of a set: clusters, videos, degraded pictures, and
 * baselines without a network. Metrics are added to f; additional values for charts are
 * returned. */
#ifndef FN_CLI_LIBRARY_EVAL_PROTOCOLS_H
#define FN_CLI_LIBRARY_EVAL_PROTOCOLS_H

#include "cli/library/eval.h"
#include "engine/eval/fit_projection.h"
#include "engine/eval/judge.h"

/* ---- thresholds (eval_calibration.c) ---- */

/* The model's thresholds, from all pairs of a set. FN_EREFUSED as in fn_calibrate. */
FN_NODISCARD int fnl_eval_calibrate(struct fnl_eval *e, const struct fn_eval_set *set,
                                    enum fnl_eval_mode mode, struct fn_calibration *ret,
                                    struct fn_error *err);
/* Writes them into a model file. A new file is written and replaces the old one, which may be
 * mapped. */
FN_NODISCARD int fnl_calibration_write(const char *path, const struct fn_calibration *c,
                                       struct fn_error *err);

/* ---- the projection of a joint embedder (eval_features.c) ---- */

/* From the features of the central face of each picture; labels do not count. start: the
 * projection with which the embedder of the profile was joined. *ret_faces: how many faces. The
 * caller frees ret, on failure too. FN_EUSAGE: the embedder is not a joint one; others as of
 * fn_projection_fit. */
FN_NODISCARD int fnl_eval_fit_projection(struct fnl_eval *e, const struct fn_eval_set *s,
                                         const struct fn_projection *start,
                                         struct fn_projection *ret, size_t *ret_faces,
                                         struct fn_error *err);

/* ---- clusters (eval_clusters.c) ---- */

/* Quality of clusters over the threshold at which they are joined. */
enum { FNL_JOINS_MAX = 64 };
struct fnl_clusters {
    struct fn_partition_score score;
    struct fn_profile_values used; /* the thresholds */
    bool chosen; /* chosen on these pictures, because the model has none; the result is
                    optimistic */
    size_t n;    /* of the following arrays; 0 unless requested */
    double t[FNL_JOINS_MAX];
    struct fn_partition_score at[FNL_JOINS_MAX];
};
FN_NODISCARD int fnl_eval_clusters(struct fnl_eval *e, const struct fn_eval_set *set,
                                   bool joins, struct fn_figures *f, struct fnl_clusters *ret,
                                   struct fn_error *err);

/* ---- videos (eval_videos.c) ---- */

/* The distances of pairs of videos, from the first frames of each that have a face. *ret: one
 * for each pair; the caller frees it. */
FN_NODISCARD int fnl_eval_videos(struct fnl_eval *e, const struct fn_eval_videos *videos,
                                 const struct fn_eval_pairs *pairs, size_t frames,
                                 struct fn_figures *f, struct fn_pair_d2 **ret,
                                 struct fn_error *err);

/* ---- degraded pictures, and baselines without a network ---- */

/* The unchanged model on unchanged pictures: the reference for variants. */
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

/* Metrics over a property that is degraded step by step. */
enum { FNL_SWEEP_MAX = 16, FNL_SWEEPS = 3 };
struct fnl_sweep {
    const char *name, *what, *x_title; /* of the file, of the title, of the axis */
    bool log;
    size_t n;
    double x[FNL_SWEEP_MAX];
    struct fn_mean accuracy[FNL_SWEEP_MAX];
    struct fn_interval tar[FNL_SWEEP_MAX];
    double as_accuracy, as_tar; /* without degradation */
};
/* JPEG quality, size of the face in pixels, dimensions of a vector (eval_sensitivity.c). */
FN_NODISCARD int fnl_eval_sensitivity(struct fnl_eval *e, const struct fnl_unchanged *u,
                                      struct fn_figures *f, struct fnl_sweep ret[FNL_SWEEPS],
                                      struct fn_error *err);

/* Raw pixels and eigenfaces (eval_baselines.c). train: a folder of pictures to compute the
 * eigenfaces from; NULL: the pictures that are evaluated. ret[0]: raw pixels, ret[1]:
 * eigenfaces; the caller frees their pairs, on failure too. */
FN_NODISCARD int fnl_eval_baselines(struct fnl_eval *e, const struct fnl_unchanged *u,
                                    const char *train, struct fn_figures *f,
                                    struct fn_brief ret[2], struct fn_error *err);

#endif
