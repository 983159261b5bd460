/* SPDX-License-Identifier: MIT */
/* The evaluation of clusters, on a partition computed by hand. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/bench/grouping_judge.h"

/* Person 1: four faces in cluster 10, one alone in no cluster. Person 2: two in 20, one in 10.
 * Person 3: one in no cluster, one in 30. */
static const uint32_t person[] = {1, 1, 1, 1, 1, 2, 2, 2, 3, 3};
static const uint64_t group[] = {10, 10, 10, 10, 0, 20, 20, 10, 0, 30};
enum { N = sizeof person / sizeof *person };

static void near(double a, double b)
{
    assert_true(fabs(a - b) < 1e-12);
}

static void test_all(void **state)
{
    struct grouping_verdict v;
    (void)state;
    assert_int_equal(grouping_judge(person, group, NULL, N, &v), 0);
    assert_int_equal(v.groups, 2);
    assert_int_equal(v.impure, 1);
    near(v.score.precision, 7. / 11); /* pairs: 10 in cluster 10, 6 are correct; 1 in 20 */
    near(v.score.recall, 7. / 14);    /* 10 + 3 + 1 pairs of one person */
    near(v.score.b3_precision, (4 * .8 + .2 + 2 + 3) / 10);
    near(v.score.b3_recall, (4 * .8 + .2 + 2 * 2. / 3 + 1. / 3 + 2 * .5) / 10);
    assert_int_equal(v.n_largest, 3);
    assert_int_equal(v.largest[0].faces, 5);
    assert_int_equal(v.largest[0].pieces, 2);
    assert_int_equal(v.largest[0].main, 4);
    assert_int_equal(v.largest[1].faces, 3);
    assert_int_equal(v.largest[1].pieces, 2);
    assert_int_equal(v.largest[1].main, 2);
    assert_int_equal(v.largest[2].pieces, 2);
    assert_int_equal(v.largest[2].main, 1);
}

/* Faces that are left out have no effect: without the wrong face of person 2 nothing is
 * impure. */
static void test_some(void **state)
{
    bool use[N];
    struct grouping_verdict v;
    (void)state;
    for (size_t i = 0; i < N; i++)
        use[i] = i != 7;
    assert_int_equal(grouping_judge(person, group, use, N, &v), 0);
    assert_int_equal(v.impure, 0);
    near(v.score.precision, 1);
    near(v.score.recall, 7. / 12);
    assert_int_equal(v.largest[1].faces, 2);
    assert_int_equal(v.largest[1].pieces, 1);
}

/* Only the five people with most faces are listed, the largest first. */
static void test_largest(void **state)
{
    uint32_t who[28];
    uint64_t in[28];
    struct grouping_verdict v;
    size_t n = 0;
    (void)state;
    for (uint32_t p = 1; p <= 7; p++) {
        for (uint32_t i = 0; i < p; i++, n++) {
            who[n] = p;
            in[n] = p;
        }
    }
    assert_int_equal(grouping_judge(who, in, NULL, n, &v), 0);
    assert_int_equal(v.n_largest, JUDGE_LARGEST);
    for (size_t i = 0; i < JUDGE_LARGEST; i++)
        assert_int_equal(v.largest[i].faces, 7 - i);
    near(v.score.b3_f, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_all), cmocka_unit_test(test_some),
                                       cmocka_unit_test(test_largest)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
