/* SPDX-License-Identifier: MIT */
/* Naming a cluster is one assertion with the set of its faces. It must have the effect of one
 * MEMBER for each face: for any order of photos and acts, after edits of photos, undone and
 * redone, and through the log as text. It takes 16 bytes per face. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "index/ingest/update.h"
#include "engine/base/file.h"
#include "index/labels/labels_priv.h"
#include "tests/property/world.h"

static struct fn_error err;

enum { SET_MAX = WORLD_PHOTOS * WORLD_FACES, MANY = 80000 };

struct set {
    struct fn_face_ref v[SET_MAX];
    size_t n;
};

static void put(struct set *s, const struct fn_face_key *k)
{
    assert_true(s->n < SET_MAX);
    s->v[s->n++] = fn_face_ref_of(k);
}

/* Every face of the photos [from, to). */
static struct set photos(const struct world *w, uint32_t from, uint32_t to)
{
    struct set s = {.n = 0};
    for (uint32_t i = from; i < to; i++) {
        for (uint32_t k = 0; k < world_faces(w, i); k++) {
            struct fn_face_key key = world_face_key(w, i, k);
            put(&s, &key);
        }
    }
    return s;
}

static int say_group(struct world *w, struct fn_txn *t, struct set *s, uint32_t who,
                     uint64_t *act)
{
    s->n = fn_face_refs_sort(s->v, s->n);
    struct fn_assertion a = {.kind = FN_ASSERT_GROUP,
                             .author = "ann",
                             .time_us = w->clock_us++,
                             .person = world_person(who),
                             .faces = s->v,
                             .n_faces = s->n};
    memset(&err, 0, sizeof err);
    return fn_assert_append(t, &a, 1, act, &err);
}

static int say_alias(struct world *w, struct fn_txn *t, uint32_t from, uint32_t to,
                     uint64_t *act)
{
    struct fn_assertion a = {.kind = FN_ASSERT_ALIAS,
                             .time_us = w->clock_us++,
                             .face.photo = world_face_key(w, from, 0).photo,
                             .object_photo = world_face_key(w, to, 0).photo};
    return fn_assert_append(t, &a, 1, act, &err);
}

/* The number of the world's person that is the cluster label of the face; -1: none. */
static int member(const struct world *w, struct fn_txn *t, uint32_t photo, uint32_t face)
{
    struct fn_face_key k = world_face_key(w, photo, face);
    struct fn_face_labels l;
    fn_face_id id;
    assert_int_equal(fn_index_update(t, &err), 0);
    assert_int_equal(fn_face_by_key(t, &k, &id), 0);
    assert_int_equal(fn_labels_of_face(t, id, &l), 0);
    assert_false(l.confirmed || l.notface || l.n_rejected);
    return l.member ? l.member_person.b[1] : -1;
}

static void add_all(struct world *w, struct fn_txn *t)
{
    for (uint32_t i = 0; i < w->n_photos; i++)
        world_add(w, t, i);
}

static void expect(const struct world *w, struct fn_txn *t, uint32_t from, uint32_t to, int who)
{
    for (uint32_t i = from; i < to; i++)
        for (uint32_t k = 0; k < world_faces(w, i); k++)
            assert_int_equal(member(w, t, i, k), who);
}

static void one_row_for_a_group(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, 8); /* more photos than are searched set by set */
    struct fn_txn *t = world_begin(&w, true);
    add_all(&w, t);
    uint64_t before = fn_tab_count(t, FN_T_ASSERT_INDEX), act;
    struct set all = photos(&w, 0, w.n_photos);
    assert_int_equal(say_group(&w, t, &all, 1, &act), 0);
    assert_int_equal(fn_assert_count(t), 1);
    assert_int_equal(fn_tab_count(t, FN_T_ASSERT_INDEX) - before,
                     3); /* content, person, kind */
    expect(&w, t, 0, w.n_photos, 1);
    world_settled(t);
    /* a later cluster label takes its faces, and returns them when it is undone */
    struct set some = photos(&w, 3, 9);
    assert_int_equal(say_group(&w, t, &some, 2, &act), 0);
    expect(&w, t, 3, 9, 2);
    expect(&w, t, 9, w.n_photos, 1);
    assert_int_equal(fn_assert_undo(t, act, "ann", NULL, &err), 0);
    expect(&w, t, 0, w.n_photos, 1);
    assert_int_equal(fn_assert_redo(t, act, "ann", NULL, &err), 0);
    expect(&w, t, 3, 9, 2);
    assert_int_equal(fn_assert_undo(t, 1, "ann", NULL, &err), 0);
    expect(&w, t, 0, 3, -1);
    expect(&w, t, 3, 9, 2);
    world_settled(t);
    world_commit(t);
    world_close(&w);
}

