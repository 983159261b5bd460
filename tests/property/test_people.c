/* SPDX-License-Identifier: MIT */
/* People are a function of (faces, labels, thresholds). Random schedules of photos that come
 * and go, labels, undos and redos, with some cluster updates, end in the partition from
 * scratch, and in the partition of a new index with the same photos in another order and the
 * log as text. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/property/plain_people.h"
#include "tests/property/world.h"

static size_t n_schedules(void)
{
    return getenv("FN_TEST_FULL") ? 1000 : 25;
}

/* The steps of one schedule, in transactions of several. */
static void run_schedule(struct world *w, struct fn_rng *r, size_t steps, size_t *n_said)
{
    struct fn_error err = {0};
    for (size_t i = 0; i < steps;) {
        struct fn_txn *t = world_begin(w, true);
        for (size_t batch = 1 + fn_rng_below(r, 4); batch && i < steps; batch--, i++) {
            uint32_t photo = (uint32_t)fn_rng_below(r, w->n_photos);
            uint64_t what = fn_rng_below(r, 10);
            if (what < 5)
                *n_said += world_say(w, t, r);
            else if (w->here[photo] && what < 8)
                world_remove(w, t, photo);
            else if (!w->here[photo])
                world_add(w, t, photo);
            else if (fn_rng_below(r, 3) == 0)
                world_expire(w, t);
        }
        size_t left;
        if (fn_rng_below(r, 2))
            assert_int_equal(fn_people_settle(t, fn_rng_below(r, 3) ? 0 : 8, &left, &err), 0);
        world_commit(t);
    }
}

static void import(struct fn_txn *t, const char *log, size_t n)
{
    struct fn_error err = {0};
    uint64_t n_new, n_skipped, seqs = fn_assert_count(t);
    int rc = fn_labels_import(t, log, n, &n_new, &n_skipped, &err);
    if (rc)
        fail_msg("%d: %s", rc, err.text);
    assert_int_equal(fn_assert_count(t), seqs + n_new);
}

/* Adds the photos of the list, and removes those again that are not here. */
static void add_in_random_order(struct world *w, struct fn_rng *r, const bool *known,
                                const bool *here)
{
    uint32_t order[WORLD_PHOTOS];
    for (uint32_t i = 0; i < w->n_photos; i++) {
        uint32_t j = (uint32_t)fn_rng_below(r, i + 1);
        order[i] = order[j];
        order[j] = i;
    }
    struct fn_txn *t = world_begin(w, true);
    for (uint32_t i = 0; i < w->n_photos; i++) {
        if (known[order[i]])
            world_add(w, t, order[i]);
        if (known[order[i]] && !here[order[i]])
            world_remove(w, t, order[i]);
    }
    world_commit(t);
}

static uint64_t from_scratch(const struct world *old, struct fn_rng *r, const bool *known,
                             const char *log, size_t n, bool log_first)
{
    struct world w;
    struct fn_error err = {0};
    world_open(&w, old->seed);
    w.apart = true;
    struct fn_txn *t = world_begin(&w, true);
    if (log_first)
        import(t, log, n);
    world_commit(t);
    add_in_random_order(&w, r, known, old->here);
    t = world_begin(&w, true);
    if (!log_first)
        import(t, log, n);
    uint64_t hash = world_settled(t), again = 0;
    assert_int_equal(fn_people_rebuild(t, &err), 0);
    assert_int_equal(fn_people_hash(t, &again, &err), 0);
    assert_true(hash == again);
    world_commit(t);
    world_close(&w);
    return hash;
}

static void schedules_end_as_from_scratch(void **state)
{
    (void)state;
    size_t n_said = 0, n_people = 0, n_kept = 0;
    struct plain_trace turns = {0};
    for (uint64_t seed = 1; seed <= n_schedules(); seed++) {
        struct world w;
        struct fn_rng r = fn_rng_init(seed, 77);
        world_open(&w, seed);
        w.apart = true;
        if (w.n_photos == WORLD_PHOTOS) { /* begin with full lists */
            bool all[WORLD_PHOTOS];
            memset(all, true, sizeof all);
            add_in_random_order(&w, &r, all, all);
        }
        run_schedule(&w, &r, 40 + fn_rng_below(&r, 120), &n_said);
        struct fn_txn *t = world_begin(&w, true);
        uint64_t hash = world_settled(t);
        struct fn_grouping_thresholds th = plain_people_thresholds(t, FN_CLASS_MIN);
        size_t n, differ = plain_people_differ(t, &th, &turns);
        if (differ)
            fail_msg("seed %u: %zu faces are in other groups by the plain program",
                     (unsigned)seed, differ);
        assert_int_equal(plain_people_misnamed(t), 0);
        char *log = world_log(t, &n);
        bool known[WORLD_PHOTOS];
        for (uint32_t i = 0; i < w.n_photos; i++) {
            known[i] = world_knows(&w, t, i);
            n_kept += known[i] && !w.here[i];
        }
        world_commit(t);
        if (from_scratch(&w, &r, known, log, n, seed % 2) != hash)
            fail_msg("seed %u: another partition from scratch", (unsigned)seed);
        free(log);
        world_close(&w);
        n_people++;
    }
    assert_true(n_said > n_people * 10 && n_kept > n_people);
    assert_true(turns.count[PLAIN_L1_JOIN_0] > n_people && turns.count[PLAIN_L2_JOIN_1] &&
                turns.count[PLAIN_ATTACHED_POOR] && turns.count[PLAIN_L1_BLOCKED_PERSON] &&
                turns.count[PLAIN_L1_BLOCKED_REJECTION]);
}

