/* SPDX-License-Identifier: MIT */
/* A generation is built while photos come and go and a user labels, in any order and with
 * anything between the steps. After the switch the index answers as one that was made with the
 * new model from the start and was told the same: the plain reference is that index. Labels and
 * the log before the switch stay as they were, and going back gives the first people again. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/half.h"
#include "engine/base/rng.h"
#include "index/doctor/doctor.h"
#include "index/generations/generations.h"
#include "index/ingest/update.h"
#include "index/people/settle.h"
#include "tests/property/synth.h"
#include "tests/unit/index_fixture.h"

/* The number of good faces stays within one size class: which one holds at a limit depends on
 * the past (index/grouping/grouping.h), which the reference does not have. */
enum { PHOTOS = 2000, FIRST = 1100, PEOPLE = 40, STEPS = 120 };

static struct fn_error err;

struct world {
    struct fx f;
    struct fn_rng r;
    bool there[PHOTOS], seen[PHOTOS]; /* has a path; was stored */
    unsigned model;                   /* of new faces: 0 or 1 */
};

/* ---- two models over one feature ---- */

static uint32_t faces_of(uint32_t photo)
{
    return 1 + photo % 3;
}

/* The feature of a face: a point of its person in model 0, one of another grouping in model 1.
 */
static void feature_of(uint32_t photo, uint32_t face, uint16_t out[FX_WIDTH])
{
    struct synth a = {.seed = 3, .within = .5}, b = {.seed = 4, .within = .5};
    struct fn_rng r = fn_rng_init(5, photo * 8 + face);
    uint32_t person = (uint32_t)fn_rng_below(&r, PEOPLE);
    float x[FN_DIM];
    synth_vector(&a, person, photo * 8 + face, x);
    for (int i = 0; i < FN_DIM; i++)
        out[i] = fn_half_from_float(x[i]);
    synth_vector(&b, fn_rng_below(&r, 8) ? person : person / 2, photo * 8 + face, x);
    for (int i = 0; i < FN_DIM; i++)
        out[FN_DIM + i] = fn_half_from_float(x[i]);
}

static void vector_of(const uint16_t *feature, unsigned model, float out[FN_DIM])
{
    double norm = 0;
    for (int i = 0; i < FN_DIM; i++) {
        out[i] = fn_half_to_float(feature[model * FN_DIM + (unsigned)i]);
        norm += (double)out[i] * (double)out[i];
    }
    for (int i = 0; i < FN_DIM; i++)
        out[i] /= (float)sqrt(norm);
}

static struct fn_index_model model_of(unsigned model)
{
    struct fn_index_model m = fx_model();
    m.profile_id = (struct fn_h128){{7, (uint8_t)model}};
    (void)snprintf(m.profile, sizeof m.profile, "model%u", model);
    return m;
}

static int project(void *ctx, const uint16_t *features, size_t n, uint32_t width, int16_t *ret)
{
    for (size_t i = 0; i < n; i++) {
        float x[FN_DIM];
        uint16_t zero[FX_WIDTH] = {0};
        if (!memcmp(features + i * width, zero, sizeof zero))
            continue;
        vector_of(features + i * width, *(unsigned *)ctx, x);
        fn_q14_from_float(ret + i * FN_DIM, x, FN_DIM);
    }
    return 0;
}

/* ---- the index ---- */

static struct fn_h128 hash_of(uint32_t photo)
{
    return fn_hash128(&photo, sizeof photo);
}

static void ingest(struct fx *f, struct fn_txn *t, uint32_t photo, unsigned model)
{
    struct fn_ingest_face faces[4];
    static uint16_t features[4][FX_WIDTH];
    struct fn_ingest in = {.hash = hash_of(photo),
                           .faces = faces,
                           .n_faces = faces_of(photo),
                           .feature_width = FX_WIDTH,
                           .profile_id = model_of(model).profile_id};
    fn_photo_id id;
    for (uint32_t i = 0; i < in.n_faces; i++) {
        feature_of(photo, i, features[i]);
        faces[i] = (struct fn_ingest_face){.score = .9f,
                                           .quality = photo % 11 ? .8f : .1f,
                                           .box = {.05f + .3f * (float)i, .2f, .2f, .2f},
                                           .feature = features[i]};
        vector_of(features[i], model, faces[i].embedding);
    }
    in.photo.width = in.photo.height = 1000;
    in.path.root = f->root;
    (void)snprintf(in.path.path, sizeof in.path.path, "%u.jpg", photo);
    fx_check(fn_ingest_photo(t, &in, &id, &err), &err);
}

