/* SPDX-License-Identifier: MIT */
/* The metrics of engine/eval for photos and faces of a photo_set. */
#ifndef FN_TESTS_BENCH_ACCURACY_METRICS_H
#define FN_TESTS_BENCH_ACCURACY_METRICS_H

#include "accuracy_data.h"
#include "engine/eval/metrics.h"

double face_d2(const struct found_face *a, const struct found_face *b);

/* fn_dists_add that ends the program when out of memory. */
void distances_add(struct fn_dists *d, double x);

/* All pairs of the evaluated faces of the photos: pairs of one person and of different people.
 * In same, a missed face is at distance INFINITY. In different, it is left out. */
void all_pairs(const struct photo_set *s,
               const struct found_face *(*judged)(const struct photo *), struct fn_dists *same,
               struct fn_dists *different);

/* Accuracy of same pairs (< t) and different pairs (>= t). missed: number of pairs with a
 * missed face, which are wrong in both cases. */
double pair_accuracy(const struct fn_dists *same, const struct fn_dists *different,
                     size_t missed, double t);
double best_accuracy(const struct fn_dists *same, const struct fn_dists *different,
                     size_t missed, double *ret_t);

/* Clusters every face of the set as the index does, with the thresholds of v. Evaluates one
 * face of each photo of a known person. */
struct fn_partition_score
cluster_score(const struct photo_set *s,
              const struct found_face *(*judged)(const struct photo *),
              const struct fn_profile_values *v);

#endif
