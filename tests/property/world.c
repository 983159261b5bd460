/* SPDX-License-Identifier: MIT */
#include "tests/property/world.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "index/ingest/ingest.h"
#include "index/ingest/update.h"
#include "tests/property/synth.h"

static void check(int rc, const struct fn_error *err)
{
    if (rc)
        fail_msg("%d: %s", rc, err->text);
}

void world_open(struct world *w, uint64_t seed)
{
    struct fn_error err = {0};
    struct fn_root root = {.path = "/photos"};
    struct fn_index_model m = {.profile_id = {{1}},
                               .profile = "test",
                               .feature_width = WORLD_FEATURE,
                               .pair_d = FN_Q14_ONE / 100 * 90,
                               .min_quality = 60,
                               .logistic_a = 19.2,
                               .logistic_b = 15};
    bool crowded = seed % 4 == 0;
    *w = (struct world){.seed = seed,
                        .n_photos = crowded ? WORLD_PHOTOS : 40,
                        .n_identities = crowded ? 2 + (uint32_t)seed % 3 : 7,
                        .clock_us = 1000000};
    snprintf(w->dir, sizeof w->dir, "/tmp/fn-world-XXXXXX");
    assert_non_null(mkdtemp(w->dir));
    check(fn_store_open(w->dir, FN_STORE_CREATE | FN_STORE_NOSYNC, &w->store, &err), &err);
    struct fn_txn *t = world_begin(w, true);
    check(fn_index_model_set(t, &m, &err), &err);
    check(fn_root_put(t, &root, &err), &err);
    w->root = root.id;
    world_commit(t);
}

void world_close(struct world *w)
{
    static const char *const files[] = {"data.mdb", "lock.mdb", "writer.lock", "labels.log"};
    char path[128];
    fn_store_close(w->store);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        snprintf(path, sizeof path, "%s/%s", w->dir, files[i]);
        unlink(path);
    }
    rmdir(w->dir);
}

struct fn_txn *world_begin(struct world *w, bool write)
{
    struct fn_txn *t = NULL;
    struct fn_error err = {0};
    check(fn_txn_begin(w->store, write, 1000, &t, &err), &err);
    return t;
}

void world_commit(struct fn_txn *t)
{
    struct fn_error err = {0};
    check(fn_index_commit(t, &err), &err);
}

static struct fn_rng photo_rng(const struct world *w, uint32_t photo)
{
    return fn_rng_init(w->seed, 1000 + photo);
}

uint32_t world_faces(const struct world *w, uint32_t photo)
{
    struct fn_rng r = photo_rng(w, photo);
    return 1 + (uint32_t)fn_rng_below(&r, WORLD_FACES);
}

static struct fn_h128 photo_hash(const struct world *w, uint32_t photo)
{
    uint64_t v[2] = {w->seed, photo};
    return fn_hash128(v, sizeof v);
}

static void face_box(uint32_t face, float box[4])
{
    box[0] = .1f + .25f * (float)face;
    box[1] = .2f;
    box[2] = .2f - .01f * (float)face;
    box[3] = .2f;
}

struct fn_face_key world_face_key(const struct world *w, uint32_t photo, uint32_t face)
{
    struct fn_face_key k = {.photo = photo_hash(w, photo)};
    float box[4];
    face_box(face, box);
    fn_box_quantise(box, k.box);
    return k;
}

static void photo_path(const struct world *w, uint32_t photo, char *out, size_t size)
{
    if (w->apart)
        snprintf(out, size, "trip%02u/p%02u.jpg", photo, photo);
    else
        snprintf(out, size, "trip/p%02u.jpg", photo);
}

