/* SPDX-License-Identifier: MIT */
/* Batches: shape, coverage, and that the batch of a step is a function of seed and step
 * alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "engine/train/sampler.h"

/* A data set without files: person i has faces[i] samples. One person in split_every is
 * validation. */
struct world {
    struct fn_dataset d;
    struct fn_sample sample[400];
    uint8_t split[40];
};

static void make_world(struct world *w, const uint32_t *faces, size_t n_people)
{
    memset(w, 0, sizeof *w);
    for (size_t p = 0; p < n_people; p++) {
        for (uint32_t f = 0; f < faces[p]; f++)
            w->sample[w->d.n++] = (struct fn_sample){
                .person = (uint32_t)p, .split = w->split[p], .has_face = f % 2 == 0};
    }
    w->d.samples = w->sample;
    w->d.people_split = w->split;
    w->d.n_people = n_people;
}

static void even_world(struct world *w, size_t people, uint32_t faces)
{
    uint32_t n[40];
    for (size_t i = 0; i < people; i++)
        n[i] = faces;
    make_world(w, n, people);
}

static struct fn_sampler *make(const struct fn_sampler_opts *o)
{
    struct fn_sampler *s = NULL;
    struct fn_error err = {0};
    if (fn_sampler_create(o, &s, &err))
        fail_msg("%s", err.text);
    return s;
}

static size_t distinct(const uint32_t *v, size_t n)
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++) {
        size_t j = 0;
        while (j < i && v[j] != v[i])
            j++;
        count += j == i;
    }
    return count;
}

static void test_batch_shape(void **state)
{
    struct world w;
    uint32_t batch[64];
    (void)state;
    even_world(&w, 12, 7);
    struct fn_sampler *s =
        make(&(struct fn_sampler_opts){.dataset = &w.d, .people = 5, .faces = 4, .seed = 1});
    assert_int_equal(fn_sampler_max(s), 20);
    for (uint64_t step = 0; step < 50; step++) {
        uint32_t who[5];
        assert_int_equal(fn_sampler_batch(s, step, batch), 20);
        assert_int_equal(distinct(batch, 20), 20);
        for (size_t i = 0; i < 20; i++) {
            uint32_t person = w.sample[batch[i]].person;
            assert_int_equal(person, w.sample[batch[i / 4 * 4]].person);
            who[i / 4] = person;
        }
        assert_int_equal(distinct(who, 5), 5);
    }
    fn_sampler_destroy(s);
}

/* Any step alone, in any order, from another sampler: the same batch. Another seed: another
 * batch. */
static void test_step_alone(void **state)
{
    struct world w;
    uint32_t a[32], b[32];
    size_t differ = 0;
    (void)state;
    even_world(&w, 20, 6);
    struct fn_sampler_opts o = {
        .dataset = &w.d, .people = 4, .faces = 3, .extra = 4, .seed = 9};
    struct fn_sampler *s = make(&o), *t = make(&o);
    o.seed = 10;
    struct fn_sampler *u = make(&o);
    for (uint64_t step = 40; step-- > 0;) {
        size_t n = fn_sampler_batch(s, step, a), m = fn_sampler_batch(t, (step * 7) % 40, b);
        assert_int_equal(n, m);
        m = fn_sampler_batch(t, step, b);
        assert_int_equal(n, m);
        assert_memory_equal(a, b, n * sizeof *a);
        assert_int_equal(fn_sampler_batch(u, step, b), n);
        differ += memcmp(a, b, n * sizeof *a) != 0;
    }
    assert_int_equal(differ, 40);
    fn_sampler_destroy(s);
    fn_sampler_destroy(t);
    fn_sampler_destroy(u);
}

/* In one epoch everybody once, except those who did not fill the last batch. Over several
 * epochs everybody, and every face. */
static void test_epochs(void **state)
{
    struct world w;
    uint32_t batch[16];
    size_t people[13] = {0}, faces[13 * 5] = {0};
    (void)state;
    even_world(&w, 13, 5);
    struct fn_sampler *s =
        make(&(struct fn_sampler_opts){.dataset = &w.d, .people = 4, .faces = 2, .seed = 3});
    struct fn_sampler_facts f = fn_sampler_facts(s);
    assert_int_equal(f.epoch_steps, 3);
    assert_int_equal(f.eligible, 13);
    assert_int_equal(f.samples, 65);
    for (uint64_t epoch = 0; epoch < 60; epoch++) {
        size_t in_epoch[13] = {0};
        for (uint64_t i = 0; i < 3; i++) {
            size_t n = fn_sampler_batch(s, epoch * 3 + i, batch);
            for (size_t k = 0; k < n; k++) {
                in_epoch[w.sample[batch[k]].person]++;
                people[w.sample[batch[k]].person]++;
                faces[batch[k]]++;
            }
        }
        for (size_t p = 0; p < 13; p++)
            assert_true(in_epoch[p] == 2 || in_epoch[p] == 0);
    }
    for (size_t p = 0; p < 13; p++)
        assert_in_range(people[p], 2 * 45, 2 * 60); /* 12 of 13 epochs on average: 110 */
    for (size_t i = 0; i < 65; i++)
        assert_in_range(faces[i], 5, 45); /* 22 on average */
    fn_sampler_destroy(s);
}

