/* SPDX-License-Identifier: MIT */
/* The checker finds nothing in a good index, and finds each kind of damage made here. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "index/doctor/doctor.h"
#include "index/ingest/update.h"
#include "index/labels/labels.h"
#include "index/people/people.h"
#include "index/records/records.h"
#include "index/search/search.h"
#include "tests/unit/index_fixture.h"

/* An index with something in every table: 1,040 faces (one block and a tail), a gone photo, a
 * bad one, a queue. */
static void make(struct fx *f)
{
    struct fn_error err = {0};
    fx_new(f, FN_STORE_NOSYNC);
    struct fn_txn *t = fx_begin(f, true);
    char path[32];
    for (unsigned i = 0; i < 26; i++) {
        snprintf(path, sizeof path, "p%02u.jpg", i);
        fx_ingest(f, t, path, i, 40);
    }
    fx_check(fn_path_delete(t, f->root, "p03.jpg", &err), &err);
    struct fn_queue_entry e = {.root = f->root, .path = "new.jpg"};
    fx_check(fn_queue_push(t, &e, &err), &err);
    struct fn_ingest bad = {.hash = fx_hash(999),
                            .photo = {.state = FN_PHOTO_BAD, .reason = "crashed"}};
    bad.photo.pixel_key = fx_hash(998);
    bad.path = (struct fn_path){.root = f->root, .path = "bad.jpg"};
    fn_photo_id id;
    fx_check(fn_ingest_photo(t, &bad, &id, &err), &err);
    size_t left;
    fx_check(fn_people_settle(t, 0, &left, &err), &err);
    fx_commit(t);
}

/* Deletes the n-th record of a table, or replaces it by a copy with one byte changed. at: its
 * offset, from the end when negative. */
static void damage(struct fx *f, enum fn_table table, unsigned nth, bool drop, long at)
{
    struct fn_error err = {0};
    static uint8_t value[FN_BLOCK_BYTES];
    uint8_t key[512];
    struct fn_txn *t = fx_begin(f, true);
    struct fn_cur c;
    fx_check(fn_cur_open(t, table, &c), NULL);
    int rc = fn_cur_seek(&c, NULL, 0);
    for (unsigned i = 0; !rc && i < nth; i++)
        rc = fn_cur_next(&c);
    fx_check(rc, NULL);
    size_t key_n = c.key.n, n = c.val.n;
    memcpy(key, c.key.p, key_n);
    memcpy(value, c.val.p, n);
    fn_cur_close(&c);
    if (drop) {
        fx_check(fn_tab_del(t, table, key, key_n, &err), &err);
    } else {
        value[at < 0 ? (long)n + at : at] ^= 0x40;
        fx_check(fn_tab_put(t, table, key, key_n, value, n, &err), &err);
    }
    fx_commit(t);
}

struct loss {
    enum fn_table table;
    unsigned nth;
};

static const struct loss losses[] = {
    {FN_T_PHOTO, 5},      {FN_T_PHOTO_HASH, 2}, {FN_T_PHOTO_PIXEL, 0}, {FN_T_ROOT, 0},
    {FN_T_PATH, 4},       {FN_T_PATH_PHOTO, 7}, {FN_T_TOMB, 0},        {FN_T_FACE, 100},
    {FN_T_TOMB_PLACE, 0}, {FN_T_TOMB_PLACE, 1}, {FN_T_FACE_PHOTO, 9},  {FN_T_FACE_CKEY, 30},
    {FN_T_VEC, 0},        {FN_T_VEC_TAIL, 3},   {FN_T_FEAT, 1},        {FN_T_FEAT_TAIL, 2},
    {FN_T_QUEUE, 0},      {FN_T_QUEUE_PATH, 0}, {FN_T_MEMBER, 10},     {FN_T_PERSON, 3},
    {FN_T_META, 0},       {FN_T_GROUP, 4},      {FN_T_GROUP_FACES, 8}, {FN_T_PERSON_GROUPS, 5},
};

static void test_lost_records(void **state)
{
    (void)state;
    struct fx f;
    make(&f);
    assert_int_equal(fx_doctor(&f, true), FN_FIND_OK);
    fx_remove(&f);
    for (size_t i = 0; i < sizeof losses / sizeof *losses; i++) {
        make(&f);
        damage(&f, losses[i].table, losses[i].nth, true, 0);
        if (fx_doctor(&f, false) != FN_FIND_FAIL)
            fail_msg("a lost record of '%s' was not seen", fn_table_name(losses[i].table));
        fx_remove(&f);
    }
}

struct change {
    enum fn_table table;
    unsigned nth;
    long at;
};

