/* SPDX-License-Identifier: MIT */
/* Cluster updates in units. Whatever comes between them, and wherever a process stops, the
 * result is the partition from scratch. There are more faces than the smallest size class
 * holds, so that all are clustered again on the way. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/rng.h"
#include "index/doctor/doctor.h"
#include "index/ingest/update.h"
#include "index/people/settle.h"
#include "index/people/settle_priv.h"
#include "tests/property/synth.h"
#include "tests/unit/index_fixture.h"

enum { PHOTOS = 700, FACES = 2, PEOPLE = 60 };

static struct fn_error err;

static struct fn_h128 hash_of(uint32_t photo)
{
    return fn_hash128(&photo, sizeof photo);
}

static void path_of(uint32_t photo, char out[32])
{
    (void)snprintf(out, 32, "%u.jpg", photo);
}

/* Two faces per photo, of one person each; the second is sometimes a low-quality face. */
static void add(struct fx *f, struct fn_txn *t, uint32_t photo)
{
    static const uint16_t feature[FX_WIDTH];
    struct synth y = {.seed = 3, .within = .5, .families = .7};
    struct fn_rng r = fn_rng_init(5, photo);
    struct fn_ingest_face faces[FACES];
    struct fn_ingest in = {.hash = hash_of(photo),
                           .faces = faces,
                           .n_faces = FACES,
                           .feature_width = FX_WIDTH,
                           .profile_id = fx_model().profile_id};
    fn_photo_id id;
    for (uint32_t i = 0; i < FACES; i++) {
        faces[i] = (struct fn_ingest_face){.score = .9f,
                                           .quality = i && photo % 8 == 0 ? .1f : .8f,
                                           .box = {.1f + .4f * (float)i, .2f, .2f, .2f},
                                           .feature = feature};
        synth_vector(&y, (uint32_t)fn_rng_below(&r, PEOPLE), photo * FACES + i,
                     faces[i].embedding);
    }
    in.photo.width = in.photo.height = 1000;
    in.path.root = f->root;
    path_of(photo, in.path.path);
    fx_check(fn_ingest_photo(t, &in, &id, &err), &err);
}

static struct fn_face_key key_of(uint32_t photo, uint32_t face)
{
    struct fn_face_key k = {.photo = hash_of(photo)};
    const float box[4] = {.1f + .4f * (float)face, .2f, .2f, .2f};
    fn_box_quantise(box, k.box);
    return k;
}

static void say(struct fn_txn *t, uint8_t kind, uint32_t photo, uint8_t person)
{
    struct fn_assertion a = {.kind = kind,
                             .time_us = 1,
                             .author = "ann",
                             .face = key_of(photo, 0),
                             .person = {{7, person}}};
    int rc = fn_assert_append(t, &a, 1, NULL, &err);
    if (rc != FN_EREFUSED)
        fx_check(rc, &err);
}

static void add_range(struct fx *f, uint32_t from, uint32_t to)
{
    struct fn_txn *t = fx_begin(f, true);
    for (uint32_t i = from; i < to; i++)
        add(f, t, i);
    fx_commit(t);
}

static struct fn_people_wait waiting(struct fx *f)
{
    struct fn_people_wait w;
    struct fn_txn *t = fx_begin(f, false);
    fx_check(fn_people_waiting(t, &w), NULL);
    fn_txn_abort(t);
    return w;
}

static void settle(struct fx *f, struct fn_settler *s)
{
    size_t left = 1;
    for (size_t i = 0; left; i++) {
        assert_true(i < 1000);
        fx_check(fn_people_settle_unit(s, 300, 1000, &left, &err), &err);
    }
    struct fn_people_wait w = waiting(f);
    assert_true(!w.faces && !w.since_s && !w.regroup);
}

/* Returns the hash. */
static uint64_t check(struct fx *f)
{
    uint64_t diff = 1, hash;
    struct fn_txn *t = fx_begin(f, false);
    fx_check(fn_people_check(t, &diff, &err), &err);
    assert_int_equal(diff, 0);
    fx_check(fn_people_hash(t, &hash, &err), &err);
    fn_txn_abort(t);
    return hash;
}

static uint64_t n_people(struct fx *f)
{
    struct fn_txn *t = fx_begin(f, false);
    uint64_t n = fn_tab_count(t, FN_T_PERSON);
    fn_txn_abort(t);
    return n;
}