void world_add(struct world *w, struct fn_txn *t, uint32_t photo)
{
    static const uint16_t feature[WORLD_FEATURE] = {0};
    struct fn_rng r = photo_rng(w, photo);
    struct synth y = {.seed = w->seed, .within = w->seed % 7 < 3 ? .62 : .8, .families = .78};
    struct fn_ingest_face faces[WORLD_FACES] = {{.score = .9f}};
    struct fn_ingest in = {.hash = photo_hash(w, photo),
                           .faces = faces,
                           .n_faces = 1 + (uint32_t)fn_rng_below(&r, WORLD_FACES),
                           .feature_width = WORLD_FEATURE,
                           .profile_id = {{1}}};
    fn_photo_id id;
    struct fn_error err = {0};
    for (uint32_t i = 0; i < in.n_faces; i++) {
        faces[i] = (struct fn_ingest_face){.score = .9f, .feature = feature};
        face_box(i, faces[i].box);
        /* One fifth are low-quality faces. Sometimes an identity is twice in a photo, as in a
         * mirror. */
        faces[i].quality = fn_rng_below(&r, 5) ? .6f + .1f * (float)i : .1f;
        /* Some vectors occur several times, so that distances tie. */
        uint32_t identity = (uint32_t)fn_rng_below(&r, w->n_identities);
        uint32_t number =
            fn_rng_below(&r, 6) ? photo * WORLD_FACES + i : (uint32_t)fn_rng_below(&r, 4);
        synth_vector(&y, identity, number, faces[i].embedding);
    }
    in.path.root = w->root;
    in.path.mtime_ns = 1;
    in.path.size = 100 + photo;
    photo_path(w, photo, in.path.path, sizeof in.path.path);
    in.photo.width = in.photo.height = 1000;
    in.photo.taken_precision = photo % 5 ? 6 : 0;
    in.photo.taken_s = 1000000000 + (int64_t)photo * 86400;
    check(fn_ingest_photo(t, &in, &id, &err), &err);
    w->here[photo] = true;
}

void world_remove(struct world *w, struct fn_txn *t, uint32_t photo)
{
    char path[64];
    struct fn_error err = {0};
    photo_path(w, photo, path, sizeof path);
    check(fn_path_delete(t, w->root, path, &err), &err);
    w->here[photo] = false;
}

void world_expire(struct world *w, struct fn_txn *t)
{
    struct fn_error err = {0};
    uint64_t n;
    (void)w;
    check(fn_index_expire(t, INT64_MAX, &n, &err), &err);
}

bool world_knows(const struct world *w, struct fn_txn *t, uint32_t photo)
{
    struct fn_h128 hash = photo_hash(w, photo);
    fn_photo_id id;
    return fn_photo_by_hash(t, &hash, &id) == 0;
}

struct fn_person_id world_person(uint32_t k)
{
    struct fn_person_id p = {{0xf0, (uint8_t)k}};
    return p;
}

/* One of the persons of the world, or the current person of some face, named or not. */
static struct fn_person_id any_person(struct world *w, struct fn_txn *t, struct fn_rng *r)
{
    uint32_t photo = (uint32_t)fn_rng_below(r, w->n_photos);
    struct fn_face_key k = world_face_key(w, photo, 0);
    fn_face_id face;
    struct fn_member m;
    if (fn_rng_below(r, 3) == 0 && !fn_face_by_key(t, &k, &face) && !fn_member_get(t, face, &m))
        return m.person;
    return world_person((uint32_t)fn_rng_below(r, WORLD_PERSONS));
}

enum { GROUP_MAX = 8 };

static void make_group(struct world *w, struct fn_rng *r, struct fn_face_ref set[GROUP_MAX],
                       struct fn_assertion *a)
{
    size_t n = 1 + fn_rng_below(r, GROUP_MAX);
    for (size_t i = 0; i < n; i++) {
        uint32_t photo = (uint32_t)fn_rng_below(r, w->n_photos);
        struct fn_face_key k =
            world_face_key(w, photo, (uint32_t)fn_rng_below(r, world_faces(w, photo)));
        set[i] = fn_face_ref_of(&k);
    }
    a->faces = set;
    a->n_faces = fn_face_refs_sort(set, n);
}

static void make_face_act(struct world *w, struct fn_txn *t, struct fn_rng *r,
                          struct fn_face_ref set[GROUP_MAX], struct fn_assertion *a)
{
    static const uint8_t kinds[] = {FN_ASSERT_IS,     FN_ASSERT_IS,     FN_ASSERT_IS,
                                    FN_ASSERT_NOT,    FN_ASSERT_NOT,    FN_ASSERT_NOTFACE,
                                    FN_ASSERT_ISFACE, FN_ASSERT_MEMBER, FN_ASSERT_GROUP,
                                    FN_ASSERT_GROUP};
    uint32_t photo = (uint32_t)fn_rng_below(r, w->n_photos);
    a->kind = kinds[fn_rng_below(r, sizeof kinds)];
    if (a->kind == FN_ASSERT_GROUP)
        make_group(w, r, set, a);
    else
        a->face = world_face_key(w, photo, (uint32_t)fn_rng_below(r, world_faces(w, photo)));
    if (a->kind != FN_ASSERT_NOTFACE && a->kind != FN_ASSERT_ISFACE)
        a->person = any_person(w, t, r);
}