static const struct change changes[] = {
    {FN_T_PHOTO, 4, 0},      {FN_T_PHOTO, 4, 1},     {FN_T_PHOTO, 4, 2},
    {FN_T_PHOTO, 4, 22},     {FN_T_PHOTO, 4, 70},    {FN_T_PHOTO, 4, 6},
    {FN_T_PHOTO_HASH, 1, 4}, {FN_T_ROOT, 0, 6},      {FN_T_PATH, 2, 4},
    {FN_T_PATH, 2, -1},      {FN_T_FACE, 50, 1},     {FN_T_FACE, 50, 8},
    {FN_T_FACE, 50, 44},     {FN_T_FACE, 50, 50},    {FN_T_FACE_PHOTO, 3, 5},
    {FN_T_VEC, 0, 0},        {FN_T_VEC, 0, 5000},    {FN_T_VEC, 0, FN_BLOCK_FACES_AT + 40},
    {FN_T_VEC, 0, 20},       {FN_T_VEC_TAIL, 1, 4},  {FN_T_VEC_TAIL, 1, 0},
    {FN_T_FEAT, 0, 9000},    {FN_T_FEAT_TAIL, 0, 2}, {FN_T_QUEUE, 0, 6},
    {FN_T_QUEUE_PATH, 0, 4}, {FN_T_MEMBER, 3, 1},    {FN_T_MEMBER, 3, 5},
    {FN_T_GROUP, 2, 4},      {FN_T_GROUP, 2, 9},     {FN_T_GROUP_FACES, 6, 3},
};

static void test_changed_records(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        struct fx f;
        make(&f);
        damage(&f, changes[i].table, changes[i].nth, false, changes[i].at);
        if (fx_doctor(&f, false) != FN_FIND_FAIL)
            fail_msg("byte %ld of a record of '%s' changed unseen", changes[i].at,
                     fn_table_name(changes[i].table));
        fx_remove(&f);
    }
}

/* The places of the gone photo, its folder and its name, are changed to those of a photo that
 * is there, of another place, and of none; and a repair writes what belongs there. */
static void test_places_of_gone_photos(void **state)
{
    (void)state;
    enum { KEYS = 2, LAST = 12 };
    struct fx f;
    struct fn_error err = {0};
    make(&f);
    for (unsigned i = 0; i < 3 * KEYS; i++) {
        uint8_t key[13];
        struct fn_cur c;
        struct fn_txn *t = fx_begin(&f, true);
        fx_check(fn_cur_open(t, FN_T_TOMB_PLACE, &c), NULL);
        fx_check(fn_cur_seek(&c, i % KEYS ? "N" : "F", 1), NULL);
        assert_int_equal(c.key.n, sizeof key);
        memcpy(key, c.key.p, sizeof key);
        fn_cur_close(&c);
        if (i / KEYS == 0)
            key[LAST] ^= 1; /* another photo */
        else if (i / KEYS == 1)
            key[4] ^= 1; /* another place */
        else
            key[LAST - 2] = 0x7f; /* no photo */
        fx_check(fn_tab_put(t, FN_T_TOMB_PLACE, key, sizeof key, "\1", 2, &err), &err);
        fx_commit(t);
        if (fx_doctor(&f, false) != FN_FIND_FAIL)
            fail_msg("a wrong place was not seen (%u)", i);
        t = fx_begin(&f, true);
        fx_check(fn_tomb_places_repair(t, &err), &err);
        fx_commit(t);
        assert_int_equal(fx_doctor(&f, true), FN_FIND_OK);
    }
    damage(&f, FN_T_TOMB_PLACE, 1, true, 0);
    struct fn_txn *t = fx_begin(&f, true);
    fx_check(fn_tomb_places_repair(t, &err), &err);
    fx_commit(t);
    assert_int_equal(fx_doctor(&f, true), FN_FIND_OK);
    fx_remove(&f);
}

static void test_counter_behind(void **state)
{
    (void)state;
    struct fx f;
    struct fn_error err = {0};
    make(&f);
    struct fn_txn *t = fx_begin(&f, true);
    fx_check(fn_meta_put_u64(t, "next.face", 7, &err), &err);
    fx_commit(t);
    assert_int_equal(fx_doctor(&f, false), FN_FIND_FAIL);
    fx_remove(&f);
}

/* Reading a damaged record is an error, and never yields wrong data. */
static void test_damage_is_an_error(void **state)
{
    (void)state;
    struct fx f;
    struct fn_error err = {0};
    make(&f);
    damage(&f, FN_T_VEC, 0, false, 0);
    struct fn_txn *t = fx_begin(&f, true);
    struct fn_hit hits[3];
    size_t n = 77;
    int16_t x[FN_DIM] = {16384};
    assert_int_equal(fn_search(t, x, UINT32_MAX, 3, 0, hits, &n, &err), FN_ECORRUPT);
    assert_int_equal(n, 77);
    fn_photo_id id = 0;
    fx_check(fx_try_ingest(&f, t, "one-more.jpg", 5000, 1, &id, &err), &err);
    assert_int_equal(fn_people_settle(t, 0, &n, &err), FN_ECORRUPT);
    fn_txn_abort(t);
    fx_remove(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lost_records),          cmocka_unit_test(test_changed_records),
        cmocka_unit_test(test_places_of_gone_photos), cmocka_unit_test(test_counter_behind),
        cmocka_unit_test(test_damage_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