static void sets_that_are_refused(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, 6);
    struct fn_txn *t = world_begin(&w, true);
    struct fn_face_ref *many = calloc(FN_ASSERT_FACES_MAX + 1, sizeof *many);
    assert_non_null(many);
    for (uint32_t i = 0; i <= FN_ASSERT_FACES_MAX; i++) {
        many[i].b[0] = (uint8_t)(i >> 16);
        many[i].b[1] = (uint8_t)(i >> 8);
        many[i].b[2] = (uint8_t)i;
    }
    struct fn_assertion a = {.kind = FN_ASSERT_GROUP, .faces = many};
    assert_int_equal(fn_assert_append(t, &a, 1, NULL, &err), FN_EUSAGE); /* empty */
    a.n_faces = FN_ASSERT_FACES_MAX + 1;
    assert_int_equal(fn_assert_append(t, &a, 1, NULL, &err), FN_EUSAGE);
    a.n_faces = 3;
    many[1] = many[2];
    assert_int_equal(fn_assert_append(t, &a, 1, NULL, &err), FN_EUSAGE); /* a duplicate */
    many[1].b[0] = 9;
    assert_int_equal(fn_assert_append(t, &a, 1, NULL, &err), FN_EUSAGE); /* not in order */
    assert_int_equal(fn_face_refs_sort(many, 3), 3);
    assert_int_equal(fn_assert_append(t, &a, 1, NULL, &err), 0);
    a.kind = FN_ASSERT_HIDE;
    assert_int_equal(fn_assert_append(t, &a, 1, NULL, &err), FN_EUSAGE);
    many[0] = many[2];
    assert_int_equal(fn_face_refs_sort(many, 3), 2);
    free(many);
    fn_txn_abort(t);
    world_close(&w);
}

/* Labels each face of the photos [from, to) separately as person `who`. */
static void say_members(struct world *w, struct fn_txn *t, uint32_t from, uint32_t to,
                        uint32_t who, uint64_t *act)
{
    struct fn_assertion *m = NULL;
    size_t n = 0;
    for (uint32_t i = from; i < to; i++) {
        for (uint32_t k = 0; k < world_faces(w, i); k++) {
            m = realloc(m, (n + 1) * sizeof *m);
            assert_non_null(m);
            m[n++] = (struct fn_assertion){.kind = FN_ASSERT_MEMBER,
                                           .person = world_person(who),
                                           .face = world_face_key(w, i, k)};
        }
    }
    assert_int_equal(fn_assert_append(t, m, n, act, &err), 0);
    free(m);
}

/* The labels of every face are the same in both worlds. Returns how many have a person. */
static size_t same_members(struct world *a, struct fn_txn *t, struct world *b, struct fn_txn *u)
{
    size_t n = 0;
    for (uint32_t i = 0; i < a->n_photos; i++) {
        for (uint32_t k = 0; a->here[i] && k < world_faces(a, i); k++) {
            int who = member(a, t, i, k);
            assert_int_equal(who, member(b, u, i, k));
            n += who >= 0;
        }
    }
    return n;
}

/* Random acts in two worlds, as sets in one and face by face in the other. Photos come and go
 * between them, and photos become others. */
static void as_if_said_of_each_face(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 12; seed++) {
        struct world a, b;
        struct fn_rng r = fn_rng_init(seed, 5);
        world_open(&a, seed);
        world_open(&b, seed);
        struct fn_txn *t = world_begin(&a, true), *u = world_begin(&b, true);
        uint64_t acts_a[64], acts_b[64];
        size_t n_acts = 0, n_members = 0;
        for (int step = 0; step < 60; step++) {
            uint32_t photo = (uint32_t)fn_rng_below(&r, a.n_photos);
            uint64_t what = fn_rng_below(&r, 8);
            if (what < 3) {
                (a.here[photo] ? world_remove : world_add)(&a, t, photo);
                (b.here[photo] ? world_remove : world_add)(&b, u, photo);
            } else if (what < 6) {
                uint32_t to = photo + 1 + (uint32_t)fn_rng_below(&r, a.n_photos - photo);
                struct set s = photos(&a, photo, to);
                uint32_t who = (uint32_t)fn_rng_below(&r, WORLD_PERSONS);
                assert_int_equal(say_group(&a, t, &s, who, &acts_a[n_acts]), 0);
                say_members(&b, u, photo, to, who, &acts_b[n_acts++]);
            } else if (what < 7) {
                uint32_t to = (photo + 1) % a.n_photos;
                assert_int_equal(say_alias(&a, t, photo, to, &acts_a[n_acts]), 0);
                assert_int_equal(say_alias(&b, u, photo, to, &acts_b[n_acts++]), 0);
            } else if (n_acts) {
                size_t i = fn_rng_below(&r, n_acts);
                bool undo = fn_act_in_force(t, acts_a[i]);
                int x = undo ? fn_assert_undo(t, acts_a[i], "ann", NULL, &err)
                             : fn_assert_redo(t, acts_a[i], "ann", NULL, &err);
                int y = undo ? fn_assert_undo(u, acts_b[i], "ann", NULL, &err)
                             : fn_assert_redo(u, acts_b[i], "ann", NULL, &err);
                assert_int_equal(x, 0);
                assert_int_equal(y, 0);
            }
            n_members += same_members(&a, t, &b, u);
            if (fn_rng_below(&r, 4) == 0) { /* the cache of a transaction goes with it */
                world_commit(t);
                t = world_begin(&a, true);
            }
        }
        assert_true(n_members > 0);
        assert_true(world_settled(t) == world_settled(u));
        world_commit(t);
        world_commit(u);
        world_close(&a);
        world_close(&b);
    }
}

