/* SPDX-License-Identifier: MIT */
/* Results from distances and vectors, compared with counts by hand on small sets; and
 * thresholds of a model. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/rng.h"
#include "engine/eval/calibrate.h"
#include "engine/eval/judge.h"

enum { DIM = 16, PEOPLE = 40, EACH = 6, N = PEOPLE * EACH };

static double value(const struct fn_figures *f, const char *group, const char *key)
{
    for (size_t i = 0; i < f->n; i++)
        if (!strcmp(f->v[i].group, group) && !strcmp(f->v[i].key, key))
            return f->v[i].value;
    fail_msg("no figure %s.%s", group, key);
    return 0;
}

static void near(double a, double b)
{
    if (!(fabs(a - b) < 1e-9))
        fail_msg("%.12f instead of %.12f", a, b);
}

/* People are directions, and their faces are around them. noise 0: one vector per person. */
static void make_set(struct fn_eval_set *s, struct fn_eval_vectors *v, double noise)
{
    struct fn_error err = {0};
    char name[32];
    for (uint32_t p = 0; p < PEOPLE; p++) {
        (void)snprintf(name, sizeof name, "person%02u", p);
        uint32_t person = fn_eval_person(s, name);
        for (uint32_t i = 0; i < EACH; i++) {
            size_t at;
            (void)snprintf(name, sizeof name, "%u/%u.jpg", p, i);
            assert_int_equal(fn_eval_picture(s, name, person, &at), 0);
        }
    }
    assert_int_equal(fn_eval_vectors_init(v, s, DIM, &err), 0);
    assert_int_equal(v->n, N);
    for (size_t i = 0; i < N; i++) {
        struct fn_rng who = fn_rng_init(v->person[i], 1), own = fn_rng_init(i, 2);
        double sum = 0, x[DIM];
        for (int k = 0; k < DIM; k++) {
            x[k] = fn_rng_uniform(&who) - .5 + noise * (fn_rng_uniform(&own) - .5);
            sum += x[k] * x[k];
        }
        for (int k = 0; k < DIM; k++)
            v->x[i * DIM + (size_t)k] = (float)(x[k] / sqrt(sum));
        v->found[i] = 1;
    }
}

static void test_pairs(void **state)
{
    /* Two folds. At .5, one pair of each kind is wrong; a missed face always is. */
    static const struct fn_pair_d2 pairs[] = {
        {.2f, 0, true},   {.3f, 0, true},  {.9f, 0, true}, {1.2f, 0, false}, {.4f, 0, false},
        {1.5f, 0, false}, {.25f, 1, true}, {NAN, 1, true}, {1.1f, 1, false}, {1.4f, 1, false}};
    struct fn_figures f = {0};
    struct fn_verification v;
    struct fn_error err = {0};
    (void)state;
    assert_int_equal(fn_judge_pairs(&f, "pairs", pairs, 10, .5, &v, &err), 0);
    near(value(&f, "pairs", "pairs"), 10);
    near(value(&f, "pairs", "missed"), 1);
    near(value(&f, "pairs", "accuracy_fixed"), .7);
    near(value(&f, "pairs", "accuracy"), v.accuracy.mean);
    assert_int_equal(f.n_folds, 2);
    near(f.fold[1].accuracy, v.fold_accuracy[1]);
    assert_false(f.failed);
    fn_figures_finish(&f);
    /* Without a threshold in use there is no result for it. */
    assert_int_equal(fn_judge_pairs(&f, "other", pairs, 10, (double)NAN, &v, &err), 0);
    for (size_t i = 0; i < f.n; i++)
        assert_string_not_equal(f.v[i].key, "accuracy_fixed");
    assert_int_equal(f.n_folds, 0);
    fn_figures_finish(&f);
}

static void test_identities(void **state)
{
    struct fn_eval_set s = {0};
    struct fn_eval_vectors v = {0};
    struct fn_figures f = {0};
    struct fn_all_pairs all = {0};
    struct fn_error err = {0};
    (void)state;
    make_set(&s, &v, 0);
    const struct fn_vectors x = fn_eval_vectors_view(&v, s.n_people);
    assert_int_equal(fn_judge_identities(&f, &x, &all, &err), 0);
    near(value(&f, "identities", "people"), PEOPLE);
    near(value(&f, "identities", "same_pairs"), PEOPLE * EACH * (EACH - 1) / 2);
    near(value(&f, "identities", "different_pairs"),
         N * (N - 1) / 2 - PEOPLE * EACH * (EACH - 1) / 2);
    near(value(&f, "identities", "tar_1e3"), 1);
    near(value(&f, "identities", "rank1"), 1);
    fn_all_pairs_free(&all);
    fn_figures_finish(&f);
    fn_eval_vectors_free(&v);
    fn_eval_set_free(&s);
}