static void test_few_faces_and_extra(void **state)
{
    static const uint32_t faces[8] = {1, 6, 2, 1, 5, 6, 1, 3};
    struct world w;
    uint32_t batch[64];
    size_t singles = 0;
    (void)state;
    make_world(&w, faces, 8);
    struct fn_sampler *s = make(&(struct fn_sampler_opts){
        .dataset = &w.d, .people = 3, .faces = 4, .extra = 5, .seed = 4});
    assert_int_equal(fn_sampler_facts(s).eligible, 5);
    for (uint64_t step = 0; step < 100; step++) {
        size_t n = fn_sampler_batch(s, step, batch), at = 0;
        bool in_batch[8] = {false};
        assert_in_range(n, 8, fn_sampler_max(s));
        assert_int_equal(distinct(batch, n), n);
        for (int p = 0; p < 3;
             p++) { /* own faces of the people come first: as many as there are, at most 4 */
            uint32_t person = w.sample[batch[at]].person;
            size_t k = faces[person] < 4 ? faces[person] : 4;
            assert_true(k >= 2);
            in_batch[person] = true;
            for (size_t i = 0; i < k; i++)
                assert_int_equal(w.sample[batch[at + i]].person, person);
            at += k;
        }
        assert_true(n > at);
        for (; at < n; at++) {
            assert_false(in_batch[w.sample[batch[at]].person]);
            singles += faces[w.sample[batch[at]].person] == 1;
        }
    }
    assert_true(singles > 20);
    fn_sampler_destroy(s);
}

static void test_subset(void **state)
{
    struct world w;
    uint8_t keep[10];
    uint32_t batch[32];
    (void)state;
    even_world(&w, 10, 6);
    for (size_t p = 0; p < 10; p++) {
        w.split[p] = p >= 7;
        keep[p] = p != 3;
    }
    for (size_t i = 0; i < w.d.n; i++)
        w.sample[i].split = w.split[w.sample[i].person];
    struct fn_sampler *s = make(&(struct fn_sampler_opts){.dataset = &w.d,
                                                          .split = FN_SPLIT_TRAIN,
                                                          .keep = keep,
                                                          .need_face = true,
                                                          .people = 4,
                                                          .faces = 6});
    assert_int_equal(fn_sampler_facts(s).people, 6);
    assert_int_equal(fn_sampler_facts(s).samples, 18);
    for (uint64_t step = 0; step < 30; step++) {
        size_t n = fn_sampler_batch(s, step, batch);
        assert_int_equal(n, 12); /* each of the three faces has a frame */
        for (size_t i = 0; i < n; i++) {
            assert_true(w.sample[batch[i]].has_face);
            assert_true(w.sample[batch[i]].person < 7 && w.sample[batch[i]].person != 3);
        }
    }
    fn_sampler_destroy(s);
}

static void test_flat(void **state)
{
    struct world w;
    uint32_t batch[10], again[10], all[60];
    (void)state;
    even_world(&w, 6, 11);
    struct fn_sampler *s =
        make(&(struct fn_sampler_opts){.dataset = &w.d, .split = FN_SPLIT_TRAIN, .seed = 5});
    for (uint64_t epoch = 0; epoch < 5; epoch++) {
        for (uint64_t i = 0; i < 6; i++) /* 66 samples: 6 do not fill a batch */
            assert_int_equal(fn_sampler_flat(s, epoch * 6 + i, 10, all + 10 * i), 10);
        assert_int_equal(distinct(all, 60), 60);
    }
    fn_sampler_flat(s, 17, 10, batch);
    fn_sampler_flat(s, 3, 10, again);
    assert_memory_not_equal(batch, again, sizeof batch);
    fn_sampler_flat(s, 17, 10, again);
    assert_memory_equal(batch, again, sizeof batch);
    fn_sampler_destroy(s);
}

static void test_more_people_than_there_are(void **state)
{
    struct world w;
    uint32_t batch[32];
    (void)state;
    even_world(&w, 3, 4);
    struct fn_sampler *s = make(&(struct fn_sampler_opts){
        .dataset = &w.d, .people = 8, .faces = 2, .extra = 2, .seed = 5});
    assert_int_equal(fn_sampler_batch(s, 5, batch), 6); /* no people are left for extra faces */
    fn_sampler_destroy(s);
}

static void test_refusals(void **state)
{
    static const uint32_t faces[3] = {1, 4, 1};
    struct world w;
    struct fn_sampler *s = NULL;
    struct fn_error err = {0};
    (void)state;
    make_world(&w, faces, 3);
    struct fn_sampler_opts o = {.dataset = &w.d, .people = 2, .faces = 2};
    assert_int_equal(fn_sampler_create(&o, &s, &err), FN_EUSAGE);
    assert_string_equal(err.text,
                        "1 of 3 people in the split train have 2 faces or more; pairs "
                        "of people need two");
    o.split = FN_SPLIT_TEST;
    assert_int_equal(fn_sampler_create(&o, &s, &err), FN_EUSAGE);
    assert_string_equal(err.text, "no faces to use in the split test");
    o.faces = 0;
    assert_int_equal(fn_sampler_create(&o, &s, &err), FN_EUSAGE);
    assert_null(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_batch_shape),
        cmocka_unit_test(test_step_alone),
        cmocka_unit_test(test_epochs),
        cmocka_unit_test(test_few_faces_and_extra),
        cmocka_unit_test(test_subset),
        cmocka_unit_test(test_flat),
        cmocka_unit_test(test_more_people_than_there_are),
        cmocka_unit_test(test_refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
