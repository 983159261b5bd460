/* SPDX-License-Identifier: MIT */
/* Triplets: selection compared with its definition, the gradient of the loss compared with
 * difference quotients, collapse. The same for margin softmax. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "engine/base/rng.h"
#include "engine/train/margin.h"
#include "engine/train/triplet.h"

enum { N = 48, DIM = 16, PEOPLE = 6 };

static void unit_vectors(uint64_t seed, float *f, size_t n, size_t dim)
{
    struct fn_rng r = fn_rng_init(seed, 0);
    for (size_t i = 0; i < n; i++) {
        double sum = 0;
        for (size_t k = 0; k < dim; k++) {
            f[i * dim + k] = (float)(fn_rng_uniform(&r) - .5);
            sum += (double)f[i * dim + k] * (double)f[i * dim + k];
        }
        for (size_t k = 0; k < dim; k++)
            f[i * dim + k] /= (float)sqrt(sum);
    }
}

static double d2(const float *f, size_t a, size_t b)
{
    double sum = 0;
    for (size_t k = 0; k < DIM; k++)
        sum += ((double)f[a * DIM + k] - (double)f[b * DIM + k]) *
               ((double)f[a * DIM + k] - (double)f[b * DIM + k]);
    return sum;
}

static void people(uint32_t *person)
{
    for (uint32_t i = 0; i < N; i++)
        person[i] = i % PEOPLE;
}

/* The nearest negative that is farther than the positive, by comparing all of them. */
static size_t nearest_beyond(const float *f, const uint32_t *person, size_t a, double d)
{
    size_t best = SIZE_MAX;
    for (size_t i = 0; i < N; i++)
        if (person[i] != person[a] && d2(f, a, i) > d &&
            (best == SIZE_MAX || d2(f, a, i) < d2(f, a, best)))
            best = i;
    return best;
}

static void test_semi_hard(void **state)
{
    (void)state;
    float f[N * DIM];
    uint32_t person[N];
    people(person);
    for (uint64_t seed = 1; seed <= 20; seed++) {
        struct fn_triplets t = {0};
        struct fn_batch_stats s;
        struct fn_select_opts o = {.margin = .2f};
        unit_vectors(seed, f, N, DIM);
        assert_int_equal(fn_triplet_select(f, person, N, DIM, &o, &t, &s), 0);
        size_t k = 0, pairs = 0;
        for (uint32_t a = 0; a < N; a++)
            for (uint32_t p = 0; p < N; p++) {
                if (a == p || person[a] != person[p])
                    continue;
                pairs++;
                size_t n = nearest_beyond(f, person, a, d2(f, a, p));
                if (n == SIZE_MAX || d2(f, a, n) >= d2(f, a, p) + (double)o.margin)
                    continue;
                assert_true(k < t.n);
                assert_int_equal(t.v[k].anchor, a);
                assert_int_equal(t.v[k].positive, p);
                assert_int_equal(t.v[k].negative, n);
                k++;
            }
        assert_int_equal(k, t.n);
        assert_int_equal(s.pairs, pairs);
        assert_true(k > 0 && !s.collapsed);
        assert_true(s.positive[0] <= s.positive[2] && s.positive[2] <= s.positive[4]);
        fn_triplets_finish(&t);
    }
}

static void test_no_negative(void **state)
{
    (void)state;
    float f[N * DIM];
    uint32_t person[N];
    people(person);
    unit_vectors(3, f, N, DIM);
    struct fn_triplets t[3] = {{0}};
    struct fn_batch_stats s;
    for (unsigned i = 0; i < 3; i++) {
        struct fn_select_opts o = {
            .margin = .02f, .no_negative = (enum fn_no_negative)i, .seed = 9};
        assert_int_equal(fn_triplet_select(f, person, N, DIM, &o, &t[i], &s), 0);
    }
    assert_int_equal(t[FN_NO_NEGATIVE_FARTHEST].n, s.pairs); /* every pair has one */
    assert_true(t[FN_NO_NEGATIVE_SKIP].n < t[FN_NO_NEGATIVE_RANDOM].n);
    for (size_t i = 0; i < t[FN_NO_NEGATIVE_RANDOM].n; i++) {
        const struct fn_triplet *q = &t[FN_NO_NEGATIVE_RANDOM].v[i];
        assert_true(d2(f, q->anchor, q->negative) < d2(f, q->anchor, q->positive) + .02 + 1e-5);
    }
    for (int i = 0; i < 3; i++)
        fn_triplets_finish(&t[i]);
}

static void test_batch_hard(void **state)
{
    (void)state;
    float f[N * DIM];
    uint32_t person[N];
    people(person);
    unit_vectors(4, f, N, DIM);
    struct fn_triplets t = {0};
    struct fn_batch_stats s;
    struct fn_select_opts o = {.selection = FN_SELECT_BATCH_HARD, .margin = .2f};
    assert_int_equal(fn_triplet_select(f, person, N, DIM, &o, &t, &s), 0);
    assert_int_equal(t.n, N);
    for (uint32_t a = 0; a < N; a++)
        for (uint32_t i = 0; i < N; i++) {
            if (i == a)
                continue;
            if (person[i] == person[a])
                assert_true(d2(f, a, i) <= d2(f, a, t.v[a].positive) + 1e-6);
            else
                assert_true(d2(f, a, i) >= d2(f, a, t.v[a].negative) - 1e-6);
        }
    fn_triplets_finish(&t);
}

