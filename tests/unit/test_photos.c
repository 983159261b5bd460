/* SPDX-License-Identifier: MIT */
/* Photos, paths, roots and the queue: files that come, move, go and come back. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "index/ingest/update.h"
#include "index/people/people.h"
#include "tests/unit/index_fixture.h"

static struct fn_photo photo_of(struct fn_txn *t, fn_photo_id id)
{
    struct fn_photo p;
    fx_check(fn_photo_get(t, id, &p), NULL);
    return p;
}

static fn_photo_id photo_at(struct fn_txn *t, fn_root_id root, const char *path)
{
    struct fn_path p;
    int rc = fn_path_get(t, root, path, &p);
    if (rc == FN_ENOTFOUND)
        return 0;
    fx_check(rc, NULL);
    assert_string_equal(p.path, path);
    return p.photo;
}

static uint8_t first_face_flags(struct fn_txn *t, fn_photo_id id)
{
    struct fn_face_rec f;
    size_t n;
    fx_check(fn_faces_of_photo(t, id, &f, 1, &n), NULL);
    assert_int_equal(n, 1);
    return f.flags;
}

static int count_one(const struct fn_path *p, void *ctx)
{
    (void)p;
    ++*(int *)ctx;
    return 0;
}

static int n_paths(struct fn_txn *t, fn_photo_id id)
{
    int n = 0;
    fx_check(fn_path_each_of_photo(t, id, count_one, &n), NULL);
    return n;
}

static void finish(struct fx *f, struct fn_txn *t)
{
    fx_commit(t);
    assert_int_equal(fx_doctor(f, true), 0);
    fx_remove(f);
}

static void test_record(void **state)
{
    (void)state;
    struct fx f;
    fx_new(&f, 0);
    struct fn_txn *t = fx_begin(&f, true);
    fn_photo_id id = fx_ingest(&f, t, "a.jpg", 42, 3);
    struct fn_photo p = photo_of(t, id);
    struct fn_h128 hash = fx_hash(42);
    assert_memory_equal(p.hash.b, hash.b, 16);
    assert_int_equal(p.n_faces, 3);
    assert_int_equal(p.width, 4000);
    assert_int_equal(p.state, FN_PHOTO_OK);
    assert_true(p.seen_s > 1600000000);
    struct fn_face_rec faces[4];
    size_t n = 0;
    fx_check(fn_faces_of_photo(t, id, faces, 4, &n), NULL);
    assert_int_equal(n, 3);
    for (uint32_t i = 0; i < n; i++) {
        struct fn_face_key k = {.photo = hash}, of;
        float box[4];
        fn_face_id found;
        fx_box(i, box);
        fn_box_quantise(box, k.box);
        assert_memory_equal(k.box, faces[i].box, sizeof k.box);
        assert_int_equal(faces[i].ckey, fn_face_ckey(&k));
        fx_check(fn_face_by_key(t, &k, &found), NULL);
        assert_int_equal(found, faces[i].id);
        k.box[0] = (uint16_t)(k.box[0] + 900); /* still the largest overlap */
        fx_check(fn_face_by_key(t, &k, &found), NULL);
        assert_int_equal(found, faces[i].id);
        fx_check(fn_face_key_of(t, faces[i].id, &of), NULL);
        assert_memory_equal(of.box, faces[i].box, sizeof of.box);
    }
    char hex[FN_FACE_HEX];
    fn_face_id ids[4];
    fn_face_hex(faces[1].ckey, hex);
    fx_check(fn_face_by_prefix(t, hex, ids, 4, &n), NULL);
    assert_int_equal(n, 1);
    assert_int_equal(ids[0], faces[1].id);
    hex[5] = 0;
    fx_check(fn_face_by_prefix(t, hex, ids, 4, &n), NULL);
    assert_int_equal(ids[0], faces[1].id);
    assert_int_equal(fn_face_by_prefix(t, "fxyz", ids, 4, &n), FN_EUSAGE);
    char h[FN_H128_HEX];
    fn_photo_id by[2];
    fn_h128_hex(&hash, h);
    h[7] = 0;
    fx_check(fn_photo_by_prefix(t, h, by, 2, &n), NULL);
    assert_int_equal(n, 1);
    assert_int_equal(by[0], id);
    h[6] = h[6] == '0' ? '1' : '0';
    fx_check(fn_photo_by_prefix(t, h, by, 2, &n), NULL);
    assert_int_equal(n, 0);
    finish(&f, t);
}