static struct fn_face_key key_of(uint32_t photo, uint32_t face)
{
    struct fn_face_key k = {.photo = hash_of(photo)};
    const float box[4] = {.05f + .3f * (float)face, .2f, .2f, .2f};
    fn_box_quantise(box, k.box);
    return k;
}

static void add(struct world *w, struct fn_txn *t, uint32_t photo)
{
    ingest(&w->f, t, photo, w->model);
    w->there[photo] = w->seen[photo] = true;
}

static void take(struct world *w, struct fn_txn *t, uint32_t photo)
{
    char path[32];
    (void)snprintf(path, sizeof path, "%u.jpg", photo);
    fx_check(fn_path_delete(t, w->f.root, path, &err), &err);
    w->there[photo] = false;
}

static void say(struct world *w, struct fn_txn *t)
{
    static const uint8_t kinds[] = {FN_ASSERT_IS, FN_ASSERT_IS, FN_ASSERT_NOT,
                                    FN_ASSERT_NOTFACE};
    uint32_t photo = (uint32_t)fn_rng_below(&w->r, PHOTOS);
    struct fn_assertion a = {.kind = kinds[fn_rng_below(&w->r, 4)],
                             .time_us = 1,
                             .author = "ann",
                             .face = key_of(photo, 0),
                             .person = {{7, (uint8_t)fn_rng_below(&w->r, 12)}}};
    if (!w->there[photo])
        return;
    int rc = fn_assert_append(t, &a, 1, NULL, &err);
    if (rc != FN_EREFUSED)
        fx_check(rc, &err);
}

static void undo(struct fn_txn *t)
{
    uint64_t act;
    int rc = fn_assert_last(t, false, &act);
    if (!rc)
        rc = fn_assert_undo(t, act, "ann", NULL, &err);
    if (rc != FN_ENOTFOUND && rc != FN_EREFUSED)
        fx_check(rc, &err);
}

static void expire(struct fn_txn *t)
{
    uint64_t n;
    fx_check(fn_index_expire(t, INT64_MAX / 2, &n, &err), &err);
}

static void act(struct world *w)
{
    struct fn_txn *t = fx_begin(&w->f, true);
    uint32_t photo = (uint32_t)fn_rng_below(&w->r, PHOTOS);
    switch (fn_rng_below(&w->r, 8)) {
    case 0:
        undo(t);
        break;
    case 1:
        for (uint32_t i = 0; i < 40; i++)
            if (w->there[(photo + i) % PHOTOS])
                take(w, t, (photo + i) % PHOTOS);
        break;
    case 2:
        expire(t);
        break;
    case 3:
    case 4:
        for (uint32_t i = 0; i < 25; i++)
            if (!w->there[(photo + i) % PHOTOS])
                add(w, t, (photo + i) % PHOTOS);
        break;
    default:
        say(w, t);
    }
    fx_commit(t);
}

static void settle(struct world *w, bool other, bool to_end)
{
    struct fn_settler *s = NULL;
    size_t left = 0;
    fx_check(other ? fn_settler_create_other(w->f.store, &s)
                   : fn_settler_create(w->f.store, &s),
             NULL);
    do
        fx_check(fn_people_settle_unit(s, 500, 5000, &left, &err), &err);
    while (to_end && left);
    fn_settler_destroy(s);
}

/* ---- building ---- */

static uint64_t project_step(struct fn_txn *t, unsigned model)
{
    const struct fn_projection p = {project, &model};
    uint64_t left;
    fx_check(fn_next_project(t, &p, 1, &left, &err), &err);
    return left;
}