static void test_gradient(void **state)
{
    (void)state;
    float f[N * DIM], g[N * DIM], none[N * DIM];
    uint32_t person[N];
    people(person);
    unit_vectors(5, f, N, DIM);
    struct fn_triplets t = {0};
    struct fn_batch_stats s, moved;
    struct fn_select_opts o = {.selection = FN_SELECT_BATCH_HARD, .margin = .2f};
    assert_int_equal(fn_triplet_select(f, person, N, DIM, &o, &t, &s), 0);
    assert_int_equal(fn_triplet_loss(f, N, DIM, &t, .2f, g, &s), 0);
    assert_int_equal(s.selected, N);
    for (size_t i = 0; i < N * DIM; i += 7) {
        const float h = 1e-2f, at = f[i];
        double up, down;
        f[i] = at + h;
        assert_int_equal(fn_triplet_loss(f, N, DIM, &t, .2f, none, &moved), 0);
        up = moved.loss;
        f[i] = at - h;
        assert_int_equal(fn_triplet_loss(f, N, DIM, &t, .2f, none, &moved), 0);
        down = moved.loss;
        f[i] = at;
        /* The loss is quadratic between bends: the quotient is exact except for rounding. */
        double step = (double)(float)(at + h) - (double)(float)(at - h);
        assert_true(fabs((up - down) / step - (double)g[i]) < 2e-4);
    }
    fn_triplets_finish(&t);
}

static void test_collapse(void **state)
{
    (void)state;
    float f[N * DIM], g[N * DIM];
    uint32_t person[N];
    people(person);
    unit_vectors(6, f, N, DIM);
    for (size_t i = 1; i < N; i++)
        memcpy(f + i * DIM, f, DIM * sizeof *f);
    struct fn_triplets t = {0};
    struct fn_batch_stats s;
    struct fn_select_opts o = {.selection = FN_SELECT_BATCH_HARD, .margin = .2f};
    assert_int_equal(fn_triplet_select(f, person, N, DIM, &o, &t, &s), 0);
    assert_true(s.collapsed);
    assert_int_equal(fn_triplet_loss(f, N, DIM, &t, .2f, g, &s), 0);
    assert_true(fabs(s.loss - .2) < 1e-6);
    fn_triplets_finish(&t);
}

static double margin_loss_at(struct fn_margin_head *h, const float *f, const uint32_t *person,
                             float *df)
{
    double loss;
    size_t right;
    assert_int_equal(fn_margin_loss(h, f, person, N, df, &loss, &right), 0);
    return loss;
}

/* Difference quotients of the loss by single floats, where it does not bend. */
static void check_margin(struct fn_margin_head *h, float *f, const uint32_t *person, float *v,
                         const float *g, size_t n)
{
    float none[N * DIM];
    double diff = 0, norm = 0;
    for (size_t i = 0; i < n; i += 5) {
        const float step = 4e-3f, at = v[i];
        v[i] = at + step;
        double up = margin_loss_at(h, f, person, none);
        v[i] = at - step;
        double down = margin_loss_at(h, f, person, none);
        v[i] = at;
        double quotient = (up - down) / (2 * (double)step);
        diff += (quotient - (double)g[i]) * (quotient - (double)g[i]);
        norm += quotient * quotient;
    }
    assert_true(norm > 0);
    assert_true(sqrt(diff / norm) < 1e-2);
}

static void test_margin(void **state)
{
    (void)state;
    float f[N * DIM], df[N * DIM], dw[PEOPLE * DIM];
    uint32_t person[N];
    people(person);
    for (int kind = 0; kind < 2; kind++) {
        struct fn_margin_head h;
        unit_vectors(8, f, N, DIM);
        assert_int_equal(fn_margin_init(&h, (enum fn_margin_kind)kind, 4, .3f, PEOPLE, DIM, 1),
                         0);
        margin_loss_at(&h, f, person, df);
        memcpy(dw, h.grad, sizeof dw);
        check_margin(&h, f, person, f, df, N * DIM);
        check_margin(&h, f, person, h.w, dw, PEOPLE * DIM);
        fn_margin_finish(&h);
    }
}

/* Every vector on its own direction: all are right, and the loss is small. None: the loss of
 * guessing or worse. */
static void test_margin_learnt(void **state)
{
    (void)state;
    float f[PEOPLE * DIM], df[PEOPLE * DIM];
    uint32_t person[PEOPLE];
    struct fn_margin_head h;
    assert_int_equal(fn_margin_init(&h, FN_MARGIN_ARC, 32, .5f, PEOPLE, DIM, 2), 0);
    for (uint32_t i = 0; i < PEOPLE; i++)
        person[i] = i;
    unit_vectors(9, f, PEOPLE, DIM);
    memcpy(h.w, f, sizeof f);
    double loss, other;
    size_t right;
    assert_int_equal(fn_margin_loss(&h, f, person, PEOPLE, df, &loss, &right), 0);
    assert_int_equal(right, PEOPLE);
    for (uint32_t i = 0; i < PEOPLE; i++)
        person[i] = (i + 1) % PEOPLE;
    assert_int_equal(fn_margin_loss(&h, f, person, PEOPLE, df, &other, &right), 0);
    assert_int_equal(right, 0);
    assert_true(loss < .1 && other > 10);
    fn_margin_finish(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_semi_hard),     cmocka_unit_test(test_no_negative),
        cmocka_unit_test(test_batch_hard),    cmocka_unit_test(test_gradient),
        cmocka_unit_test(test_collapse),      cmocka_unit_test(test_margin),
        cmocka_unit_test(test_margin_learnt),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
