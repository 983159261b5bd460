/* SPDX-License-Identifier: MIT */
/* Optimisers compared with their formulas in double, one weight at a time; frozen parts,
 * clipping, gradients that are not finite, schedules; bit-identical for any team. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "engine/base/rng.h"
#include "engine/train/optim.h"

enum { N = 100000, STEPS = 5 };

static float gradient(size_t i, int step)
{
    struct fn_rng r = fn_rng_init((uint64_t)step, i);
    return (float)(fn_rng_uniform(&r) - .5);
}

static double formula(const struct fn_optim_opts *o, double w, size_t i)
{
    double a = (double)o->initial, v = 0, m = 0, lr = .01;
    for (int s = 1; s <= STEPS; s++) {
        double g = (double)gradient(i, s), mu = (double)o->momentum, b2 = (double)o->beta2;
        double wd = (double)o->weight_decay;
        if (o->kind == FN_OPTIM_ADAGRAD) {
            a += g * g;
            w -= lr * g / (sqrt(a) + (double)o->eps);
        } else if (o->kind == FN_OPTIM_MOMENTUM) {
            v = mu * v + g + wd * w;
            w -= lr * v;
        } else {
            m = mu * m + (1 - mu) * g;
            v = b2 * v + (1 - b2) * g * g;
            w -= lr * (m / (1 - pow(mu, s)) / (sqrt(v / (1 - pow(b2, s))) + (double)o->eps) +
                       wd * w);
        }
    }
    return w;
}

static float *run(const struct fn_optim_opts *o, unsigned threads)
{
    struct fn_optim m;
    struct fn_team *team;
    float *w = calloc(N, sizeof *w), *g = calloc(N, sizeof *g);
    assert_int_equal(fn_team_create(threads, &team), 0);
    assert_int_equal(fn_optim_init(&m, o, N), 0);
    for (size_t i = 0; i < N; i++)
        w[i] = gradient(i, 0);
    for (int s = 1; s <= STEPS; s++) {
        double norm, sum = 0;
        for (size_t i = 0; i < N; i++) {
            g[i] = gradient(i, s);
            sum += (double)g[i] * (double)g[i];
        }
        assert_true(fn_optim_step_array(&m, w, N, g, .01, team, &norm));
        assert_true(fabs(norm / sqrt(sum) - 1) < 1e-12);
    }
    free(g);
    fn_optim_finish(&m);
    fn_team_destroy(team);
    return w;
}

static void test_formulas(void **state)
{
    (void)state;
    for (int kind = 0; kind < 3; kind++) {
        struct fn_optim_opts o = fn_optim_default((enum fn_optim_kind)kind);
        o.max_norm = 0;
        o.initial = kind == FN_OPTIM_ADAGRAD ? .1f : 0;
        float *one = run(&o, 1), *three = run(&o, 3);
        assert_memory_equal(one, three, N * sizeof *one);
        for (size_t i = 0; i < N; i += 97)
            assert_true(fabs((double)one[i] - formula(&o, (double)gradient(i, 0), i)) < 1e-5);
        free(one);
        free(three);
    }
}

/* With an empty accumulator, the first step of AdaGrad is lr for every weight, whatever the
 * size of the gradient. */
static void test_adagrad_first_step(void **state)
{
    (void)state;
    struct fn_optim_opts o = fn_optim_default(FN_OPTIM_ADAGRAD);
    o.max_norm = 0;
    struct fn_optim m;
    struct fn_team *team;
    float w[3] = {0}, g[3] = {1e-3f, -5, 200};
    assert_int_equal(fn_team_create(1, &team), 0);
    assert_int_equal(fn_optim_init(&m, &o, 3), 0);
    assert_true(fn_optim_step_array(&m, w, 3, g, .05, team, NULL));
    assert_true(fabsf(w[0] + .05f) < 1e-6f && fabsf(w[1] - .05f) < 1e-6f &&
                fabsf(w[2] + .05f) < 1e-6f);
    fn_optim_finish(&m);
    fn_team_destroy(team);
}

static void test_guards(void **state)
{
    (void)state;
    struct fn_optim_opts o = fn_optim_default(FN_OPTIM_MOMENTUM);
    o.weight_decay = 0;
    o.max_norm = 1;
    struct fn_optim m;
    struct fn_team *team;
    float w[2] = {1, 1}, bad[2] = {1, NAN}, large[2] = {30, 40};
    double norm;
    assert_int_equal(fn_team_create(2, &team), 0);
    assert_int_equal(fn_optim_init(&m, &o, 2), 0);
    assert_false(fn_optim_step_array(&m, w, 2, bad, .1, team, &norm));
    assert_true(w[0] == 1 && w[1] == 1 && m.s1[0] == 0 && m.steps == 0);
    assert_true(fn_optim_step_array(&m, w, 2, large, .1, team, &norm));
    assert_true(norm == 50);
    assert_true(fabsf(w[0] - .94f) < 1e-6f && fabsf(w[1] - .92f) < 1e-6f);
    fn_optim_finish(&m);
    fn_team_destroy(team);
}

static void test_schedule(void **state)
{
    (void)state;
    struct fn_schedule s = {
        .kind = FN_SCHEDULE_COSINE, .warm_up = 9, .total = 109, .floor = .1};
    assert_true(fabs(fn_schedule_at(&s, 0) - .1) < 1e-12);
    assert_true(fabs(fn_schedule_at(&s, 9) - 1) < 1e-12);
    assert_true(fabs(fn_schedule_at(&s, 59) - .55) < 1e-12);
    assert_true(fabs(fn_schedule_at(&s, 500) - .1) < 1e-12);
    s = (struct fn_schedule){.kind = FN_SCHEDULE_STEPS, .total = 80, .factor = .1};
    assert_true(fn_schedule_at(&s, 39) == 1);
    assert_true(fabs(fn_schedule_at(&s, 40) - .1) < 1e-12);
    assert_true(fabs(fn_schedule_at(&s, 79) - .001) < 1e-12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_formulas),
        cmocka_unit_test(test_adagrad_first_step),
        cmocka_unit_test(test_guards),
        cmocka_unit_test(test_schedule),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
