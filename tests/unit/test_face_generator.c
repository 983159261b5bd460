/* SPDX-License-Identifier: MIT */
/* Generated faces: properties on which tests and benchmarks depend. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/bench/face_generator.h"

enum { N = 5000 };

struct dealt {
    struct face_world w;
    struct face_place *f;
    size_t stranger;
};

static struct dealt deal(uint64_t seed, size_t n, size_t people)
{
    struct dealt d;
    face_world_init(&d.w, seed, NULL);
    assert_int_equal(face_world_deal(&d.w, n, people, &d.f, &d.stranger), 0);
    return d;
}

static void test_photos(void **state)
{
    (void)state;
    struct dealt d = deal(1, N, 0);
    size_t first = 0, several = 0;
    assert_int_equal(d.f[0].photo, 0);
    for (size_t i = 1; i < N; i++) {
        bool same = d.f[i].photo == d.f[i - 1].photo;
        assert_true(same || d.f[i].photo == d.f[i - 1].photo + 1);
        first = same ? first : i;
        several += same;
        assert_true(i - first < FACE_PHOTO_MAX);
        for (size_t k = first; k < i; k++)
            assert_int_not_equal(d.f[k].person, d.f[i].person);
    }
    assert_true(several > N / 10);
    free(d.f);
}

/* Every face of a person once, and as many people as requested. */
static void test_people(void **state)
{
    static const size_t people[] = {1, 7, N / 5, N, 2 * N};
    (void)state;
    for (size_t p = 0; p < sizeof people / sizeof *people; p++) {
        struct dealt d = deal(1, N, people[p]);
        uint32_t *count = calloc(N, sizeof *count), *sum = calloc(N, sizeof *sum);
        size_t there = 0;
        assert_non_null(count);
        assert_non_null(sum);
        for (size_t i = 0; i < N; i++) {
            assert_true(d.f[i].person < N);
            count[d.f[i].person]++;
            sum[d.f[i].person] += d.f[i].number;
        }
        for (size_t i = 0; i < N; i++) {
            there += count[i] > 0;
            assert_true(count[i] == 0 || sum[i] == count[i] * (count[i] - 1) / 2);
        }
        assert_int_equal(there, people[p] < N ? people[p] : N);
        free(count);
        free(sum);
        free(d.f);
    }
}

static void test_strangers(void **state)
{
    (void)state;
    struct dealt d = deal(3, N, 0);
    size_t strangers = 0;
    for (size_t i = 0; i < N; i++) {
        strangers += d.f[i].person >= d.stranger;
        assert_true(d.f[i].person < d.stranger || d.f[i].number == 0);
    }
    assert_int_equal(strangers, (size_t)(d.w.shape.strangers * N));
    free(d.f);
    struct face_place *none = NULL;
    assert_true(face_world_deal(&d.w, 0, 0, &none, &strangers) < 0);
}

/* A face does not depend on the other faces. Another seed is another world. */
static void test_rows(void **state)
{
    struct face_world w, again, other;
    const struct face_place at = {.person = 11, .session = 2, .number = 9};
    float a[FN_DIM], b[FN_DIM], c[FN_DIM], qa, qb;
    unsigned ta, tb;
    double length = 0, away = 0;
    (void)state;
    face_world_init(&w, 5, NULL);
    face_world_init(&again, 5, NULL);
    face_world_init(&other, 6, NULL);
    face_world_row(&w, &at, a, &qa, &ta);
    for (uint32_t i = 0; i < 50; i++)
        face_world_row(&again, &(struct face_place){.person = i}, b, &qb, &tb);
    face_world_row(&again, &at, b, &qb, &tb);
    assert_memory_equal(a, b, sizeof a);
    assert_true(memcmp(&qa, &qb, sizeof qa) == 0 && ta == tb);
    face_world_row(&other, &at, c, &qb, &tb);
    for (int k = 0; k < FN_DIM; k++) {
        length += (double)a[k] * (double)a[k];
        away += ((double)a[k] - (double)c[k]) * ((double)a[k] - (double)c[k]);
    }
    assert_true(fabs(length - 1) < 1e-6);
    assert_true(away > .5);
}

/* The quality shows which faces are of low quality, and their share is as specified. */
static void test_quality(void **state)
{
    struct dealt d = deal(2, N, 0);
    size_t poor = 0;
    (void)state;
    for (size_t i = 0; i < N; i++) {
        float x[FN_DIM], quality;
        unsigned traits;
        face_world_row(&d.w, &d.f[i], x, &quality, &traits);
        assert_true(quality >= 0 && quality <= 1);
        assert_int_equal((traits & FACE_POOR) != 0, quality < .45f);
        poor += (traits & FACE_POOR) != 0;
    }
    assert_true(poor > N * 6 / 100 && poor < N * 10 / 100);
    free(d.f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_photos), cmocka_unit_test(test_people),
        cmocka_unit_test(test_strangers), cmocka_unit_test(test_rows),
        cmocka_unit_test(test_quality)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
