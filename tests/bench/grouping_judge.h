/* SPDX-License-Identifier: MIT */
/* Clusters compared with known people. Independent of how the clusters were computed. */
#ifndef FN_TESTS_BENCH_GROUPING_JUDGE_H
#define FN_TESTS_BENCH_GROUPING_JUDGE_H

#include "engine/eval/metrics.h"

enum { JUDGE_LARGEST = 5 };

struct grouping_verdict {
    struct fn_partition_score score;
    size_t groups,
        impure; /* clusters of two faces or more; those of them with more than one person */
    struct person_pieces {
        size_t faces, pieces,
            main; /* clusters that hold faces of the person; faces in the largest part */
    } largest[JUDGE_LARGEST]; /* the people with most faces */
    size_t n_largest;
};

/* Evaluates the faces i with use[i] (NULL: all). group 0: in no cluster, which is treated as a
 * cluster of one. -ENOMEM. */
FN_NODISCARD int grouping_judge(const uint32_t *person, const uint64_t *group, const bool *use,
                                size_t n, struct grouping_verdict *ret);

#endif