static void test_odd_paths(void **state)
{
    (void)state;
    struct fx f;
    fx_new(&f, 0);
    struct fn_txn *t = fx_begin(&f, true);
    static char long_path[4096];
    memset(long_path, 'x', 4095);
    for (size_t i = 100; i < 4000; i += 100)
        long_path[i] = '/';
    const char *bytes = "caf\xe9/\xff\xfe\n.jpg";
    fn_photo_id id = fx_ingest(&f, t, long_path, 1, 1);
    assert_int_equal(fx_ingest(&f, t, bytes, 1, 1), id);
    assert_int_equal(fx_ingest(&f, t, "third.jpg", 1, 1), id);
    assert_int_equal(n_paths(t, id), 3);
    assert_int_equal(photo_at(t, f.root, long_path), id);
    assert_int_equal(photo_at(t, f.root, bytes), id);
    assert_int_equal(photo_at(t, f.root, "thirD.jpg"), 0);
    char absolute[5000];
    fx_check(fn_path_absolute(t, id, absolute, sizeof absolute), NULL);
    assert_memory_equal(absolute, "/photos/", 8);
    struct fn_path p = {.root = f.root, .photo = id};
    struct fn_error err;
    assert_int_equal(fn_path_put(t, &p, &err), -22); /* an empty path */
    finish(&f, t);
}

static void test_gone_and_back(void **state)
{
    (void)state;
    struct fx f;
    struct fn_error err = {0};
    struct fn_member m;
    fx_new(&f, 0);
    struct fn_txn *t = fx_begin(&f, true);
    fn_photo_id id = fx_ingest(&f, t, "a.jpg", 1, 1);
    fx_ingest(&f, t, "copy.jpg", 1, 1);
    fx_ingest(&f, t, "other.jpg", 2, 2);
    fx_check(fn_path_delete(t, f.root, "a.jpg", &err), &err);
    fx_check(fn_path_delete(t, f.root, "a.jpg", &err), &err); /* again: no error */
    assert_int_equal(photo_of(t, id).state, FN_PHOTO_OK);
    fx_check(fn_path_delete(t, f.root, "copy.jpg", &err), &err);
    assert_int_equal(photo_of(t, id).state, FN_PHOTO_GONE);
    assert_true(first_face_flags(t, id) & FN_FACE_GONE);
    struct fn_face_rec face;
    size_t n;
    fx_check(fn_faces_of_photo(t, id, &face, 1, &n), NULL);
    assert_int_equal(fn_member_get(t, face.id, &m), FN_ENOTFOUND);
    fx_commit(t);
    assert_int_equal(fx_doctor(&f, true), 0);

    t = fx_begin(&f, true);
    struct fn_path p = {.root = f.root, .path = "moved/b.jpg"};
    struct fn_h128 hash = fx_hash(1), unknown = fx_hash(77);
    fx_check(fn_ingest_known(t, &hash, &p, &err), &err);
    assert_int_equal(fn_ingest_known(t, &unknown, &p, &err), FN_ENOTFOUND);
    assert_int_equal(photo_of(t, id).state, FN_PHOTO_OK);
    assert_int_equal(photo_of(t, id).gone_s, 0);
    assert_false(first_face_flags(t, id) & FN_FACE_GONE);
    size_t left;
    fx_check(fn_people_settle(t, 0, &left, &err), &err);
    fx_check(fn_member_get(t, face.id, &m), NULL);
    finish(&f, t);
}

