/* SPDX-License-Identifier: MIT */
/* Groups against known people. Knows nothing of how groups are made. */
#ifndef FN_TESTS_BENCH_GROUPING_JUDGE_H
#define FN_TESTS_BENCH_GROUPING_JUDGE_H

#include "engine/eval/metrics.h"

enum { JUDGE_LARGEST = 5 };

struct grouping_verdict {
    struct fn_partition_score score;
    size_t groups,
        impure; /* groups of two faces or more; of them, those with more than one person */
    struct person_pieces {
        size_t faces, pieces,
            main; /* groups the person's faces are in; faces in the one with most of them */
    } largest[JUDGE_LARGEST]; /* the people with most faces */
    size_t n_largest;
};

/* Judges the faces i with use[i] (NULL: all). group 0: in none, which counts as alone. -ENOMEM.
 */
FN_NODISCARD int grouping_judge(const uint32_t *person, const uint64_t *group, const bool *use,
                                size_t n, struct grouping_verdict *ret);

#endif