static uint32_t number_of(struct fn_txn *t, fn_photo_id id)
{
    struct fn_photo p;
    fx_check(fn_photo_get(t, id, &p), NULL);
    for (uint32_t i = 0; i < PHOTOS; i++) {
        struct fn_h128 h = hash_of(i);
        if (fn_h128_eq(&h, &p.hash))
            return i;
    }
    fail();
    return 0;
}

/* Photos that are gone are read as if from kept chips. */
static void read_photo(struct fn_txn *t, fn_photo_id id, unsigned model)
{
    uint32_t photo = number_of(t, id);
    for (uint32_t i = 0; i < faces_of(photo); i++) {
        struct fn_face_key k = key_of(photo, i);
        uint16_t feature[FX_WIDTH];
        int16_t q[FN_DIM];
        float x[FN_DIM];
        fn_face_id face;
        fx_check(fn_face_by_key(t, &k, &face), NULL);
        feature_of(photo, i, feature);
        vector_of(feature, model, x);
        fn_q14_from_float(q, x, FN_DIM);
        fx_check(fn_next_put(t, face, q, feature, &err), &err);
    }
}

static uint64_t read_step(struct fn_txn *t, unsigned model)
{
    fn_photo_id ids[200];
    size_t n;
    fx_check(fn_next_todo(t, 0, false, ids, 200, &n), NULL);
    for (size_t i = 0; i < n; i++)
        read_photo(t, ids[i], model);
    return n;
}

static uint64_t build_step(struct world *w, enum fn_next_way way, unsigned model)
{
    struct fn_txn *t = fx_begin(&w->f, true);
    uint64_t left = way == FN_WAY_FEATURES ? project_step(t, model) : read_step(t, model);
    fx_commit(t);
    return left;
}

static void begin(struct world *w, enum fn_next_way way, unsigned model)
{
    struct fn_txn *t = fx_begin(&w->f, true);
    struct fn_index_model m = model_of(model);
    fx_check(fn_next_begin(t, &m, way, &err), &err);
    fx_commit(t);
}

static void cancel(struct world *w)
{
    struct fn_next n;
    struct fn_txn *t = fx_begin(&w->f, true);
    fx_check(fn_next_cancel(t, &err), &err);
    assert_int_equal(fn_next_get(t, &n), FN_ENOTFOUND);
    fx_commit(t);
}

static void make_switch(struct world *w, enum fn_next_way way, unsigned model)
{
    while (build_step(w, way, model))
        ;
    settle(w, true, true);
    struct fn_txn *t = fx_begin(&w->f, true);
    fx_check(fn_next_switch(t, "ann", &err), &err);
    fx_commit(t);
    w->model = model;
    settle(w, false, true);
}

/* ---- the plain reference ---- */

struct said {
    struct fx *f;
    struct fn_txn *t;
    uint64_t acts[4096]; /* of the reference, by those of the index */
};

static int repeat(const struct fn_assertion *a, void *ctx)
{
    struct said *s = ctx;
    struct fn_assertion copy = *a;
    uint64_t made = 0;
    int rc = 0;
    if (a->kind == FN_ASSERT_SET)
        return 0;
    assert_true(a->act < 4096);
    if (a->kind == FN_ASSERT_UNDO)
        rc = fn_assert_undo(s->t, s->acts[a->undo_of], a->author, &made, &err);
    else
        rc = fn_assert_append(s->t, &copy, 1, &made, &err);
    fx_check(rc, &err);
    s->acts[a->act] = made;
    return 0;
}

/* The same photos and the same words, in an index of this model. */
static void make_plain(struct world *w, unsigned model, struct fx *plain)
{
    static struct said s;
    struct fn_index_model m = model_of(model);
    fx_new(plain, FN_STORE_NOSYNC);
    struct fn_txn *from = fx_begin(&w->f, false), *t = fx_begin(plain, true);
    fx_check(fn_index_model_set(t, &m, &err), &err);
    for (uint32_t i = 0; i < PHOTOS; i++)
        if (w->seen[i])
            ingest(plain, t, i, model);
    fx_check(fn_index_update(t, &err), &err);
    s = (struct said){.f = plain, .t = t};
    fx_check(fn_assert_each(from, 1, repeat, &s), &err);
    fx_check(fn_index_update(t, &err), &err);
    for (uint32_t i = 0; i < PHOTOS; i++)
        if (w->seen[i] && !w->there[i]) {
            char path[32];
            (void)snprintf(path, sizeof path, "%u.jpg", i);
            fx_check(fn_path_delete(t, plain->root, path, &err), &err);
        }
    size_t left;
    fx_check(fn_index_update(t, &err), &err);
    fx_check(fn_people_settle(t, 0, &left, &err), &err);
    fx_commit(t);
    fn_txn_abort(from);
}