static void test_expire(void **state)
{
    (void)state;
    struct fx f;
    struct fn_error err = {0};
    uint64_t n = 9;
    fx_new(&f, 0);
    struct fn_txn *t = fx_begin(&f, true);
    fn_photo_id a = fx_ingest(&f, t, "a.jpg", 1, 2), b = fx_ingest(&f, t, "b.jpg", 2, 1);
    struct fn_face_rec face;
    size_t nf;
    fx_check(fn_faces_of_photo(t, a, &face, 1, &nf), NULL);
    fx_check(fn_path_delete(t, f.root, "a.jpg", &err), &err);
    int64_t gone = photo_of(t, a).gone_s;
    fx_check(fn_photos_expire(t, gone, NULL, &n, &err), &err); /* the grace time is not over */
    assert_int_equal(n, 0);
    fx_check(fn_photos_expire(t, gone + 1, NULL, &n, &err), &err);
    assert_int_equal(n, 1);
    struct fn_photo p;
    struct fn_face_rec gone_face;
    fn_photo_id id;
    struct fn_h128 hash = fx_hash(1);
    assert_int_equal(fn_photo_get(t, a, &p), FN_ENOTFOUND);
    assert_int_equal(fn_photo_by_hash(t, &hash, &id), FN_ENOTFOUND);
    assert_int_equal(fn_face_get(t, face.id, &gone_face), FN_ENOTFOUND);
    assert_int_equal(photo_of(t, b).state, FN_PHOTO_OK);
    assert_true(fx_ingest(&f, t, "a.jpg", 1, 2) > b); /* ids are not used again */
    finish(&f, t);
}

static void test_edited(void **state)
{
    (void)state;
    struct fx f;
    fx_new(&f, 0);
    struct fn_txn *t = fx_begin(&f, true);
    fn_photo_id a = fx_ingest(&f, t, "a.jpg", 1, 1);
    fn_photo_id b = fx_ingest(&f, t, "a.jpg", 2, 1); /* no labels on a: no alias */
    assert_int_equal(photo_of(t, a).state, FN_PHOTO_GONE);
    assert_int_equal(photo_at(t, f.root, "a.jpg"), b);
    assert_int_equal(fn_assert_count(t), 0);
    finish(&f, t);
}

/* Content with the faces of another content's people, as an edit produces it. */
static fn_photo_id ingest_edit(struct fx *f, struct fn_txn *t, const char *path,
                               uint64_t content, uint64_t people, float shift)
{
    struct fn_error err = {0};
    uint16_t feature[FX_WIDTH];
    struct fn_ingest_face face = {.score = .9f, .quality = .8f, .feature = feature};
    fx_box(0, face.box);
    face.box[0] += shift;
    fx_embedding(people, 0, face.embedding);
    fx_feature(people, 0, feature);
    struct fn_ingest in = {.hash = fx_hash(content),
                           .faces = &face,
                           .n_faces = 1,
                           .feature_width = FX_WIDTH,
                           .profile_id = fx_model().profile_id,
                           .photo = {.width = 4000, .height = 3000}};
    in.path.root = f->root;
    snprintf(in.path.path, sizeof in.path.path, "%s", path);
    fn_photo_id id = 0;
    fx_check(fn_ingest_photo(t, &in, &id, &err), &err);
    return id;
}

static void say_is(struct fn_txn *t, uint64_t content, const struct fn_person_id *person)
{
    struct fn_error err = {0};
    struct fn_assertion a = {
        .kind = FN_ASSERT_IS, .time_us = 1, .author = "test", .person = *person};
    a.face.photo = fx_hash(content);
    float box[4];
    fx_box(0, box);
    fn_box_quantise(box, a.face.box);
    uint64_t act;
    fx_check(fn_assert_append(t, &a, 1, &act, &err), &err);
}