static void random_change(struct fx *f, struct fn_rng *r)
{
    struct fn_txn *t = fx_begin(f, true);
    for (uint64_t n = 1 + fn_rng_below(r, 3); n; n--) {
        uint32_t photo = (uint32_t)fn_rng_below(r, PHOTOS);
        char path[32];
        path_of(photo, path);
        switch (fn_rng_below(r, 4)) {
        case 0:
            fx_check(fn_path_delete(t, f->root, path, &err), &err);
            break;
        case 1:
            add(f, t, photo);
            break;
        case 2:
            say(t, FN_ASSERT_IS, photo, (uint8_t)fn_rng_below(r, 4));
            break;
        default:
            say(t, FN_ASSERT_NOT, photo, (uint8_t)fn_rng_below(r, 4));
            break;
        }
    }
    fx_commit(t);
}

/* ---- the size class ---- */

static void the_class_moves_with_a_logged_act(void **state)
{
    (void)state;
    struct fx f;
    struct fn_settler *s;
    struct fn_assertion a;
    uint64_t act;
    fx_new(&f, FN_STORE_NOSYNC);
    fx_check(fn_settler_create(f.store, &s), NULL);
    add_range(&f, 0, 500);
    settle(&f, s);
    struct fn_txn *t = fx_begin(&f, true);
    assert_int_equal(fn_assert_count(t), 0);
    say(t, FN_ASSERT_IS, 1, 1);
    fx_commit(t);
    add_range(&f, 500, PHOTOS); /* now more than 4^5 good ones */
    settle(&f, s);
    (void)check(&f);
    t = fx_begin(&f, false);
    assert_int_equal(fn_assert_count(t), 2);
    fx_check(fn_assert_get(t, 2, &a), NULL);
    assert_int_equal(a.kind, FN_ASSERT_SET);
    assert_string_equal(a.text, "people.size_class=5");
    assert_string_equal(a.author, "facenetd");
    fx_check(fn_assert_last(t, false, &act), NULL);
    assert_int_equal(act, 1); /* undo skips it */
    fn_txn_abort(t);
    assert_true(n_people(&f) > PEOPLE / 2);
    fn_settler_destroy(s);
    assert_int_equal(fx_doctor(&f, true), FN_FIND_OK);
    fx_remove(&f);
}

/* ---- in any order, with anything between ---- */

static void units_end_as_from_scratch(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 3; seed++) {
        struct fx f;
        struct fn_settler *s = NULL;
        struct fn_rng r = fn_rng_init(seed, 8);
        size_t left = 1, n_regroups = 0;
        fx_new(&f, FN_STORE_NOSYNC);
        add_range(&f, 0, 650);
        for (size_t i = 0; i < 60 || left; i++) {
            assert_true(i < 1000);
            if (i < 60 && fn_rng_below(&r, 2))
                random_change(&f, &r);
            if (fn_rng_below(&r, 4) == 0) { /* another process, or this one after a kill */
                fn_settler_destroy(s);
                s = NULL;
            }
            if (!s)
                fx_check(fn_settler_create(f.store, &s), NULL);
            size_t max = 1 + fn_rng_below(&r, 200);
            fx_check(fn_people_settle_unit(s, max, 1000, &left, &err), &err);
            n_regroups += waiting(&f).regroup;
        }
        assert_true(n_regroups > 3);
        uint64_t hash = check(&f);
        struct fn_txn *t = fx_begin(&f, true);
        uint64_t again;
        fx_check(fn_people_rebuild(t, &err), &err);
        fx_check(fn_people_hash(t, &again, &err), &err);
        fx_commit(t);
        assert_true(hash == again);
        fn_settler_destroy(s);
        assert_int_equal(fx_doctor(&f, true), FN_FIND_OK);
        fx_remove(&f);
    }
}

/* A unit is discarded if another process wrote its state meanwhile. A face that changed
 * meanwhile stays pending. */
