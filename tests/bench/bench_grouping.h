/* SPDX-License-Identifier: MIT */
/* Private to bench_grouping: shared by its modes. */
#ifndef FN_TESTS_BENCH_BENCH_GROUPING_H
#define FN_TESTS_BENCH_BENCH_GROUPING_H

#include "index/grouping/grouping.h"
#include "tests/bench/face_set.h"

struct bench {
    struct face_set set;
    bool *good;
    size_t n_good;
    unsigned size_class;
    struct fn_grouping_thresholds t;
    struct fn_grouping_face *faces; /* id: row + 1 */
    uint64_t *group;                /* of fn_group_faces */
    uint64_t seed;
};

/* Prints an error and exits when r is not 0. */
void bench_must(int r, const char *what);

struct bench_locality {
    size_t trials;
    /* Deletions and insertions: share of trials in which another face, or another good face,
     * moved to another cluster; mean CPU time. */
    double touched[2], touched_good[2], us[2];
    size_t differ; /* faces that are in another cluster at the end than in b->group */
};
/* Removes `trials` random faces and inserts them again in another order, one at a time. Prints
 * what each update changed and examined. */
struct bench_locality bench_locality(const struct bench *b, size_t trials);
/* Inserts the faces in `orders` random orders and batches. Returns how many of them did not end
 * in b->group. */
size_t bench_orders(const struct bench *b, size_t orders);

#endif