/* Every act is undone: the state is as if there had been no labels. */
static void undoing_all_leaves_nothing(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= n_schedules() / 5 + 1; seed++) {
        struct world w;
        struct fn_rng r = fn_rng_init(seed, 78);
        struct fn_error err = {0};
        uint64_t act, before, after;
        world_open(&w, seed);
        w.apart = true;
        struct fn_txn *t = world_begin(&w, true);
        for (uint32_t i = 0; i < w.n_photos; i++)
            world_add(&w, t, i);
        before = world_settled(t);
        for (size_t i = 0; i < 40; i++)
            world_say(&w, t, &r);
        while (!fn_assert_last(t, false, &act))
            assert_int_equal(fn_assert_undo(t, act, "ann", &act, &err), 0);
        after = world_settled(t);
        assert_true(before == after);
        world_commit(t);
        world_close(&w);
    }
}

/* ---- undone acts have no effect ---- */

struct lines {
    struct fn_txn *t;
    struct fn_buf b;
};

static int keep_in_force(const struct fn_assertion *a, void *ctx)
{
    struct lines *l = ctx;
    if (a->kind != FN_ASSERT_UNDO && fn_act_in_force(l->t, a->act)) {
        fn_assertion_format(a, &l->b);
        fn_buf_char(&l->b, '\n');
    }
    return 0;
}

static int describe_person(const struct fn_person_label *p, void *ctx)
{
    char id[FN_PERSON_TEXT];
    fn_person_text(&p->id, id);
    fn_buf_printf(ctx, "%s %s %d\n", id, p->name, p->hidden);
    return 0;
}

static void describe_face(struct fn_buf *b, const struct fn_face_labels *l)
{
    char id[FN_PERSON_TEXT] = "-", member[FN_PERSON_TEXT] = "-";
    if (l->confirmed)
        fn_person_text(&l->person, id);
    if (l->member)
        fn_person_text(&l->member_person, member);
    fn_buf_printf(b, "%s %s %d:", id, member, l->notface);
    for (size_t i = 0; i < l->n_rejected; i++) {
        fn_person_text(&l->rejected[i], id);
        fn_buf_printf(b, " %s", id);
    }
    fn_buf_char(b, '\n');
}

/* Names, hidden persons, and the labels of every face, as text. */
static char *describe(const struct world *w, struct fn_txn *t)
{
    struct fn_buf b;
    fn_buf_init(&b, 1 << 22);
    assert_int_equal(fn_person_label_each(t, describe_person, &b), 0);
    for (uint32_t i = 0; i < w->n_photos; i++) {
        for (uint32_t k = 0; k < world_faces(w, i); k++) {
            struct fn_face_key key = world_face_key(w, i, k);
            struct fn_face_labels l;
            fn_face_id face;
            assert_int_equal(fn_face_by_key(t, &key, &face), 0);
            assert_int_equal(fn_labels_of_face(t, face, &l), 0);
            describe_face(&b, &l);
        }
    }
    fn_buf_char(&b, '.');
    return fn_buf_detach(&b);
}

static void add_all(struct world *w, struct fn_txn *t)
{
    for (uint32_t i = 0; i < w->n_photos; i++)
        world_add(w, t, i);
}

static void undone_is_as_unsaid(void **state)
{
    (void)state;
    size_t n_undone = 0;
    for (uint64_t seed = 1; seed <= n_schedules() / 2 + 1; seed++) {
        struct world a, b;
        struct fn_rng r = fn_rng_init(seed, 79);
        world_open(&a, seed);
        a.apart = true;
        world_open(&b, seed);
        b.apart = true;
        struct fn_txn *t = world_begin(&a, true), *u = world_begin(&b, true);
        add_all(&a, t);
        add_all(&b, u);
        for (size_t i = 0; i < 80; i++)
            world_say(&a, t, &r);
        struct lines l = {.t = t};
        fn_buf_init(&l.b, 1 << 22);
        assert_int_equal(fn_assert_each(t, 1, keep_in_force, &l), 0);
        import(u, fn_buf_cstr(&l.b), l.b.len);
        n_undone += fn_assert_count(t) - fn_assert_count(u);
        char *x = describe(&a, t), *y = describe(&b, u);
        assert_string_equal(x, y);
        assert_true(world_settled(t) == world_settled(u));
        free(x);
        free(y);
        fn_buf_finish(&l.b);
        world_commit(t);
        world_commit(u);
        world_close(&a);
        world_close(&b);
    }
    assert_true(n_undone > n_schedules());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(schedules_end_as_from_scratch),
        cmocka_unit_test(undoing_all_leaves_nothing),
        cmocka_unit_test(undone_is_as_unsaid),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
