/* SPDX-License-Identifier: MIT */
/* Thresholds and the size class, as docs/decisions/grouping.md specifies them. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <math.h>

#include "engine/base/rng.h"
#include "index/grouping/grouping.h"

static uint64_t power_of_4(unsigned k)
{
    uint64_t ret = 1;
    while (k--)
        ret *= 4;
    return ret;
}

static unsigned fresh_class(uint64_t n)
{
    unsigned k = FN_CLASS_MIN;
    while (k < FN_CLASS_MAX && n >= power_of_4(k + 1))
        k++;
    return k;
}

static void class_of_a_new_library(void **state)
{
    (void)state;
    for (unsigned k = 0; k <= 15; k++) {
        uint64_t n = power_of_4(k);
        for (uint64_t around = n - 1; around <= n + 1; around++)
            assert_int_equal(fn_grouping_class(around, 0), fresh_class(around));
    }
}

/* Up at the upper limit, down below three quarters of the lower one, and unchanged in
 * between. */
static void class_moves_late(void **state)
{
    (void)state;
    for (unsigned now = FN_CLASS_MIN; now <= FN_CLASS_MAX; now++) {
        uint64_t low = power_of_4(now), high = power_of_4(now + 1), stay = low / 4 * 3;
        bool least = now == FN_CLASS_MIN, most = now == FN_CLASS_MAX;
        assert_int_equal(fn_grouping_class(low, now), now);
        assert_int_equal(fn_grouping_class(stay, now), now);
        assert_int_equal(fn_grouping_class(stay - 1, now), least ? now : now - 1);
        assert_int_equal(fn_grouping_class(high - 1, now), now);
        assert_int_equal(fn_grouping_class(high, now), most ? now : now + 1);
        assert_int_equal(fn_grouping_class(0, now), FN_CLASS_MIN);
        assert_int_equal(fn_grouping_class(UINT64_MAX, now), FN_CLASS_MAX);
    }
}

/* Compares a threshold with a real number, in the unit of the integers. Rounding changes it by
 * less than 1. */
static void assert_near(uint32_t got, double d2)
{
    assert_true(fabs(got - (d2 < 0 ? 0 : d2 * 268435456)) <= 1);
}

static void thresholds_by_class(void **state)
{
    (void)state;
    struct fn_rng r = fn_rng_init(1, 9);
    size_t n_bounded = 0, n_zero = 0;
    for (int i = 0; i < 1000; i++) {
        struct fn_grouping_model m = {.single_d2 = .1 + .9 * fn_rng_uniform(&r),
                                      .group_d2 = .1 + fn_rng_uniform(&r),
                                      .net_d2 = .6 * fn_rng_uniform(&r),
                                      .decade_d2 = .3 * fn_rng_uniform(&r)};
        for (unsigned k = FN_CLASS_MIN - 1; k <= FN_CLASS_MAX + 1; k++) {
            struct fn_grouping_thresholds t;
            unsigned held = k < FN_CLASS_MIN   ? FN_CLASS_MIN
                            : k > FN_CLASS_MAX ? FN_CLASS_MAX
                                               : k;
            fn_grouping_thresholds_of(&m, k, &t);
            double decades = log10(2 * (double)power_of_4(held) / 10000),
                   t1 = m.single_d2 - .65 * m.decade_d2 * decades,
                   t2 = m.group_d2 - .33 * m.decade_d2 * decades, most = t1 - .6 * m.decade_d2;
            assert_near(t.level1[3], t1);
            assert_near(t.level2[3], t2);
            static const double above2[] = {-.05, .03, .06, .1};
            for (int s = 0; s < 4; s++)
                assert_near(t.attach[s],
                            t2 + (s || held > 5 ? above2[s] * m.decade_d2 / .15 : 0));
            assert_near(t.large, m.group_d2 - t2);
            assert_near(t.net, m.net_d2 < most ? m.net_d2 : most);
            n_bounded += most < m.net_d2;
            n_zero += most < 0;
            static const double below1[] = {.2, .1, .05, 0}, below2[] = {.1, .05, .02, 0};
            for (int s = 0; s < 4; s++) {
                assert_near(t.level1[s], t1 - below1[s] * m.decade_d2 / .15);
                assert_near(t.level2[s], t2 - below2[s] * m.decade_d2 / .15);
            }
        }
    }
    assert_true(n_bounded > 100 && n_zero > 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(class_of_a_new_library),
        cmocka_unit_test(class_moves_late),
        cmocka_unit_test(thresholds_by_class),
    };
    return cmocka_run_group_tests_name("grouping-class", tests, NULL, NULL);
}
