/* SPDX-License-Identifier: MIT */
/* Dividing a person into parts: values in, values out, no index. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "cli/library/split_person.h"
#include "engine/kernels/vector.h"
#include "tests/property/synth.h"

enum { DAY = 86400, GAP_DAYS = 732, FACES = 60 };

static struct fn_error err;

/* n faces without dates. Keys fall, so that the order of keys is not that of the array. */
static void make(struct fnl_split *s, size_t n)
{
    *s = (struct fnl_split){.n = n};
    s->f = calloc(n, sizeof *s->f);
    assert_non_null(s->f);
    for (size_t i = 0; i < n; i++) {
        struct fnl_part_face *f = &s->f[i];
        f->id = (fn_face_id)(i + 1);
        f->ckey = 1000 - i;
        f->photo = (fn_photo_id)(i + 1);
        f->taken_s = INT64_MAX;
    }
}

static const struct fnl_part_face *face(const struct fnl_split *s, fn_face_id id)
{
    for (size_t i = 0; i < s->n; i++)
        if (s->f[i].id == id)
            return &s->f[i];
    fail_msg("face %u is gone", id);
    abort();
}

static void find(struct fnl_split *s, unsigned by)
{
    if (fnl_split_find(s, by, &err))
        fail_msg("%s", err.text);
}

/* ---- by age ---- */

static void cut_where_two_years_are_empty(void **state)
{
    /* face 1: day 0; 2: the longest gap that does not divide; 3: one second more; 4: unknown */
    static const int64_t days[] = {0, GAP_DAYS, 2 * GAP_DAYS};
    struct fnl_split s;
    (void)state;
    make(&s, 4);
    for (size_t i = 0; i < 3; i++)
        s.f[i].taken_s = days[i] * DAY;
    s.f[2].taken_s++;
    find(&s, FNL_SPLIT_AGE);
    assert_int_equal(s.n_parts, 2);
    assert_int_equal(face(&s, 1)->part, face(&s, 2)->part);
    assert_int_not_equal(face(&s, 2)->part, face(&s, 3)->part);
    assert_int_equal(face(&s, 3)->part, face(&s, 4)->part);
    /* Both parts have two faces. The one with the least key is A. */
    assert_int_equal(face(&s, 4)->part, 0);
    assert_int_equal(s.size[0], 2);
    assert_int_equal(s.first_s[0], face(&s, 3)->taken_s);
    assert_int_equal(s.last_s[0], face(&s, 3)->taken_s);
    assert_int_equal(s.first_s[1], 0);
    assert_int_equal(s.last_s[1], GAP_DAYS * DAY);
    fnl_split_finish(&s);
}

static void largest_is_a_and_the_last_letter_has_the_rest(void **state)
{
    struct fnl_split s;
    (void)state;
    make(&s, 35); /* 30 years apart; five more in the last year */
    for (size_t i = 0; i < s.n; i++)
        s.f[i].taken_s = (int64_t)(i < 30 ? i : 29) * 3 * 366 * DAY;
    find(&s, FNL_SPLIT_AGE);
    assert_int_equal(s.n_parts, FNL_PARTS_MAX);
    assert_int_equal(s.size[0], 6);
    for (fn_face_id id = 30; id <= 35; id++)
        assert_int_equal(face(&s, id)->part, 0);
    for (size_t k = 1; k < FNL_PARTS_MAX - 1; k++)
        assert_int_equal(s.size[k], 1);
    /* 29 parts of one face, by falling key from B on: B has face 29, Y has 6, Z has 1 to 5. */
    assert_int_equal(face(&s, 29)->part, 1);
    assert_int_equal(face(&s, 6)->part, 24);
    assert_int_equal(s.size[FNL_PARTS_MAX - 1], 5);
    for (fn_face_id id = 1; id <= 5; id++)
        assert_int_equal(face(&s, id)->part, FNL_PARTS_MAX - 1);
    fnl_split_finish(&s);
}

/* ---- by appearance ---- */

/* Two people alternately, about 2 apart, with their own faces about .3 apart. limit: of all
 * distances. */
static void make_two(struct fnl_split *s, size_t n, double limit)
{
    static const struct synth synth = {.seed = 9, .within = .3};
    const struct fn_grouping_model m = {
        .single_d2 = limit, .group_d2 = limit, .net_d2 = limit * .8};
    make(s, n);
    fn_grouping_thresholds_of(&m, FN_CLASS_MIN, &s->thresholds);
    for (size_t i = 0; i < n; i++) {
        float x[FN_DIM];
        synth_vector(&synth, (uint32_t)(i % 2), (uint32_t)i, x);
        fn_q14_from_float(s->f[i].x, x, FN_DIM);
        s->f[i].taken_s = (int64_t)(i < 40 ? 0 : 3000) * DAY;
    }
}

