/* SPDX-License-Identifier: MIT */
/* All faces are clustered again when thresholds or the size class change: in small units, while
 * photos come and go and labels change. Until the last unit the clusters are those of the old
 * thresholds, after it those of the new ones. The plain program confirms both at any time. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "index/ingest/ingest.h"
#include "index/people/settle.h"
#include "index/people/settle_priv.h"
#include "index/store/tables.h"
#include "tests/property/plain_people.h"
#include "tests/property/synth.h"
#include "tests/property/world.h"

static struct fn_error err;
static struct plain_trace turns;

static bool full(void)
{
    return getenv("FN_TEST_FULL") != NULL;
}

static bool same(const struct fn_grouping_thresholds *a, const struct fn_grouping_thresholds *b)
{
    return !memcmp(a, b, sizeof *a); /* numbers without gaps */
}

/* ---- thresholds ---- */

struct life {
    struct world w;
    struct fn_settler *settler;
    struct fn_states states; /* of another process that updates clusters */
    bool regroup;
    struct fn_grouping_thresholds shown;
    size_t n_during, n_switched;
};

static void change_model(struct world *w, struct fn_rng *r)
{
    static const double scales[] = {.7, .9, 1, 1.15};
    double scale = scales[fn_rng_below(r, 4)];
    struct fn_txn *t = world_begin(w, true);
    struct fn_index_model m;
    assert_int_equal(fn_index_model_get(t, &m, &err), 0);
    m.single_d = (uint32_t)(m.pair_d * scale * .74);
    m.group_d = (uint32_t)(m.pair_d * scale * .88);
    m.net_d = (uint32_t)(m.pair_d * scale * .55);
    assert_int_equal(fn_index_model_set(t, &m, &err), 0);
    world_commit(t);
}

static void live(struct world *w, struct fn_rng *r)
{
    struct fn_txn *t = world_begin(w, true);
    for (size_t n = 1 + fn_rng_below(r, 6); n; n--) {
        uint32_t photo = (uint32_t)fn_rng_below(r, w->n_photos);
        if (fn_rng_below(r, 2) == 0)
            world_say(w, t, r);
        else if (!w->here[photo])
            world_add(w, t, photo);
        else if (fn_rng_below(r, 2))
            world_remove(w, t, photo);
    }
    world_commit(t);
}

/* The visible clusters are one complete clustering, before and after the switch. */
static void look(struct life *l, uint64_t seed)
{
    struct fn_txn *t = world_begin(&l->w, false);
    struct fn_people_wait wait;
    struct fn_grouping_thresholds now;
    assert_int_equal(fn_people_waiting(t, &wait), 0);
    assert_int_equal(fn_people_thresholds(t, &now), 0);
    if (!same(&now, &l->shown))
        l->n_switched++;
    if (!wait.faces) {
        size_t differ = plain_people_differ(t, &now, &turns);
        if (differ)
            fail_msg("seed %u: %zu faces are in other groups by the plain program",
                     (unsigned)seed, differ);
        struct fn_grouping_thresholds wanted = plain_people_thresholds(t, FN_CLASS_MIN);
        l->n_during += !same(&now, &wanted);
    }
    l->regroup = wait.regroup;
    assert_int_equal(plain_people_misnamed(t), 0);
    l->shown = now;
    fn_txn_abort(t);
}

static size_t unit(struct life *l, size_t max)
{
    size_t left = 0;
    int rc = fn_people_settle_unit(l->settler, max, 1000, &left, &err);
    if (rc)
        fail_msg("%d: %s", rc, err.text);
    return left;
}

/* One unit, during which labels change. */
static void interrupted_unit(struct life *l, struct fn_rng *r)
{
    struct fn_unit u;
    bool stale = false;
    struct fn_txn *t = world_begin(&l->w, false);
    assert_int_equal(fn_unit_work(&l->states, t, 1 + fn_rng_below(r, 30), &u), 0);
    fn_txn_abort(t);
    live(&l->w, r);
    t = world_begin(&l->w, true);
    assert_int_equal(fn_unit_write(&l->states, t, &u, &stale, &err), 0);
    assert_false(stale); /* labels are not part of the clustering state */
    assert_int_equal(fn_txn_commit(t, &err), 0);
    fn_unit_written(&l->states);
    fn_unit_finish(&u);
}

/* Rows of the clustering state, except the lists of what is outside of joined clusters. These
 * may be longer than necessary. */
static uint64_t count_rows(struct fn_txn *t)
{
    enum { KIND_AT = 2, OUTSIDE_FIRST = 96, OUTSIDE_LAST = 104 };
    struct fn_cur c = {0};
    uint64_t n = 0;
    int rc = fn_cur_open(t, FN_T_GROUPING, &c);
    for (rc = rc ? rc : fn_cur_seek(&c, NULL, 0); !rc; rc = fn_cur_next(&c))
        n += c.key.p[KIND_AT] < OUTSIDE_FIRST || c.key.p[KIND_AT] > OUTSIDE_LAST;
    fn_cur_close(&c);
    assert_int_equal(rc, FN_ENOTFOUND);
    return n;
}

/* Rows of older generations are gone: there are as many as in a state from scratch. */
static void only_one_state(struct world *w)
{
    struct fn_txn *t = world_begin(w, true);
    uint64_t diff, rows = count_rows(t);
    assert_int_equal(fn_people_check(t, &diff, &err), 0);
    assert_true(diff == 0);
    assert_int_equal(fn_people_rebuild(t, &err), 0);
    assert_true(rows == count_rows(t));
    fn_txn_abort(t);
}

