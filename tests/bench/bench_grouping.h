/* SPDX-License-Identifier: MIT */
/* Private to bench_grouping: what its modes share. */
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

/* Prints and leaves the program when r is not 0. */
void bench_must(int r, const char *what);

struct bench_locality {
    size_t trials;
    /* Of deletions and insertions: share of trials in which another face, another good face
     * went over to another group; mean CPU. */
    double touched[2], touched_good[2], us[2];
    size_t differ; /* faces that are in another group at the end than in b->group */
};
/* Takes `trials` random faces out and puts them back in another order, one at a time; prints
 * what each update changed and looked at.
 * */
struct bench_locality bench_locality(const struct bench *b, size_t trials);
/* Puts the faces in so many random orders and batches; returns how many orders did not end in
 * b->group. */
size_t bench_orders(const struct bench *b, size_t orders);

#endif