static int say_act(struct world *w, struct fn_txn *t, struct fn_rng *r, struct fn_error *err)
{
    struct fn_assertion a[3];
    struct fn_face_ref sets[3][GROUP_MAX];
    uint64_t act;
    size_t n = 1;
    memset(a, 0, sizeof a);
    uint64_t what = fn_rng_below(r, 12);
    if (what < 8) {
        n = 1 + fn_rng_below(r, 3);
        for (size_t i = 0; i < n; i++)
            make_face_act(w, t, r, sets[i], &a[i]);
    } else if (what < 10) {
        a[0].kind = FN_ASSERT_MERGE;
        a[0].person = any_person(w, t, r);
        a[0].object = any_person(w, t, r);
    } else if (what < 11) {
        a[0].kind = FN_ASSERT_NAME;
        a[0].person = any_person(w, t, r);
        snprintf(a[0].text, sizeof a[0].text, "Name %u", (unsigned)fn_rng_below(r, 6));
    } else {
        a[0].kind = fn_rng_below(r, 2) ? FN_ASSERT_HIDE : FN_ASSERT_UNHIDE;
        a[0].person = any_person(w, t, r);
    }
    for (size_t i = 0; i < n; i++) {
        snprintf(a[i].author, sizeof a[i].author, "%s", fn_rng_below(r, 2) ? "ann" : "-");
        a[i].time_us = w->clock_us++;
    }
    return fn_assert_append(t, a, n, &act, err);
}

bool world_say(struct world *w, struct fn_txn *t, struct fn_rng *r)
{
    struct fn_error err = {0};
    uint64_t act, count = fn_assert_count(t);
    int rc;
    switch (count ? fn_rng_below(r, 4) : 3) {
    case 0: {
        struct fn_assertion a;
        check(fn_assert_get(t, 1 + fn_rng_below(r, count), &a), &err);
        rc = fn_rng_below(r, 2) ? fn_assert_undo(t, a.act, "ann", &act, &err)
                                : fn_assert_redo(t, a.act, "bob", &act, &err);
        break;
    }
    case 1: {
        bool redo = fn_rng_below(r, 2);
        rc = fn_assert_last(t, redo, &act);
        if (rc == FN_ENOTFOUND)
            return false;
        check(rc, &err);
        rc = redo ? fn_assert_redo(t, act, "ann", &act, &err)
                  : fn_assert_undo(t, act, "ann", &act, &err);
        break;
    }
    default:
        rc = say_act(w, t, r, &err);
        break;
    }
    if (rc == FN_EREFUSED || rc == FN_ELIMIT) {
        assert_int_equal(fn_assert_count(t), count);
        return false;
    }
    check(rc, &err);
    return true;
}

static int add_line(const struct fn_assertion *a, void *ctx)
{
    fn_assertion_format(a, ctx);
    fn_buf_char(ctx, '\n');
    return 0;
}

char *world_log(struct fn_txn *t, size_t *ret_n)
{
    struct fn_buf b;
    fn_buf_init(&b, 1 << 24);
    assert_int_equal(fn_assert_each(t, 1, add_line, &b), 0);
    assert_false(fn_buf_failed(&b));
    *ret_n = b.len;
    return b.len ? fn_buf_detach(&b) : strdup("");
}

uint64_t world_settled(struct fn_txn *t)
{
    struct fn_error err = {0};
    uint64_t diff = 0, hash = 0;
    size_t left = 1;
    check(fn_people_settle(t, 0, &left, &err), &err);
    assert_int_equal(left, 0);
    check(fn_people_check(t, &diff, &err), &err);
    if (diff)
        fail_msg("%u faces differ from the partition from scratch", (unsigned)diff);
    check(fn_people_hash(t, &hash, &err), &err);
    return hash;
}
