/* SPDX-License-Identifier: MIT */
/* Naming, merging and hiding people: changes and reports. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "cli/library/hide_people.h"
#include "cli/library/merge_people.h"
#include "cli/library/name_person.h"
#include "tests/unit/library_fixture.h"

static void name(const char *who, const char *to, uint32_t n_faces)
{
    struct fnl_naming n = {.who = who, .name = to};
    lf_must(fnl_name_person(lf_lib, FNL_KEEP, &n, &lf_result, &lf_err));
    assert_int_equal(n.person.n_faces, n_faces);
    assert_int_equal(lf_result.n_changed, n_faces);
}

/* The id "p7k3..." of the person to whom a face is now assigned. */
static void person_of(fn_face_id face, char ret[FN_PERSON_TEXT], char *name_ret, size_t size)
{
    struct fnl_fact f;
    lf_must(fnl_read_begin(lf_lib, &lf_err));
    lf_must(fnl_fact_get(fnl_txn(lf_lib), face, &f, &lf_err));
    fnl_read_end(lf_lib);
    assert_true(f.person.is);
    fn_person_text(&f.person.id, ret);
    (void)snprintf(name_ret, size, "%s", f.person.name);
}

static void names_are_taken_once(void **state)
{
    char id[FN_PERSON_TEXT], other[FN_PERSON_TEXT], text[FN_PERSON_NAME_MAX];
    fn_face_id a, b;
    (void)state;
    lf_find("path:person-0/0.jpg", &a, 1);
    lf_find("path:person-1/0.jpg", &b, 1);
    person_of(a, id, text, sizeof text);
    person_of(b, other, text, sizeof text);
    name(id, "Ann Berg", 10);
    struct fnl_naming n = {.who = other, .name = "ann berg"};
    assert_int_equal(fnl_name_person(lf_lib, FNL_KEEP, &n, &lf_result, &lf_err), FN_EREFUSED);
    assert_true(n.taken);
    assert_string_equal(n.owner.name, "Ann Berg");
    assert_int_equal(n.owner.n_faces, 10);
    n.same_name = true;
    lf_must(fnl_name_person(lf_lib, FNL_KEEP, &n, &lf_result, &lf_err));
    n = (struct fnl_naming){.who = other, .name = ""};
    assert_int_equal(fnl_name_person(lf_lib, FNL_KEEP, &n, &lf_result, &lf_err), FN_EUSAGE);
    person_of(a, id, text, sizeof text);
    n = (struct fnl_naming){.who = id, .name = "Ann Berg", .same_name = true};
    lf_must(fnl_name_person(lf_lib, FNL_KEEP, &n, &lf_result, &lf_err));
    assert_int_equal(lf_result.n_already, 10);
    assert_int_equal(lf_result.n_changed, 0);
}

/* Person 0 and person 1 share group.jpg. */
static void merge_0_into_1(struct fnl_merging *m, bool take_all)
{
    static char from[FN_PERSON_TEXT], into[FN_PERSON_TEXT];
    char text[FN_PERSON_NAME_MAX];
    fn_face_id a, b;
    lf_find("path:person-0/0.jpg", &a, 1);
    lf_find("path:person-1/0.jpg", &b, 1);
    person_of(a, from, text, sizeof text);
    person_of(b, into, text, sizeof text);
    *m = (struct fnl_merging){.from_who = from, .into_who = into, .take_all = take_all};
    lf_must(fnl_merge_people(lf_lib, FNL_KEEP, m, &lf_result, &lf_err));
}

static void a_merge_leaves_conflicts_out(void **state)
{
    struct fnl_merging m;
    fn_face_id faces[64];
    (void)state;
    merge_0_into_1(&m, false);
    assert_int_equal(m.from.n_faces, 10);
    assert_int_equal(m.into.n_faces, 7);
    assert_int_equal(lf_result.n_conflicts, 1);
    assert_int_equal(m.n_stay, 1);
    assert_int_equal(lf_result.n_changed, 9);
    fnl_merging_finish(&m);
    lf_find("path:person-1/0.jpg", faces, 1);
    char id[FN_PERSON_TEXT], text[FN_PERSON_NAME_MAX];
    person_of(faces[0], id, text, sizeof text);
    assert_int_equal(lf_find(id, faces, 64), 16);
}

static void a_merge_takes_confirmed_faces(void **state)
{
    struct fnl_merging m;
    struct fnl_labelling l;
    fn_face_id group[3];
    (void)state;
    assert_int_equal(lf_find("path:group.jpg", group, 3), 3);
    for (size_t i = 0; i < 3; i++) {
        static const char *const who[] = {"Left", "Middle", "Right"};
        lf_must(lf_label(FNL_KEEP, FN_ASSERT_IS, who[i], &group[i], 1, &l));
    }
    struct fnl_merging by_name = {.from_who = "Left", .into_who = "Middle"};
    lf_must(fnl_merge_people(lf_lib, FNL_TRY, &by_name, &lf_result, &lf_err));
    assert_int_equal(lf_result.n_conflicts, 1);
    assert_int_equal(by_name.n_stay, 0);
    assert_int_equal(lf_result.n_changed, by_name.from.n_faces);
    fnl_merging_finish(&by_name);
    m = (struct fnl_merging){.from_who = "Left", .into_who = "Left"};
    assert_int_equal(fnl_merge_people(lf_lib, FNL_KEEP, &m, &lf_result, &lf_err), FN_EREFUSED);
    fnl_merging_finish(&m);
    merge_0_into_1(&m, true);
    assert_int_equal(m.n_stay, 0);
    assert_int_equal(lf_result.n_changed, m.from.n_faces);
    fnl_merging_finish(&m);
}

static void hiding_counts_those_hidden_before(void **state)
{
    char id[FN_PERSON_TEXT], text[FN_PERSON_NAME_MAX];
    fn_face_id face;
    (void)state;
    lf_find("path:person-2/0.jpg", &face, 1);
    person_of(face, id, text, sizeof text);
    name(id, "Cleo", 7);
    char *who[] = {(char[]){"Cleo"}};
    struct fnl_hiding h = {
        .who = who, .n_who = 1, .hide = true, .unnamed = true, .max_photos = 6};
    lf_must(fnl_hide_people(lf_lib, FNL_KEEP, &h, &lf_result, &lf_err));
    assert_int_equal(lf_result.n_changed, 3); /* Cleo, person 3, the stranger */
    assert_int_equal(h.n_people, 3);
    h = (struct fnl_hiding){.who = who, .n_who = 1, .hide = true};
    lf_must(fnl_hide_people(lf_lib, FNL_KEEP, &h, &lf_result, &lf_err));
    assert_int_equal(lf_result.n_changed, 0);
    assert_int_equal(lf_result.n_already, 1);
    assert_int_equal(lf_result.act, 0);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, lf_open, lf_close)
    const struct CMUnitTest tests[] = {
        TEST(names_are_taken_once),
        TEST(a_merge_leaves_conflicts_out),
        TEST(a_merge_takes_confirmed_faces),
        TEST(hiding_counts_those_hidden_before),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
