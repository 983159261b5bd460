/* SPDX-License-Identifier: MIT */
/* Metrics for faces. Distances are squared Euclidean distances of unit vectors, 0 to 4.
 * "Accepted" means d2 < threshold.
 *
 * A face that was not found has no vector. A pair with such a face is wrong at any threshold: a
 * genuine pair is never accepted (distance INFINITY); an impostor pair is an error in the
 * accuracy and is ignored in false-accept rates. Everything here is a function of its
 * arguments. Random numbers come from the seed. */
#ifndef FN_ENGINE_EVAL_METRICS_H
#define FN_ENGINE_EVAL_METRICS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/base/error.h"

/* ---- a list of distances (roc.c) ---- */

struct fn_dists {
    float *v; /* ascending after fn_dists_sort, which all functions below that read it need */
    size_t n, cap;
};
FN_NODISCARD int fn_dists_add(struct fn_dists *d, double d2); /* 0 or -ENOMEM */
void fn_dists_sort(struct fn_dists *d);
void fn_dists_free(struct fn_dists *d);
size_t fn_dists_below(const struct fn_dists *d, double t);
double fn_dists_share(const struct fn_dists *d, double t); /* below t, of all; 0 when empty */
double fn_dists_quantile(const struct fn_dists *d,
                         double q); /* v[floor(q n)]; NAN when empty */

/* Area under the ROC curve: the probability that a genuine pair is closer than an impostor
 * pair; ties count half. NAN when one list is empty. */
double fn_roc_auc(const struct fn_dists *same, const struct fn_dists *different);
/* The rate at which false accepts and false rejects are equally frequent, with linear
 * interpolation between steps. */
double fn_roc_eer(const struct fn_dists *same, const struct fn_dists *different,
                  double *ret_threshold);
/* Logistic regression of same against different on d2, with equal weight for both classes:
 * p(same) = 1 / (1 + exp(-(a - b d2))). Missed pairs are left out. */
void fn_fit_logistic(const struct fn_dists *same, const struct fn_dists *different,
                     double *ret_a, double *ret_b);

/* ---- pairs in folds (folds.c, paired.c): the protocol of Labeled Faces in the Wild ---- */

struct fn_pair_d2 {
    float d2; /* NAN: a face was missed */
    uint32_t fold;
    bool same;
};
struct fn_mean {
    double mean,
        error; /* standard error of the mean over folds; of a share when there is one fold */
};
enum { FN_FOLDS_MAX = 64 };
struct fn_verification {
    size_t n, n_same, n_missed, n_folds;
    /* The threshold of a fold is the one of 0, .01 .. 4 that is best on the other folds (the
     * least of equal ones). With a single fold it is chosen on the same pairs, so the result is
     * optimistic. */
    struct fn_mean accuracy;
    double fold_accuracy[FN_FOLDS_MAX], fold_threshold[FN_FOLDS_MAX];
    double best_accuracy, best_threshold; /* over all pairs, step .001 */
    /* Genuine pairs accepted at the threshold whose false-accept rate on the other folds is
     * far_target. Thresholds in steps of .001, with linear interpolation. far: that rate on the
     * fold itself. */
    double far_target;
    struct fn_mean val, far;
    double auc, eer, eer_threshold;
};
FN_NODISCARD int fn_verify(const struct fn_pair_d2 *pairs, size_t n, double far_target,
                           struct fn_verification *ret, struct fn_error *err);
double fn_pair_accuracy(const struct fn_pair_d2 *pairs, size_t n, double threshold);
/* B compared with A on the same list of pairs, each with its own thresholds of the folds. */
struct fn_paired {
    struct fn_mean accuracy; /* B minus A; error of the mean difference of a fold */
    size_t n_gained, n_lost; /* pairs that only B, or only A, decides correctly */
};
/* FN_EUSAGE: the lists do not have the same pairs. */
FN_NODISCARD int fn_paired_accuracy(const struct fn_pair_d2 *a, const struct fn_pair_d2 *b,
                                    size_t n, const struct fn_verification *va,
                                    const struct fn_verification *vb, struct fn_paired *ret);
/* The pairs as two sorted lists. Missed impostor pairs are left out. */
FN_NODISCARD int fn_pairs_split(const struct fn_pair_d2 *pairs, size_t n, struct fn_dists *same,
                                struct fn_dists *different);

/* ---- vectors of known people (all_pairs.c, tar.c, identification.c) ---- */

struct fn_vectors {
    const float *x; /* n x dim, unit length */
    size_t n, dim;
    const uint32_t *person; /* of each: 0 .. n_people - 1 */
    size_t n_people;
    const uint8_t *found; /* 0: missed, the vector is not read; NULL: all are there */
};