static void test_edited_with_labels(void **state)
{
    (void)state;
    struct fx f;
    fx_new(&f, 0);
    struct fn_txn *t = fx_begin(&f, true);
    struct fn_person_id person = {{1, 2, 3}};
    fx_ingest(&f, t, "a.jpg", 1, 1);
    say_is(t, 1, &person);
    fn_photo_id b =
        ingest_edit(&f, t, "a.jpg", 101, 1, .02f); /* the same face, a little to the right */
    struct fn_error err = {0};
    fx_check(fn_index_update(t, &err), &err);
    assert_int_equal(fn_assert_count(t), 2);
    struct fn_assertion a;
    fx_check(fn_assert_get(t, 2, &a), NULL);
    assert_int_equal(a.kind, FN_ASSERT_SAME);
    struct fn_h128 from = fx_hash(1), to = fx_hash(101);
    assert_memory_equal(a.face.photo.b, from.b, 16);
    assert_memory_equal(a.object_photo.b, to.b, 16);
    struct fn_face_rec face;
    size_t n;
    struct fn_face_labels l;
    fx_check(fn_faces_of_photo(t, b, &face, 1, &n), NULL);
    fx_check(fn_labels_of_face(t, face.id, &l), NULL);
    assert_true(l.confirmed);
    assert_memory_equal(l.person.b, person.b, 16);
    /* Another picture with the old name. Its face is at that position by chance, and is
     * nobody's. */
    fx_ingest(&f, t, "c.jpg", 5, 1);
    say_is(t, 5, &person);
    ingest_edit(&f, t, "c.jpg", 105, 999, 0);
    fx_check(fn_index_update(t, &err), &err);
    assert_int_equal(fn_assert_count(t), 3);
    finish(&f, t);
}

static bool is_member(struct fx *f, fn_face_id face)
{
    struct fn_member m;
    struct fn_txn *t = fx_begin(f, false);
    int rc = fn_member_who(t, face, &m);
    fn_txn_abort(t);
    assert_true(!rc || rc == FN_ENOTFOUND);
    return !rc;
}

/* A confirmed face stays when its photo is gone, but not the older version of a face that is
 * there: it has the labels, and may get others. */
static void test_older_versions_leave(void **state)
{
    (void)state;
    struct fx f;
    struct fn_error err = {0};
    fn_face_id old, now, other;
    uint64_t by;
    size_t n;
    fx_new(&f, 0);
    struct fn_txn *t = fx_begin(&f, true);
    const struct fn_person_id person = {{1, 2, 3}};
    fn_photo_id a = fx_ingest(&f, t, "a.jpg", 1, 1), c = fx_ingest(&f, t, "c.jpg", 5, 1);
    say_is(t, 1, &person);
    say_is(t, 5, &person);
    fn_photo_id b = ingest_edit(&f, t, "a.jpg", 101, 1, .02f);
    ingest_edit(&f, t, "c.jpg", 105, 999, 0); /* another picture */
    fx_check(fn_face_ids_of_photo(t, a, &old, 1, &n), NULL);
    fx_check(fn_face_ids_of_photo(t, b, &now, 1, &n), NULL);
    fx_check(fn_face_ids_of_photo(t, c, &other, 1, &n), NULL);
    fx_check(fn_people_settle(t, 0, NULL, &err), &err);
    fx_commit(t);
    assert_true(!is_member(&f, old) && is_member(&f, now) && is_member(&f, other));
    t = fx_begin(&f, true);
    fx_check(fn_assert_undo(t, 3, "test", &by, &err), &err);
    fx_commit(t);
    assert_true(is_member(&f, old));
    t = fx_begin(&f, true);
    fx_check(fn_assert_redo(t, 3, "test", &by, &err), &err);
    fx_commit(t);
    assert_false(is_member(&f, old));
    t = fx_begin(&f, true);
    fx_check(fn_path_delete(t, f.root, "a.jpg", &err), &err);
    fx_check(fn_people_settle(t, 0, NULL, &err), &err);
    fx_commit(t);
    assert_true(!is_member(&f, old) && is_member(&f, now));
    t = fx_begin(&f, true);
    fx_check(fn_index_expire(t, INT64_MAX, &by, &err), &err);
    assert_int_equal(by, 1);
    finish(&f, t);
}

/* A face gets its id when it is stored first. Another processor, or another instruction set,
 * may find the box one step beside it: the id stays, also for a photo that could not be read.
 */