static void what_is_stale_is_not_written(void **state)
{
    (void)state;
    struct fx f;
    struct fn_states st = {.any = false};
    struct fn_unit u;
    struct fn_settler *s;
    bool stale;
    fx_new(&f, FN_STORE_NOSYNC);
    fx_check(fn_settler_create(f.store, &s), NULL);
    add_range(&f, 0, 40);
    struct fn_txn *t = fx_begin(&f, false);
    fx_check(fn_unit_work(&st, t, 20, &u), NULL);
    fn_txn_abort(t);
    settle(&f, s);
    uint64_t hash = check(&f);
    t = fx_begin(&f, true);
    fx_check(fn_unit_write(&st, t, &u, &stale, &err), &err);
    assert_true(stale);
    fx_commit(t);
    fn_unit_finish(&u);
    fn_states_drop(&st);
    assert_true(check(&f) == hash);
    /* a photo that is removed, and a label, between computing and writing */
    add_range(&f, 40, 60);
    t = fx_begin(&f, false);
    fx_check(fn_unit_work(&st, t, 1000, &u), NULL);
    fn_txn_abort(t);
    t = fx_begin(&f, true);
    fx_check(fn_path_delete(t, f.root, "45.jpg", &err), &err);
    say(t, FN_ASSERT_IS, 46, 2);
    fx_commit(t);
    t = fx_begin(&f, true);
    fx_check(fn_unit_write(&st, t, &u, &stale, &err), &err);
    assert_false(stale);
    fx_commit(t);
    fn_unit_written(&st);
    assert_int_equal(waiting(&f).faces, 3);
    assert_int_equal(fx_doctor(&f, true), FN_FIND_OK); /* removed faces are gone everywhere */
    fn_unit_finish(&u);
    fn_states_drop(&st);
    settle(&f, s);
    (void)check(&f);
    fn_settler_destroy(s);
    fx_remove(&f);
}

/* Faces that were removed and dropped before their first cluster update. */
static void dropped_before_they_are_settled(void **state)
{
    (void)state;
    struct fx f;
    struct fn_settler *s;
    uint64_t n;
    fx_new(&f, FN_STORE_NOSYNC);
    fx_check(fn_settler_create(f.store, &s), NULL);
    add_range(&f, 0, 80);
    settle(&f, s);
    struct fn_txn *t = fx_begin(&f, true);
    for (uint32_t i = 10; i < 40; i++) {
        char path[32];
        path_of(i, path);
        fx_check(fn_path_delete(t, f.root, path, &err), &err);
    }
    fx_check(fn_photos_expire(t, INT64_MAX, NULL, &n, &err), &err);
    assert_int_equal(n, 30);
    fx_commit(t);
    size_t left = 1;
    while (left)
        fx_check(fn_people_settle_unit(s, 7, 1000, &left, &err), &err);
    (void)check(&f);
    fn_settler_destroy(s);
    assert_int_equal(fx_doctor(&f, true), FN_FIND_OK);
    fx_remove(&f);
}

/* ---- thresholds ---- */

static void other_thresholds_group_anew(void **state)
{
    (void)state;
    struct fx f;
    struct fn_settler *s;
    struct fn_index_model m = fx_model();
    fx_new(&f, FN_STORE_NOSYNC);
    fx_check(fn_settler_create(f.store, &s), NULL);
    add_range(&f, 0, 100);
    settle(&f, s);
    uint64_t before = check(&f), people = n_people(&f);
    m.pair_d = FN_Q14_ONE / 4; /* no face is like another */
    struct fn_txn *t = fx_begin(&f, true);
    fx_check(fn_index_model_set(t, &m, &err), &err);
    fx_commit(t);
    assert_true(n_people(&f) == people); /* the present clusters stay in use */
    size_t left;
    fx_check(fn_people_settle_unit(s, 50, 1000, &left, &err), &err);
    fx_check(fn_people_settle_unit(s, 50, 1000, &left, &err), &err);
    struct fn_people_wait w = waiting(&f);
    assert_true(w.regroup && w.done > 20 && w.done < 120 && w.total == 200);
    assert_true(n_people(&f) == people);
    settle(&f, s);
    assert_true(check(&f) != before);
    assert_true(n_people(&f) > people);
    t = fx_begin(&f, true);
    m = fx_model();
    fx_check(fn_index_model_set(t, &m, &err), &err);
    fx_commit(t);
    settle(&f, s);
    assert_true(check(&f) == before);
    fn_settler_destroy(s);
    fx_remove(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_class_moves_with_a_logged_act),
        cmocka_unit_test(units_end_as_from_scratch),
        cmocka_unit_test(what_is_stale_is_not_written),
        cmocka_unit_test(dropped_before_they_are_settled),
        cmocka_unit_test(other_thresholds_group_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
