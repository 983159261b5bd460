/* SPDX-License-Identifier: MIT */
/* What a redo would bring back is checked as what is said anew is: an act that contradicts one
 * that was said since stays undone, and the message names that one. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "index/labels/labels.h"
#include "tests/property/world.h"

static struct world w;
static struct fn_txn *t;
static struct fn_error err;

static int open_world(void **state)
{
    (void)state;
    world_open(&w, 1);
    t = world_begin(&w, true);
    for (uint32_t i = 0; i < 4; i++)
        world_add(&w, t, i);
    return 0;
}

static int close_world(void **state)
{
    (void)state;
    world_settled(t);
    world_commit(t);
    world_close(&w);
    return 0;
}

static uint64_t say(struct fn_assertion a)
{
    uint64_t act = 0;
    a.time_us = 1;
    memcpy(a.author, "ann", 4);
    if (fn_assert_append(t, &a, 1, &act, &err))
        fail_msg("%s", err.text);
    return act;
}

static uint64_t about(uint8_t kind, uint32_t photo, uint32_t person)
{
    struct fn_assertion a = {.kind = kind, .face = world_face_key(&w, photo, 0)};
    if (kind != FN_ASSERT_NOTFACE && kind != FN_ASSERT_ISFACE)
        a.person = world_person(person);
    return say(a);
}

static uint64_t merge(uint32_t from, uint32_t into)
{
    return say((struct fn_assertion){
        .kind = FN_ASSERT_MERGE, .person = world_person(from), .object = world_person(into)});
}

static void undo(uint64_t act)
{
    if (fn_assert_undo(t, act, "ann", NULL, &err))
        fail_msg("%s", err.text);
}

static void redo(uint64_t act)
{
    if (fn_assert_redo(t, act, "ann", NULL, &err))
        fail_msg("%s", err.text);
    assert_true(fn_act_in_force(t, act));
}

static void assert_refused(uint64_t act, const char *words)
{
    uint64_t n = fn_assert_count(t);
    assert_int_equal(fn_assert_redo(t, act, "ann", NULL, &err), FN_EREFUSED);
    if (!strstr(err.text, words))
        fail_msg("not '%s': %s", words, err.text);
    assert_int_equal(fn_assert_count(t), n);
    assert_false(fn_act_in_force(t, act));
}

static void a_name_against_a_rejection(void **state)
{
    (void)state;
    uint64_t is = about(FN_ASSERT_IS, 0, 0), no;
    undo(is);
    no = about(FN_ASSERT_NOT, 0, 0);
    assert_refused(is, "to change your mind, undo L3");
    undo(no);
    redo(is);
    assert_refused(no, "was confirmed as");
    /* another person, another face */
    about(FN_ASSERT_NOT, 0, 1);
    about(FN_ASSERT_NOT, 1, 0);
    undo(is);
    redo(is);
}

static void a_name_against_no_face(void **state)
{
    (void)state;
    uint64_t is = about(FN_ASSERT_IS, 0, 0), none;
    undo(is);
    none = about(FN_ASSERT_NOTFACE, 0, 0);
    assert_refused(is, "was marked as no face");
    undo(none);
    redo(is);
    assert_refused(none, "was confirmed as");
}

static void a_name_that_a_newer_one_replaced(void **state)
{
    (void)state;
    struct fn_face_key k = world_face_key(&w, 0, 0);
    struct fn_person_id one = world_person(1);
    struct fn_face_labels l;
    fn_face_id face;
    uint64_t is = about(FN_ASSERT_IS, 0, 0);
    undo(is);
    about(FN_ASSERT_IS, 0, 1);
    redo(is); /* without effect: the newer one counts, as if it had never been undone */
    assert_int_equal(fn_face_by_key(t, &k, &face), 0);
    assert_int_equal(fn_labels_of_face(t, face, &l), 0);
    assert_true(l.confirmed && fn_person_eq(&l.person, &one));
}

static void a_merge_against_a_rejection(void **state)
{
    (void)state;
    uint64_t m, no;
    about(FN_ASSERT_IS, 0, 0);
    m = merge(0, 1);
    undo(m);
    no = about(FN_ASSERT_NOT, 0, 1);
    assert_refused(m, "rejected as");
    undo(no);
    redo(m);
    assert_refused(no, "was confirmed as");
    undo(m);
    merge(1, 0); /* the other way round: they are one already */
    assert_refused(m, "in a circle");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_name_against_a_rejection, open_world, close_world),
        cmocka_unit_test_setup_teardown(a_name_against_no_face, open_world, close_world),
        cmocka_unit_test_setup_teardown(a_name_that_a_newer_one_replaced, open_world,
                                        close_world),
        cmocka_unit_test_setup_teardown(a_merge_against_a_rejection, open_world, close_world),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