static void sets_wait_for_their_photos(void **state)
{
    (void)state;
    struct world w, v;
    world_open(&w, 6);
    world_open(&v, 6);
    struct fn_txn *t = world_begin(&w, true), *u;
    struct set some = photos(&w, 0, 30), later = photos(&w, 20, 25);
    uint64_t act, n_new, n_skipped;
    size_t n;
    assert_int_equal(say_group(&w, t, &some, 1, &act), 0);
    assert_int_equal(say_group(&w, t, &later, 2, &act), 0);
    char *log = world_log(t, &n);
    u = world_begin(&v, true);
    assert_int_equal(fn_labels_import(u, log, n, &n_new, &n_skipped, &err), 0);
    assert_int_equal(n_new, 2);
    for (uint32_t i = 0; i < v.n_photos; i++) { /* one by one: each searches the sets */
        world_commit(u);
        u = world_begin(&v, true);
        world_add(&v, u, i);
    }
    expect(&v, u, 0, 20, 1);
    expect(&v, u, 20, 25, 2);
    expect(&v, u, 25, 30, 1);
    expect(&v, u, 30, v.n_photos, -1);
    /* again: nothing is new, and what is undone stays so */
    assert_int_equal(fn_assert_undo(u, 2, "ann", NULL, &err), 0);
    assert_int_equal(fn_labels_import(u, log, n, &n_new, &n_skipped, &err), 0);
    assert_int_equal(n_new, 0);
    assert_int_equal(n_skipped, 2);
    expect(&v, u, 20, 25, 1);
    world_settled(u);
    free(log);
    fn_txn_abort(t);
    world_commit(u);
    world_close(&w);
    world_close(&v);
}

static void sets_follow_edits_and_moved_boxes(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, 6);
    struct fn_txn *t = world_begin(&w, true);
    struct set s = photos(&w, 0, 1), moved = {.n = 0};
    struct fn_face_key k = world_face_key(&w, 2, 0);
    uint64_t act;
    world_add(&w, t, 1);
    world_add(&w, t, 2);
    /* photo 0 is not here, and became photo 1: labelled before and after the set */
    assert_int_equal(say_alias(&w, t, 0, 1, &act), 0);
    assert_int_equal(say_group(&w, t, &s, 3, NULL), 0);
    assert_int_equal(member(&w, t, 1, 0), 3);
    assert_int_equal(fn_assert_undo(t, act, "ann", NULL, &err), 0);
    assert_int_equal(member(&w, t, 1, 0), -1);
    assert_int_equal(say_alias(&w, t, 0, 1, &act), 0);
    assert_int_equal(member(&w, t, 1, 0), 3);
    /* another detector finds another box */
    k.box[0] += 1000;
    put(&moved, &k);
    assert_int_equal(say_group(&w, t, &moved, 2, NULL), 0);
    assert_int_equal(member(&w, t, 2, 0), 2);
    k.box[0] += 20000;
    moved.n = 0;
    put(&moved, &k);
    assert_int_equal(say_group(&w, t, &moved, 1, NULL), 0);
    assert_int_equal(member(&w, t, 2, 0), 2);
    fn_txn_abort(t);
    world_close(&w);
}