static void check_two(struct fnl_split *s)
{
    assert_int_equal(s->n_parts, 2);
    for (size_t i = 0; i < s->n; i++)
        assert_int_equal(face(s, (fn_face_id)(i + 1))->part,
                         face(s, (fn_face_id)(1 + i % 2))->part);
}

static void two_people_are_two_parts(void **state)
{
    /* 1.2 divides them at once; 2.6 joins them until the thresholds are lowered. */
    static const double limits[] = {1.2, 2.6};
    struct fnl_split s;
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        make_two(&s, FACES, limits[i]);
        find(&s, FNL_SPLIT_APPEARANCE);
        check_two(&s);
        assert_int_equal(s.size[0], FACES / 2);
        fnl_split_finish(&s);
    }
}

static void one_person_is_one_part(void **state)
{
    struct fnl_split s;
    (void)state;
    make_two(&s, FACES, 1.2);
    for (size_t i = 0; i < s.n; i++)
        memcpy(s.f[i].x, s.f[0].x, sizeof s.f[i].x);
    find(&s, FNL_SPLIT_APPEARANCE);
    assert_int_equal(s.n_parts, 1);
    assert_int_equal(s.size[0], FACES);
    fnl_split_finish(&s);
}

static void both_ways_at_the_same_time(void **state)
{
    struct fnl_split s;
    (void)state;
    make_two(&s, FACES, 1.2);
    find(&s, FNL_SPLIT_APPEARANCE | FNL_SPLIT_AGE);
    assert_int_equal(s.n_parts, 4);
    for (size_t i = 0; i < s.n; i++) {
        const struct fnl_part_face *f = face(&s, (fn_face_id)(i + 1));
        for (size_t k = 0; k < s.n; k++) {
            const struct fnl_part_face *g = face(&s, (fn_face_id)(k + 1));
            bool alike = i % 2 == k % 2 && f->taken_s == g->taken_s;
            assert_int_equal(f->part == g->part, alike);
        }
    }
    find(&s, FNL_SPLIT_APPEARANCE); /* again, from the faces alone */
    check_two(&s);
    fnl_split_finish(&s);
}

/* ---- choosing ---- */

static void letters_name_parts(void **state)
{
    static const char *const wrong[] = {"C", "", "AB", "1", "@", "z"};
    bool taken[FACES];
    struct fnl_split s;
    (void)state;
    make_two(&s, FACES, 1.2);
    find(&s, FNL_SPLIT_APPEARANCE);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(fnl_split_choose_part(&s, wrong[i], taken, &err), FN_EUSAGE);
    assert_int_equal(fnl_split_choose_part(&s, "b", taken, &err), 0);
    for (size_t i = 0; i < s.n; i++)
        assert_int_equal(taken[i], s.f[i].part == 1);
    assert_int_equal(fnl_split_choose_part(&s, "A", taken, &err), 0);
    for (size_t i = 0; i < s.n; i++)
        assert_int_equal(taken[i], s.f[i].part == 0);
    memset(taken, 0, sizeof taken);
    assert_int_equal(fnl_split_choose_face(&s, s.f[7].id, "f7", taken, &err), 0);
    assert_int_equal(fnl_split_choose_face(&s, 9999, "fdead", taken, &err), FN_EREFUSED);
    assert_non_null(strstr(err.text, "fdead"));
    for (size_t i = 0; i < s.n; i++)
        assert_int_equal(taken[i], i == 7);
    fnl_split_finish(&s);
}

static void nobody_has_no_parts(void **state)
{
    bool taken[1];
    struct fnl_split s;
    (void)state;
    make(&s, 1);
    s.n = 0;
    find(&s, FNL_SPLIT_APPEARANCE | FNL_SPLIT_AGE);
    assert_int_equal(s.n_parts, 0);
    assert_int_equal(fnl_split_choose_part(&s, "A", taken, &err), FN_EUSAGE);
    fnl_split_finish(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cut_where_two_years_are_empty),
        cmocka_unit_test(largest_is_a_and_the_last_letter_has_the_rest),
        cmocka_unit_test(two_people_are_two_parts),
        cmocka_unit_test(one_person_is_one_part),
        cmocka_unit_test(both_ways_at_the_same_time),
        cmocka_unit_test(letters_name_parts),
        cmocka_unit_test(nobody_has_no_parts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
