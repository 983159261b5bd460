/* Figures of merit: verification of pairs, partitions against truth, detection against boxes. */
#ifndef FN_TESTS_BENCH_ACCURACY_METRICS_H
#define FN_TESTS_BENCH_ACCURACY_METRICS_H

#include "accuracy_data.h"

double face_d2(const struct found_face *a, const struct found_face *b);

/* A list of distances, sorted by distances_sort. */
struct distances {
    float *v;
    size_t n, size;
};
void distances_add(struct distances *d, double x);
void distances_sort(struct distances *d);
void distances_free(struct distances *d);
double distances_below(const struct distances *d, double t); /* share < t of all, sorted */
double distances_quantile(const struct distances *d, double q);

enum { PAIR_MISSED = 4 }; /* distance of a pair with a missed face: nobody's */

/* All pairs of the photos' judged faces: same and different people. Missed faces count as PAIR_MISSED in same, and are
 * left out of different. */
void all_pairs(const struct photo_set *s,
               const struct found_face *(*judged)(const struct photo *), struct distances *same,
               struct distances *different);

/* Accuracy of same (< t) and different (>= t) pairs; missed: pairs with a missed face, wrong either way. */
double pair_accuracy(const struct distances *same, const struct distances *different,
                     size_t missed, double t);
double best_accuracy(const struct distances *same, const struct distances *different,
                     size_t missed, double *ret_t);

/* Logistic regression of same against different on d2, both classes with equal weight: p = 1 / (1 + exp(-(a - b d2))). */
void fit_logistic(const struct distances *same, const struct distances *different,
                  double *ret_a, double *ret_b);

struct partition_score {
    double precision, recall;             /* of pairs */
    double b3_precision, b3_recall, b3_f; /* BCubed (Bagga & Baldwin 1998) */
    size_t n_groups, n_missed, n_judged;
};
struct cluster_rule {
    double cluster_d2, neighbour_d2, strict_d2, min_quality;
};
/* Clusters every face of the set as the index does and judges one face of each photo of a known person. A missed face has
 * precision and recall 0. */
struct partition_score cluster_score(const struct photo_set *s,
                                     const struct found_face *(*judged)(const struct photo *),
                                     const struct cluster_rule *rule);

#endif