static void test_processed_again(void **state)
{
    (void)state;
    struct fx f;
    struct fn_error err = {0};
    struct fn_face_rec first, again;
    size_t n;
    fx_new(&f, 0);
    struct fn_txn *t = fx_begin(&f, true);
    struct fn_ingest bad = {.hash = fx_hash(7),
                            .photo = {.state = FN_PHOTO_BAD, .reason = "truncated JPEG"},
                            .path = {.root = f.root, .path = "a.jpg"}};
    fn_photo_id a, b;
    fx_check(fn_ingest_photo(t, &bad, &a, &err), &err);
    b = ingest_edit(&f, t, "a.jpg", 7, 1, 0); /* it can be read now */
    assert_int_equal(a, b);
    fx_check(fn_faces_of_photo(t, a, &first, 1, &n), NULL);
    assert_int_equal(n, 1);
    fx_commit(t);
    static const char *const paths[] = {"a.jpg", "copy.jpg"};
    for (size_t i = 0; i < 4; i++) {
        t = fx_begin(&f, true);
        b = ingest_edit(&f, t, paths[i % 2], 7, 1, (float)(i + 1) / 65535);
        assert_int_equal(a, b);
        fx_check(fn_faces_of_photo(t, b, &again, 1, &n), NULL);
        assert_int_equal(n, 1);
        assert_true(again.ckey == first.ckey && again.id == first.id);
        fx_commit(t);
    }
    t = fx_begin(&f, true);
    fx_check(fn_path_delete(t, f.root, "a.jpg", &err), &err);
    fx_check(fn_path_delete(t, f.root, "copy.jpg", &err), &err);
    b = ingest_edit(&f, t, "back.jpg", 7, 1, 1.f / 65535);
    fx_check(fn_faces_of_photo(t, b, &again, 1, &n), NULL);
    assert_true(again.ckey == first.ckey);
    finish(&f, t);
}

static void test_bad(void **state)
{
    (void)state;
    struct fx f;
    struct fn_error err = {0};
    fx_new(&f, 0);
    struct fn_txn *t = fx_begin(&f, true);
    struct fn_ingest in = {.hash = fx_hash(1),
                           .photo = {.state = FN_PHOTO_BAD, .reason = "truncated JPEG"}};
    in.path = (struct fn_path){.root = f.root, .path = "bad.jpg"};
    fn_photo_id id = 0, id2 = 0;
    fx_check(fn_ingest_photo(t, &in, &id, &err), &err);
    assert_string_equal(photo_of(t, id).reason, "truncated JPEG");
    fx_check(fn_path_delete(t, f.root, "bad.jpg", &err), &err);
    assert_int_equal(photo_of(t, id).state, FN_PHOTO_GONE);
    struct fn_path p = {.root = f.root, .path = "again.jpg"};
    struct fn_h128 hash = fx_hash(1);
    fx_check(fn_ingest_known(t, &hash, &p, &err), &err);
    assert_int_equal(photo_of(t, id).state, FN_PHOTO_BAD); /* and not ok */
    fx_check(fx_try_ingest(&f, t, "again.jpg", 1, 2, &id2, &err),
             &err); /* a decoder that can */
    assert_int_equal(id, id2);
    assert_int_equal(photo_of(t, id).state, FN_PHOTO_OK);
    assert_int_equal(photo_of(t, id).n_faces, 2);
    assert_string_equal(photo_of(t, id).reason, "");
    finish(&f, t);
}

static int take_photo(fn_photo_id photo, void *ctx)
{
    *(fn_photo_id *)ctx = photo;
    return 0;
}

