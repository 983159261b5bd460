/* SPDX-License-Identifier: MIT */
/* The metrics of engine/eval on photos and faces of a photo_set. */
#ifndef FN_TESTS_BENCH_ACCURACY_METRICS_H
#define FN_TESTS_BENCH_ACCURACY_METRICS_H

#include "accuracy_data.h"
#include "engine/eval/metrics.h"

double face_d2(const struct found_face *a, const struct found_face *b);

/* fn_dists_add that does not come back without memory. */
void distances_add(struct fn_dists *d, double x);

/* All pairs of the photos' judged faces: same and different people. A missed face is INFINITY
 * away in same, and is left out of different. */
void all_pairs(const struct photo_set *s,
               const struct found_face *(*judged)(const struct photo *), struct fn_dists *same,
               struct fn_dists *different);

/* Accuracy of same (< t) and different (>= t) pairs; missed: pairs with a missed face, wrong
 * either way. */
double pair_accuracy(const struct fn_dists *same, const struct fn_dists *different,
                     size_t missed, double t);
double best_accuracy(const struct fn_dists *same, const struct fn_dists *different,
                     size_t missed, double *ret_t);

/* Clusters every face of the set as the index does, by the thresholds of v, and judges one face
 * of each photo of a known person. */
struct fn_partition_score
cluster_score(const struct photo_set *s,
              const struct found_face *(*judged)(const struct photo *),
              const struct fn_profile_values *v);

#endif