static void run(struct life *l, uint64_t seed, struct fn_rng *r)
{
    struct fn_txn *t = world_begin(&l->w, true);
    for (uint32_t i = 0; i < l->w.n_photos; i += 1 + (uint32_t)(seed % 2))
        world_add(&l->w, t, i);
    world_commit(t);
    for (size_t step = 0; step < 100; step++) {
        uint64_t what = fn_rng_below(r, 20);
        if (what < (l->regroup ? 8 : 3))
            live(&l->w, r);
        else if (what == 8 || (what == 9 && !l->regroup))
            change_model(&l->w, r);
        else if (what == 9)
            fn_settler_forget(l->settler);
        else if (what == 10) { /* another process updates clusters */
            t = world_begin(&l->w, true);
            assert_int_equal(fn_people_settle(t, 8, NULL, &err), 0);
            world_commit(t);
        } else if (what < 14)
            interrupted_unit(l, r);
        else
            unit(l, 1 + fn_rng_below(r, l->regroup ? 15 : 60));
        look(l, seed);
    }
    for (size_t n = 0; unit(l, 50); n++)
        assert_true(n < 1000);
    look(l, seed);
    t = world_begin(&l->w, false);
    struct fn_grouping_thresholds wanted = plain_people_thresholds(t, FN_CLASS_MIN);
    assert_true(same(&l->shown, &wanted));
    fn_txn_abort(t);
    only_one_state(&l->w);
}

static void thresholds_change(void **state)
{
    (void)state;
    size_t n_during = 0, n_switched = 0, n_seeds = full() ? 400 : 16;
    for (uint64_t seed = 1; seed <= n_seeds; seed++) {
        struct life l = {.n_during = 0};
        struct fn_rng r = fn_rng_init(seed, 79);
        world_open(&l.w, seed);
        l.w.apart = true;
        assert_int_equal(fn_settler_create(l.w.store, &l.settler), 0);
        run(&l, seed, &r);
        n_during += l.n_during;
        n_switched += l.n_switched;
        fn_settler_destroy(l.settler);
        fn_states_drop(&l.states);
        world_close(&l.w);
    }
    assert_true(n_during > 3 * n_seeds && n_switched > n_seeds);
}

/* ---- the size class ---- */

static void add_photo(struct world *w, struct fn_txn *t, uint32_t k)
{
    static const uint16_t feature[WORLD_FEATURE] = {0};
    struct synth y = {.seed = 5, .within = .75, .families = .8};
    struct fn_ingest_face face = {
        .box = {.2f, .2f, .2f, .2f}, .score = .9f, .quality = .6f, .feature = feature};
    struct fn_ingest in = {.hash = fn_hash128(&k, sizeof k),
                           .path.root = w->root,
                           .photo.width = 100,
                           .photo.height = 100,
                           .faces = &face,
                           .n_faces = 1,
                           .feature_width = WORLD_FEATURE,
                           .profile_id = {{1}}};
    fn_photo_id id;
    synth_vector(&y, k % 150, k, face.embedding);
    snprintf(in.path.path, sizeof in.path.path, "%u.jpg", (unsigned)k);
    assert_int_equal(fn_ingest_photo(t, &in, &id, &err), 0);
}

/* The number of clusters, after checking that they are those of the class. */
static uint64_t settled_in(struct world *w, unsigned size_class, uint64_t n_acts)
{
    struct fn_txn *t = world_begin(w, true);
    size_t left = 1;
    assert_int_equal(fn_people_settle(t, 0, &left, &err), 0);
    assert_int_equal(left, 0);
    struct fn_grouping_thresholds now, wanted = plain_people_thresholds(t, size_class);
    assert_int_equal(fn_people_thresholds(t, &now), 0);
    assert_true(same(&now, &wanted));
    assert_int_equal(plain_people_differ(t, &wanted, &turns), 0);
    assert_true(fn_assert_count(t) == n_acts);
    if (n_acts) {
        struct fn_assertion a;
        char text[32];
        snprintf(text, sizeof text, "people.size_class=%u", size_class);
        assert_int_equal(fn_assert_get(t, n_acts, &a), 0);
        assert_int_equal(a.kind, FN_ASSERT_SET);
        assert_string_equal(a.text, text);
    }
    uint64_t groups = fn_tab_count(t, FN_T_GROUP);
    world_commit(t);
    return groups;
}

static void add_up_to(struct world *w, uint32_t *n, uint32_t to)
{
    struct fn_txn *t = world_begin(w, true);
    for (; *n < to; ++*n)
        add_photo(w, t, *n);
    world_commit(t);
}

static void remove_down_to(struct world *w, uint32_t *n, uint32_t to)
{
    struct fn_txn *t = world_begin(w, true);
    char path[32];
    while (*n > to) {
        snprintf(path, sizeof path, "%u.jpg", (unsigned)--*n);
        assert_int_equal(fn_path_delete(t, w->root, path, &err), 0);
    }
    world_commit(t);
}

/* 1,024 good faces are of class 5, and remain so down to 768. */
static void size_class_changes(void **state)
{
    (void)state;
    struct world w;
    uint32_t n = 0;
    world_open(&w, 10);
    w.apart = true;
    add_up_to(&w, &n, 1023);
    uint64_t before = settled_in(&w, 4, 0);
    add_up_to(&w, &n, 1024);
    uint64_t after = settled_in(&w, 5, 1);
    assert_true(after > before + 10); /* a lower threshold, so the class has an effect */
    remove_down_to(&w, &n, 768);
    settled_in(&w, 5, 1);
    remove_down_to(&w, &n, 767);
    settled_in(&w, 4, 2);
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(thresholds_change),
        cmocka_unit_test(size_class_changes),
    };
    return cmocka_run_group_tests_name("regroup", tests, NULL, NULL);
}