/* Back from gone with a different outcome, and with a pixel key that it did not have before. */
static void test_bad_gone_ok(void **state)
{
    (void)state;
    struct fx f;
    struct fn_error err = {0};
    fx_new(&f, 0);
    struct fn_txn *t = fx_begin(&f, true);
    struct fn_ingest in = {.hash = fx_hash(1),
                           .photo = {.state = FN_PHOTO_BAD, .reason = "no memory"}};
    in.path = (struct fn_path){.root = f.root, .path = "bad.jpg"};
    in.photo.pixel_key = fx_hash(100);
    fn_photo_id id = 0, id2 = 0, found = 0;
    fx_check(fn_ingest_photo(t, &in, &id, &err), &err);
    fx_check(fn_path_delete(t, f.root, "bad.jpg", &err), &err);
    in.photo = (struct fn_photo){.state = FN_PHOTO_OK, .pixel_key = fx_hash(200)};
    fx_check(fn_ingest_photo(t, &in, &id2, &err), &err);
    assert_int_equal(id, id2);
    assert_int_equal(photo_of(t, id).state, FN_PHOTO_OK);
    struct fn_h128 before = fx_hash(100), now = fx_hash(200);
    fx_check(fn_photo_each_of_pixels(t, &before, take_photo, &found), NULL);
    assert_int_equal(found, 0);
    fx_check(fn_photo_each_of_pixels(t, &now, take_photo, &found), NULL);
    assert_int_equal(found, id);
    finish(&f, t);
}

static void test_refused(void **state)
{
    (void)state;
    struct fx f;
    struct fn_error err = {0};
    fx_new(&f, 0);
    struct fn_txn *t = fx_begin(&f, true);
    uint16_t feature[FX_WIDTH] = {0};
    struct fn_ingest_face face = {.score = .9f, .quality = .8f, .feature = feature};
    fx_box(0, face.box);
    fx_embedding(1, 0, face.embedding);
    struct fn_ingest good = {.hash = fx_hash(1),
                             .faces = &face,
                             .n_faces = 1,
                             .feature_width = FX_WIDTH,
                             .profile_id = fx_model().profile_id};
    good.path = (struct fn_path){.root = f.root, .path = "a.jpg"};
    fn_photo_id id = 0;
    struct fn_ingest in = good;
    in.profile_id.b[0] = 99;
    assert_int_equal(fn_ingest_photo(t, &in, &id, &err), FN_EREFUSED);
    in = good;
    in.feature_width = 128;
    assert_int_equal(fn_ingest_photo(t, &in, &id, &err), FN_EREFUSED);
    in = good;
    struct fn_ingest_face kept = face;
    face.embedding[7] = NAN;
    assert_int_equal(fn_ingest_photo(t, &in, &id, &err), -22);
    face = kept;
    for (int i = 0; i < FN_DIM; i++)
        face.embedding[i] *= 2;
    assert_int_equal(fn_ingest_photo(t, &in, &id, &err), -22);
    face = kept;
    face.box[2] = INFINITY;
    assert_int_equal(fn_ingest_photo(t, &in, &id, &err), -22);
    face = kept;
    in = good;
    fx_check(fn_ingest_photo(t, &in, &id, &err), &err);
    finish(&f, t);
}