struct fn_impostor {
    float d2;
    uint32_t a, b; /* people */
};
enum { FN_D2_BINS = 1 << 16 }; /* of d2 in [0, 4] */
struct fn_all_pairs {
    struct fn_dists same;  /* sorted; INFINITY where a face was missed */
    uint32_t *same_person; /* in the order in which genuine pairs were found, like same_d2 */
    float *same_d2;
    uint64_t n_different;     /* impostor pairs with both faces */
    uint64_t *different_bins; /* FN_D2_BINS: number of pairs in each bin */
    struct fn_impostor *tail; /* the closest impostor pairs, ascending */
    size_t n_tail;
};
/* Visits every pair once. tail_share: the share of the closest impostor pairs that is stored.
 * It should be a few times the largest false-accept rate that will be used. Inner products are
 * computed in blocks by a matrix product. 10,000 vectors take about a second. */
FN_NODISCARD int fn_all_pairs_run(const struct fn_vectors *v, double tail_share,
                                  struct fn_all_pairs *ret, struct fn_error *err);
void fn_all_pairs_free(struct fn_all_pairs *p); /* NULL-safe */

struct fn_interval {
    double value;            /* of the data without resampling */
    double error, low, high; /* standard deviation and 95 % interval over resamples */
};
/* Genuine pairs below the exact quantile of the impostor distances. NAN when there are fewer
 * than 1 / far impostor pairs. */
double fn_tar_at_far(const struct fn_all_pairs *p, double far, double *ret_threshold);
/* The distance below which there is that share of the impostor pairs. If that would be fewer
 * than `events` pairs, it is extrapolated on the line through the distances of `events` and ten
 * times as many pairs (d2 over the logarithm of the share), but not below half the former. NAN
 * when the stored tail has fewer pairs. */
double fn_d2_at_far(const struct fn_all_pairs *p, double far, size_t events);
/* The same with its spread over resampled people. */
FN_NODISCARD int fn_tar_interval(const struct fn_all_pairs *p, const struct fn_vectors *v,
                                 double far, size_t resamples, uint64_t seed,
                                 struct fn_interval *ret, struct fn_error *err);

/* The second minus the first, over the same people, each at its own threshold. Both are
 * resampled together. */
FN_NODISCARD int fn_tar_difference(const struct fn_all_pairs *const p[2],
                                   const struct fn_vectors *const v[2], double far,
                                   size_t resamples, uint64_t seed, struct fn_interval *ret,
                                   struct fn_error *err);

struct fn_ranks {
    size_t n_gallery, n_probes, n_right;
    double rank1; /* probes whose nearest gallery picture is of the same person */
    /* Open set: every second person is not in the gallery. Share of the probes of the others
     * that find the right person below the threshold at which 1 % of the probes of strangers
     * find anybody. */
    size_t n_known, n_strangers;
    double open_rate, open_threshold;
};
/* Gallery: the first picture of each person. Probes: all others. A missed probe, and a probe of
 * a person whose first picture was missed, is wrong. */
FN_NODISCARD int fn_ranks_run(const struct fn_vectors *v, struct fn_ranks *ret,
                              struct fn_error *err);

/* ---- clusters compared with people (partition.c) ---- */

struct fn_partition_score {
    size_t n, n_missed, n_people, n_groups,
        n_impure;                         /* n_impure: clusters with more than one person */
    double precision, recall, f;          /* of pairs */
    double b3_precision, b3_recall, b3_f; /* BCubed (Bagga & Baldwin 1998) */
    double purity; /* faces that belong to the most frequent person of their cluster */
};
#define FN_GROUP_MISSED UINT32_MAX
/* group[i]: equal numbers are one cluster. For FN_GROUP_MISSED, precision and recall are 0. */
FN_NODISCARD int fn_partition_judge(const uint32_t *person, const uint32_t *group, size_t n,
                                    struct fn_partition_score *ret);

/* ---- how certain a result is (bootstrap.c) ---- */

/* Writes to out the statistics of the data in which person p occurs weight[p] times. */
typedef void (*fn_bootstrap_fn)(const uint32_t *weight, void *ctx, double *out);
enum { FN_BOOTSTRAP_DEFAULT = 2000 };
/* Resamples people with replacement. The statistics of one call share the resample: a
 * difference of two models is paired if f computes the difference itself. Resamples with a
 * statistic that is not finite are left out of that statistic. */
FN_NODISCARD int fn_bootstrap(size_t n_people, size_t resamples, uint64_t seed,
                              fn_bootstrap_fn f, void *ctx, size_t n_out,
                              struct fn_interval *ret, struct fn_error *err);

#endif