static void damage_is_seen(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, 6);
    struct fn_txn *t = world_begin(&w, true);
    struct set s = photos(&w, 0, 3);
    const uint8_t key[8] = {0, 0, 0, 0, 0, 0, 0, 1};
    struct fn_assertion a;
    struct fn_slice v;
    uint8_t copy[2048];
    assert_int_equal(say_group(&w, t, &s, 1, NULL), 0);
    assert_int_equal(fn_assert_get(t, 1, &a), 0);
    assert_int_equal(a.n_faces, s.n);
    assert_memory_equal(a.faces, s.v, s.n * sizeof *s.v);
    assert_int_equal(fn_tab_get(t, FN_T_ASSERT, key, sizeof key, &v), 0);
    size_t n = v.n, head = n - s.n * sizeof *s.v;
    assert_true(n < sizeof copy);
    memcpy(copy, v.p, n);
    for (size_t cut = 1; cut <= n; cut++) {
        assert_int_equal(fn_tab_put(t, FN_T_ASSERT, key, sizeof key, copy, n - cut, &err), 0);
        bool whole = n - cut > head && (n - cut - head) % sizeof *s.v == 0;
        assert_int_equal(fn_assert_get(t, 1, &a), whole ? 0 : FN_ECORRUPT);
    }
    copy[2] = FN_ASSERT_HIDE; /* a kind without a set */
    assert_int_equal(fn_tab_put(t, FN_T_ASSERT, key, sizeof key, copy, n, &err), 0);
    assert_int_equal(fn_assert_get(t, 1, &a), FN_ECORRUPT);
    fn_txn_abort(t);
    world_close(&w);
}

static char *read_log(const char *path, size_t *ret_n)
{
    struct fn_buf b;
    fn_buf_init(&b, 1 << 24);
    assert_int_equal(fn_file_read(path, &b, &err), 0);
    *ret_n = b.len;
    return fn_buf_detach(&b);
}

/* One line of megabytes at the end of the file, complete and torn. */
static void the_mirror_of(struct world *w, size_t n_faces)
{
    char path[128];
    uint64_t in_file;
    size_t n, m;
    snprintf(path, sizeof path, "%s/labels.log", w->dir);
    assert_int_equal(fn_labels_log_sync(w->store, path, &err), 0);
    char *log = read_log(path, &n);
    assert_true(n < n_faces * 16 * 4 / 3 + 400);
    assert_int_equal(fn_labels_log_sync(w->store, path, &err), 0);
    assert_int_equal(fn_labels_log_check(w->store, path, &in_file, &err), 0);
    assert_int_equal(in_file, 2);
    for (size_t keep = n - 1; keep > 200; keep /= 5) {
        assert_int_equal(fn_file_write_atomic(path, log, keep, 0600, &err), 0);
        assert_int_equal(fn_labels_log_sync(w->store, path, &err), 0);
        char *again = read_log(path, &m);
        assert_int_equal(n, m);
        assert_memory_equal(log, again, n);
        free(again);
    }
    log[n - 100] = log[n - 100] == 'A' ? 'B' : 'A';
    assert_int_equal(fn_file_write_atomic(path, log, n, 0600, &err), 0);
    /* the base64 may still be a sorted list, or not */
    int rc = fn_labels_log_sync(w->store, path, &err);
    assert_true(rc == FN_EREFUSED || rc == FN_EUNSUPPORTED);
    free(log);
}

static void a_large_group_is_small_on_disk(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, 8);
    struct fn_txn *t = world_begin(&w, true);
    const uint8_t key[8] = {0, 0, 0, 0, 0, 0, 0, 2};
    struct fn_face_ref *many = calloc(MANY, sizeof *many);
    struct fn_rng r = fn_rng_init(1, 2);
    struct fn_slice v;
    assert_non_null(many);
    for (size_t i = 0; i < MANY; i++)
        for (size_t k = 0; k < sizeof many[i].b; k++)
            many[i].b[k] = (uint8_t)fn_rng_below(&r, 256);
    for (uint32_t i = 0; i < w.n_photos; i++) {
        struct fn_face_key k = world_face_key(&w, i, 0);
        many[i] = fn_face_ref_of(&k);
    }
    assert_int_equal(fn_face_refs_sort(many, MANY), MANY);
    add_all(&w, t);
    struct fn_assertion a[2] = {
        {.kind = FN_ASSERT_NAME, .person = world_person(1), .text = "Anna"},
        {.kind = FN_ASSERT_GROUP, .person = world_person(1), .faces = many, .n_faces = MANY}};
    assert_int_equal(fn_assert_append(t, a, 2, NULL, &err), 0);
    assert_int_equal(fn_assert_count(t), 2);
    assert_int_equal(fn_tab_get(t, FN_T_ASSERT, key, sizeof key, &v), 0);
    assert_true(v.n <= 128 + 16 * MANY); /* 1.28 MB */
    for (uint32_t i = 0; i < w.n_photos; i++)
        assert_int_equal(member(&w, t, i, 0), 1);
    world_commit(t);
    the_mirror_of(&w, MANY);
    free(many);
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_row_for_a_group),
        cmocka_unit_test(sets_that_are_refused),
        cmocka_unit_test(as_if_said_of_each_face),
        cmocka_unit_test(sets_wait_for_their_photos),
        cmocka_unit_test(sets_follow_edits_and_moved_boxes),
        cmocka_unit_test(damage_is_seen),
        cmocka_unit_test(a_large_group_is_small_on_disk),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