static void test_rename(void **state)
{
    (void)state;
    struct fx f;
    struct fn_error err = {0};
    uint64_t n;
    fx_new(&f, 0);
    struct fn_txn *t = fx_begin(&f, true);
    struct fn_root second = {.path = "/second"};
    fx_check(fn_root_put(t, &second, &err), &err);
    fn_photo_id a = fx_ingest(&f, t, "2019/a.jpg", 1, 1),
                b = fx_ingest(&f, t, "2019/in/b.jpg", 2, 1);
    fn_photo_id c = fx_ingest(&f, t, "2019x/c.jpg", 3, 1), d = fx_ingest(&f, t, "d.jpg", 4, 1);
    fx_check(fn_path_rename(t, f.root, "d.jpg", f.root, "2019/d.jpg", &n, &err), &err);
    assert_int_equal(n, 1);
    fx_check(fn_path_rename(t, f.root, "2019", f.root, "y/2019", &n, &err), &err);
    assert_int_equal(n, 3);
    assert_int_equal(photo_at(t, f.root, "y/2019/a.jpg"), a);
    assert_int_equal(photo_at(t, f.root, "y/2019/in/b.jpg"), b);
    assert_int_equal(photo_at(t, f.root, "y/2019/d.jpg"), d);
    assert_int_equal(photo_at(t, f.root, "2019x/c.jpg"),
                     c); /* a prefix of the name is not a folder */
    assert_int_equal(photo_at(t, f.root, "2019/a.jpg"), 0);
    fx_check(fn_path_rename(t, f.root, "y/2019", second.id, "", &n, &err), &err);
    assert_int_equal(n, 3);
    assert_int_equal(photo_at(t, second.id, "a.jpg"), a);
    assert_int_equal(photo_at(t, second.id, "in/b.jpg"), b);
    fx_check(fn_path_rename(t, second.id, "", f.root, "all", &n, &err), &err);
    assert_int_equal(n, 3);
    assert_int_equal(photo_at(t, f.root, "all/in/b.jpg"), b);
    /* Renamed to an existing path: the old file loses that path. */
    fx_check(fn_path_rename(t, f.root, "all/a.jpg", f.root, "2019x/c.jpg", &n, &err), &err);
    assert_int_equal(photo_at(t, f.root, "2019x/c.jpg"), a);
    assert_int_equal(photo_of(t, c).state, FN_PHOTO_GONE);
    assert_int_equal(photo_of(t, a).state, FN_PHOTO_OK);
    fx_check(fn_path_rename(t, f.root, "none", f.root, "nowhere", &n, &err), &err);
    assert_int_equal(n, 0);
    fx_check(fn_root_delete(t, f.root, &err), &err);
    assert_int_equal(photo_of(t, a).state, FN_PHOTO_GONE);
    struct fn_root r;
    assert_int_equal(fn_root_get(t, f.root, &r), FN_ENOTFOUND);
    finish(&f, t);
}

static struct fn_queue_entry entry(struct fx *f, const char *path, uint8_t prio)
{
    struct fn_queue_entry e = {.root = f->root, .prio = prio, .size = 10, .mtime_ns = 20};
    snprintf(e.path, sizeof e.path, "%s", path);
    return e;
}

static void push(struct fx *f, struct fn_txn *t, const char *path, uint8_t prio)
{
    struct fn_error err = {0};
    struct fn_queue_entry e = entry(f, path, prio);
    fx_check(fn_queue_push(t, &e, &err), &err);
}

/* The due paths in order, separated by spaces, taken two at a time. */
static const char *order(struct fn_txn *t, int64_t now)
{
    static char out[512];
    struct fn_queue_entry e[2], *after = NULL, last;
    size_t n = 0;
    out[0] = 0;
    do {
        fx_check(fn_queue_peek(t, now, after, e, 2, &n), NULL);
        for (size_t i = 0; i < n; i++)
            snprintf(out + strlen(out), sizeof out - strlen(out), "%s ", e[i].path);
        if (n) {
            last = e[n - 1];
            after = &last;
        }
    } while (n == 2);
    return out;
}

static unsigned tries_of(struct fn_txn *t, const char *path)
{
    struct fn_queue_entry e[8];
    size_t n = 0;
    fx_check(fn_queue_peek(t, INT64_MAX, NULL, e, 8, &n), NULL);
    for (size_t i = 0; i < n; i++)
        if (strcmp(e[i].path, path) == 0)
            return e[i].tries;
    fail_msg("%s is not in the queue", path);
    return 0;
}