static void test_difference(void **state)
{
    struct fn_eval_set s = {0}, same = {0};
    struct fn_eval_vectors good = {0}, bad = {0};
    struct fn_eval_pairs pairs = {0};
    struct fn_judged a = {0}, b = {0};
    struct fn_figures f = {0};
    struct fn_error err = {0};
    char verdict[FN_VERDICT_MAX];
    (void)state;
    make_set(&s, &good, .8);
    make_set(&same, &bad, 3);
    assert_int_equal(fn_eval_pairs_make(&s, 10, 30, 1, &pairs, &err), 0);
    assert_int_equal(fn_judge_model(&f, "A", &good, s.n_people, &pairs, &a, &err), 0);
    assert_int_equal(fn_judge_model(&f, "B", &bad, s.n_people, &pairs, &b, &err), 0);
    assert_int_equal(fn_judge_difference(&f, &a, &b, pairs.n, verdict, &err), 0);
    assert_memory_equal(verdict, "B is worse", 10);
    assert_true(value(&f, "difference", "accuracy") < 0);
    near(value(&f, "difference", "accuracy"),
         value(&f, "B", "accuracy") - value(&f, "A", "accuracy"));
    fn_figures_finish(&f);
    assert_int_equal(fn_judge_difference(&f, &a, &a, pairs.n, verdict, &err), 0);
    assert_memory_equal(verdict, "no difference", 13);
    near(value(&f, "difference", "gained"), 0);
    fn_figures_finish(&f);
    fn_judged_free(&a);
    fn_judged_free(&b);
    fn_eval_pairs_free(&pairs);
    fn_eval_vectors_free(&good);
    fn_eval_vectors_free(&bad);
    fn_eval_set_free(&s);
    fn_eval_set_free(&same);
}

/* The distance of each threshold accepts its share of the impostor pairs, counted one by
 * one. */
static void test_calibrate(void **state)
{
    struct fn_eval_set s = {0};
    struct fn_eval_vectors v = {0};
    struct fn_calibration c = {0}, again = {0};
    struct fn_error err = {0};
    (void)state;
    make_set(&s, &v, .9);
    const struct fn_vectors x = fn_eval_vectors_view(&v, s.n_people);
    assert_int_equal(fn_calibrate(&x, true, &c, &err), 0);
    size_t impostors = 0, accepted = 0;
    for (size_t i = 0; i < N; i++)
        for (size_t k = 0; k < i; k++)
            if (v.person[i] != v.person[k]) {
                impostors++;
                accepted += fn_eval_d2(v.x + i * DIM, v.x + k * DIM, DIM) < (double)c.far_d2[0];
            }
    assert_int_equal(impostors, c.different_pairs);
    double far = (double)accepted / (double)impostors;
    assert_true(fabs(far - fn_calibration_fars[0]) < 2e-4);
    assert_int_equal(c.people, PEOPLE);
    assert_true(c.flip && c.pair_d2 > 0 && c.net_d2 <= c.single_d2 &&
                c.single_d2 <= c.group_d2);
    /* The same result again in one process. */
    assert_int_equal(fn_calibrate(&x, true, &again, &err), 0);
    near((double)c.pair_d2, (double)again.pair_d2);
    near((double)c.logistic_a, (double)again.logistic_a);
    /* Too few people; and one vector for all. */
    const struct fn_vectors few = {v.x, 2 * EACH, DIM, v.person, 2, v.found};
    assert_int_equal(fn_calibrate(&few, false, &again, &err), FN_EREFUSED);
    for (size_t i = DIM; i < (size_t)N * DIM; i++)
        v.x[i] = v.x[i - DIM];
    assert_int_equal(fn_calibrate(&x, false, &again, &err), FN_EREFUSED);
    fn_eval_vectors_free(&v);
    fn_eval_set_free(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pairs),
        cmocka_unit_test(test_identities),
        cmocka_unit_test(test_difference),
        cmocka_unit_test(test_calibrate),
    };
    return cmocka_run_group_tests_name("judge", tests, NULL, NULL);
}