static int who(struct fn_txn *t, uint32_t photo, uint32_t face, struct fn_member *ret)
{
    struct fn_face_key k = key_of(photo, face);
    fn_face_id id;
    int rc = fn_face_by_key(t, &k, &id);
    return rc ? rc : fn_member_who(t, id, ret);
}

static void same_people(struct world *w, struct fx *plain)
{
    struct fn_txn *a = fx_begin(&w->f, false), *b = fx_begin(plain, false);
    size_t n = 0;
    for (uint32_t i = 0; i < PHOTOS; i++)
        for (uint32_t j = 0; w->there[i] && j < faces_of(i); j++) {
            struct fn_member x, y;
            int rc = who(a, i, j, &x), want = who(b, i, j, &y);
            if (rc != want || (!rc && (!fn_person_eq(&x.person, &y.person) || x.how != y.how)))
                fail_msg("face %u of photo %u: %d, person %02x%02x, how %d; by the reference "
                         "%d, person %02x%02x, how %d",
                         j, i, rc, x.person.b[0], x.person.b[1], (int)x.how, want,
                         y.person.b[0], y.person.b[1], (int)y.how);
            n += !rc;
        }
    assert_true(n > 100);
    fn_txn_abort(a);
    fn_txn_abort(b);
}

static void check_all(struct world *w)
{
    struct fx plain;
    make_plain(w, w->model, &plain);
    same_people(w, &plain);
    fx_remove(&plain);
    assert_int_equal(fx_doctor(&w->f, true), FN_FIND_OK);
}

/* ---- the tests ---- */

static void world_new(struct world *w, uint64_t seed)
{
    *w = (struct world){.r = fn_rng_init(seed, 1)};
    fx_new(&w->f, FN_STORE_NOSYNC);
    struct fn_txn *t = fx_begin(&w->f, true);
    struct fn_index_model m = model_of(0);
    fx_check(fn_index_model_set(t, &m, &err), &err);
    for (uint32_t i = 0; i < FIRST; i++)
        add(w, t, i);
    fx_commit(t);
    settle(w, false, true);
}

static uint64_t log_hash(struct world *w, uint64_t up_to)
{
    struct fn_txn *t = fx_begin(&w->f, false);
    uint64_t h = 0;
    for (uint64_t i = 1; i <= up_to; i++) {
        struct fn_assertion a;
        fx_check(fn_assert_get(t, i, &a), NULL);
        a.faces = NULL;
        h = fn_mix64(h ^ fn_hash64(&a.face, sizeof a.face) ^ a.kind ^
                     fn_hash64(a.text, strlen(a.text)));
    }
    fn_txn_abort(t);
    return h;
}

static uint64_t log_length(struct world *w)
{
    struct fn_txn *t = fx_begin(&w->f, false);
    uint64_t n = fn_assert_count(t);
    fn_txn_abort(t);
    return n;
}