static void test_queue(void **state)
{
    (void)state;
    struct fx f;
    struct fn_error err = {0};
    uint64_t n;
    fx_new(&f, 0);
    struct fn_txn *t = fx_begin(&f, true);
    push(&f, t, "d/b", 1);
    push(&f, t, "d/a", 1);
    push(&f, t, "late", 2);
    push(&f, t, "first", 0);
    push(&f, t, "d/b", 1); /* keeps its position */
    assert_string_equal(order(t, 100), "first d/b d/a late ");
    push(&f, t, "late", 0); /* a better priority */
    assert_string_equal(order(t, 100), "first late d/b d/a ");
    fx_check(fn_queue_requeue(t, f.root, "d/b", 500, &err), &err);
    assert_string_equal(order(t, 100), "first late d/a ");
    assert_string_equal(order(t, 500), "first late d/a d/b ");
    push(&f, t, "d/b", 1); /* the same file: it still has to wait */
    assert_string_equal(order(t, 100), "first late d/a ");
    assert_int_equal(tries_of(t, "d/b"), 1); /* and was tried before */
    struct fn_queue_entry changed = entry(&f, "d/b", 1);
    changed.size = 11;
    fx_check(fn_queue_push(t, &changed, &err), &err);
    assert_string_equal(order(t, 100), "first late d/a d/b ");
    assert_int_equal(tries_of(t, "d/b"), 0);
    fx_check(fn_path_rename(t, f.root, "d", f.root, "e", &n, &err), &err);
    assert_string_equal(order(t, 100), "first late e/a e/b ");
    fx_ingest(&f, t, "e/a", 1, 0);
    assert_string_equal(order(t, 100), "first late e/b ");
    fx_check(fn_queue_remove(t, f.root, "late", &err), &err);
    fx_check(fn_queue_remove(t, f.root, "late", &err), &err);
    fx_check(fn_queue_count(t, &n), NULL);
    assert_int_equal(n, 2);
    fx_commit(t);
    fx_reopen(&f, FN_STORE_WRITE); /* durable */
    t = fx_begin(&f, true);
    assert_string_equal(order(t, 100), "first e/b ");
    struct fn_queue_entry e[1];
    size_t one;
    fx_check(fn_queue_requeue(t, f.root, "first", 0, &err), &err);
    fx_check(fn_queue_peek(t, 0, NULL, e, 1, &one), NULL);
    assert_int_equal(e[0].tries, 1);
    fx_check(fn_root_delete(t, f.root, &err), &err);
    fx_check(fn_queue_count(t, &n), NULL);
    assert_int_equal(n, 0);
    finish(&f, t);
}

/* A commit that would leave labels and people out of date is refused, and changes nothing. */
static void test_nobody_is_forgotten(void **state)
{
    (void)state;
    struct fx f;
    struct fn_error err = {0};
    struct fn_photo p;
    struct fn_path path = {.size = 0};
    fx_new(&f, 0);
    struct fn_txn *t = fx_begin(&f, true);
    fn_photo_id id = fx_ingest(&f, t, "a.jpg", 1, 2);
    assert_int_equal(fn_txn_commit(t, &err), FN_EINTERNAL);
    assert_non_null(strstr(err.text, "fn_index_commit"));
    t = fx_begin(&f, true);
    assert_int_equal(fn_photo_get(t, id, &p), FN_ENOTFOUND);
    assert_int_equal(fn_path_get(t, f.root, "a.jpg", &path), FN_ENOTFOUND);
    id = fx_ingest(&f, t, "a.jpg", 1, 2);
    fx_check(fn_index_update(t, &err), &err);
    fx_check(fn_txn_commit(t, &err), &err); /* they were updated, so it may */
    t = fx_begin(&f, true);
    fx_check(fn_path_delete(t, f.root, "a.jpg", &err), &err);
    assert_int_equal(fn_txn_commit(t, &err), FN_EINTERNAL);
    t = fx_begin(&f, true);
    fx_check(fn_photo_get(t, id, &p), NULL);
    assert_int_equal(p.state, FN_PHOTO_OK);
    fx_check(fn_path_delete(t, f.root, "a.jpg", &err), &err);
    fx_commit(t);
    fx_remove(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_record),
        cmocka_unit_test(test_odd_paths),
        cmocka_unit_test(test_gone_and_back),
        cmocka_unit_test(test_expire),
        cmocka_unit_test(test_edited),
        cmocka_unit_test(test_edited_with_labels),
        cmocka_unit_test(test_older_versions_leave),
        cmocka_unit_test(test_processed_again),
        cmocka_unit_test(test_bad),
        cmocka_unit_test(test_bad_gone_ok),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_rename),
        cmocka_unit_test(test_queue),
        cmocka_unit_test(test_nobody_is_forgotten),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