static void run(enum fn_next_way way, uint64_t seed)
{
    static struct world w;
    world_new(&w, seed);
    check_all(&w);
    for (int i = 0; i < 60; i++) {
        act(&w);
    }
    settle(&w, false, true);
    check_all(&w);
    for (unsigned round = 1; round <= 3; round++) { /* there, back, and there again */
        unsigned model = round % 2;
        begin(&w, way, model);
        if (round == 2) { /* stopped, and begun from nothing */
            (void)build_step(&w, way, model);
            cancel(&w);
            check_all(&w);
            begin(&w, way, model);
        }
        for (int i = 0; i < STEPS; i++)
            switch (fn_rng_below(&w.r, 5)) {
            case 0:
                (void)build_step(&w, way, model);
                break;
            case 1:
                settle(&w, fn_rng_below(&w.r, 2), false);
                break;
            case 2:
                if (!fn_rng_below(&w.r, 8))
                    fx_reopen(&w.f, FN_STORE_WRITE | FN_STORE_NOSYNC);
                break;
            default:
                act(&w);
            }
        settle(&w, false, true);
        check_all(&w); /* the old one answers as if nothing were built */
        uint64_t n = log_length(&w), before = log_hash(&w, n);
        make_switch(&w, way, model);
        assert_true(log_hash(&w, n) == before);
        assert_int_equal(log_length(&w), n + 1);
        check_all(&w);
        for (int i = 0; i < 20; i++)
            act(&w);
        settle(&w, false, true);
        check_all(&w);
    }
    fx_remove(&w.f);
}

static void from_features(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= (getenv("FN_TEST_FULL") ? 20 : 2); seed++)
        run(FN_WAY_FEATURES, seed);
}

static void from_photos(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= (getenv("FN_TEST_FULL") ? 20 : 2); seed++)
        run(FN_WAY_PHOTOS, seed);
}

/* ---- photos that are away ---- */

enum { AWAY = 5 }; /* each fifth one */

static void name_first_face(struct world *w, uint32_t photo, uint8_t person)
{
    struct fn_txn *t = fx_begin(&w->f, true);
    struct fn_assertion a = {.kind = FN_ASSERT_IS,
                             .time_us = 1,
                             .author = "ann",
                             .face = key_of(photo, 0),
                             .person = {{9, person}}};
    fx_check(fn_assert_append(t, &a, 1, NULL, &err), &err);
    fx_commit(t);
}

static void build_without_some(struct world *w)
{
    fn_photo_id ids[200];
    size_t n;
    begin(w, FN_WAY_PHOTOS, 1);
    do {
        struct fn_txn *t = fx_begin(&w->f, true);
        fx_check(fn_next_todo(t, 0, false, ids, 200, &n), NULL);
        for (size_t i = 0; i < n; i++)
            if (number_of(t, ids[i]) % AWAY == 0)
                fx_check(fn_next_miss(t, ids[i], &err), &err);
            else
                read_photo(t, ids[i], 1);
        fx_commit(t);
    } while (n);
    settle(w, true, true);
}

static void check_named(struct world *w, uint32_t photo, uint8_t person)
{
    struct fn_txn *t = fx_begin(&w->f, false);
    struct fn_member m;
    fx_check(who(t, photo, 0, &m), NULL);
    assert_int_equal(m.person.b[0], 9);
    assert_int_equal(m.person.b[1], person);
    fn_txn_abort(t);
}

/* They are counted, keep their names, do not harm the index, and go with their photos. */
static void away(void **state)
{
    static struct world w;
    uint64_t faces = 0;
    (void)state;
    world_new(&w, 1);
    name_first_face(&w, AWAY, 1);
    name_first_face(&w, AWAY + 1, 2);
    settle(&w, false, true);
    build_without_some(&w);
    for (uint32_t i = 0; i < FIRST; i += AWAY)
        faces += faces_of(i);
    struct fn_txn *t = fx_begin(&w.f, true);
    struct fn_next n;
    fx_check(fn_next_get(t, &n), NULL);
    assert_true(n.stale == faces && n.vectors == n.faces - faces && n.grouped);
    fx_check(fn_next_switch(t, "ann", &err), &err);
    fx_commit(t);
    w.model = 1;
    check_named(&w, AWAY, 1);
    check_named(&w, AWAY + 1, 2);
    assert_int_equal(fx_doctor(&w.f, true), FN_FIND_OK);
    t = fx_begin(&w.f, true);
    for (uint32_t i = 0; i < FIRST / 2; i++)
        take(&w, t, i);
    expire(t);
    fx_commit(t);
    settle(&w, false, true);
    check_named(&w, AWAY, 1);
    assert_int_equal(fx_doctor(&w.f, true), FN_FIND_OK);
    fx_remove(&w.f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(from_features),
                                       cmocka_unit_test(from_photos), cmocka_unit_test(away)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
