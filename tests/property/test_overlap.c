/* SPDX-License-Identifier: MIT */
/* The face to which a label refers, compared with the rule of docs/format-labels.md in whole
 * numbers: the face with the same box; otherwise the one with the largest overlap (intersection
 * over union) of at least .35, and among equal ones that with the smallest content key. The
 * boxes are on a coarse grid, so that the limit is met exactly and ties are common. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "engine/base/rng.h"
#include "index/ingest/update.h"
#include "index/labels/labels.h"
#include "tests/unit/index_fixture.h"

enum { STEP = 1000, SIDE = 24, FACES = 4, QUERIES = 12, NOBODY = FACES };

struct box {
    int x, y, w, h; /* in steps */
};

struct photo {
    uint64_t content;
    struct box box[FACES];
    uint64_t ckey[FACES];
    int n;
};

/* ---- the rule ---- */

static int common(int a, int an, int b, int bn)
{
    int lo = a > b ? a : b, hi = a + an < b + bn ? a + an : b + bn;
    return hi > lo ? hi - lo : 0;
}

static int both(const struct box *a, const struct box *b)
{
    return common(a->x, a->w, b->x, b->w) * common(a->y, a->h, b->y, b->h);
}

static int either(const struct box *a, const struct box *b)
{
    return a->w * a->h + b->w * b->h - both(a, b);
}

static bool enough(const struct box *a, const struct box *b)
{
    return 100 * both(a, b) >= 35 * either(a, b);
}

static bool same(const struct box *a, const struct box *b)
{
    return a->x == b->x && a->y == b->y && a->w == b->w && a->h == b->h;
}

static int meant(const struct photo *p, const struct box *q)
{
    int best = NOBODY;
    for (int i = 0; i < p->n; i++)
        if (same(&p->box[i], q))
            return i;
    for (int i = 0; i < p->n; i++) {
        if (!enough(&p->box[i], q))
            continue;
        int more = best == NOBODY ? 1
                                  : both(&p->box[i], q) * either(&p->box[best], q) -
                                        both(&p->box[best], q) * either(&p->box[i], q);
        if (more > 0 || (more == 0 && p->ckey[i] < p->ckey[best]))
            best = i;
    }
    return best;
}

/* ---- photos with such boxes ---- */

static struct box random_box(struct fn_rng *r)
{
    struct box b = {.w = 2 + (int)fn_rng_below(r, 8), .h = 2 + (int)fn_rng_below(r, 8)};
    b.x = (int)fn_rng_below(r, SIDE);
    b.y = (int)fn_rng_below(r, SIDE);
    return b;
}

/* Moves a side or corner of a box by a few steps. Sometimes any box. */
static struct box near_box(struct fn_rng *r, struct box b)
{
    if (fn_rng_below(r, 6) == 0)
        return random_box(r);
    b.x += (int)fn_rng_below(r, 5);
    b.y += (int)fn_rng_below(r, 5);
    b.w += (int)fn_rng_below(r, 4);
    b.h = b.h > 3 ? b.h - (int)fn_rng_below(r, 3) : b.h;
    return b;
}

static struct fn_face_key key_of(uint64_t content, const struct box *b)
{
    return (struct fn_face_key){.photo = fx_hash(content),
                                .box = {(uint16_t)(b->x * STEP), (uint16_t)(b->y * STEP),
                                        (uint16_t)(b->w * STEP), (uint16_t)(b->h * STEP)}};
}

/* Stores a photo with these boxes. Face i is that of person of + i. */
static void ingest(struct fx *f, struct fn_txn *t, const struct photo *p, uint64_t of)
{
    struct fn_error err = {0};
    struct fn_ingest_face faces[FACES] = {{.score = 0}};
    static uint16_t feature[FX_WIDTH];
    fn_photo_id id;
    for (int i = 0; i < p->n; i++) {
        const struct fn_face_key k = key_of(p->content, &p->box[i]);
        faces[i] = (struct fn_ingest_face){.score = .9f, .quality = .8f, .feature = feature};
        fn_box_to_float(k.box, faces[i].box);
        fx_embedding(of + (uint64_t)i, 0, faces[i].embedding);
    }
    struct fn_ingest in = {.hash = fx_hash(p->content),
                           .faces = faces,
                           .n_faces = (uint32_t)p->n,
                           .feature_width = FX_WIDTH,
                           .profile_id = fx_model().profile_id,
                           .path = {.root = f->root, .path = "a.jpg"}};
    fx_check(fn_ingest_photo(t, &in, &id, &err), &err);
}

static void random_photo(struct fn_rng *r, struct photo *p)
{
    p->n = 1 + (int)fn_rng_below(r, FACES);
    for (int i = 0; i < p->n; i++) {
        p->box[i] = i && fn_rng_below(r, 2) ? near_box(r, p->box[0]) : random_box(r);
        if (i == 1 && fn_rng_below(r, 2)) {
            p->box[1] = p->box[0]; /* a box between the two overlaps both equally */
            p->box[1].x += 2;
        }
        for (int k = 0; k < i; k++)
            if (same(&p->box[k], &p->box[i]))
                p->n = i; /* the faces of a photo have different boxes */
    }
    for (int i = 0; i < p->n; i++) {
        const struct fn_face_key k = key_of(p->content, &p->box[i]);
        p->ckey[i] = fn_face_ckey(&k);
    }
}

/* Which faces of the photo are confirmed: one bit each. */
static unsigned confirmed(struct fn_txn *t, const struct photo *p)
{
    unsigned bits = 0;
    for (int i = 0; i < p->n; i++) {
        const struct fn_face_key k = key_of(p->content, &p->box[i]);
        struct fn_face_labels l;
        fn_face_id id;
        fx_check(fn_face_by_key(t, &k, &id), NULL);
        fx_check(fn_labels_of_face(t, id, &l), NULL);
        bits |= l.confirmed ? 1u << i : 0;
    }
    return bits;
}

static void say_is(struct fn_txn *t, uint64_t content, const struct box *b)
{
    struct fn_error err = {0};
    struct fn_assertion a = {.kind = FN_ASSERT_IS,
                             .time_us = 1,
                             .author = "test",
                             .person = {{7}},
                             .face = key_of(content, b)};
    fx_check(fn_assert_append(t, &a, 1, NULL, &err), &err);
}

/* ---- the three places that search a face by its box ---- */

static void looked_up(struct fn_txn *t, const struct photo *p, const struct box *q)
{
    const struct fn_face_key k = key_of(p->content, q);
    int want = meant(p, q);
    struct fn_face_key got;
    fn_face_id id = 0;
    int rc = fn_face_by_key(t, &k, &id);
    assert_int_equal(rc, want == NOBODY ? FN_ENOTFOUND : 0);
    if (rc)
        return;
    fx_check(fn_face_key_of(t, id, &got), NULL);
    struct box b = {got.box[0] / STEP, got.box[1] / STEP, got.box[2] / STEP, got.box[3] / STEP};
    /* any one of equal ones */
    assert_int_equal(both(&b, q) * either(&p->box[want], q),
                     both(&p->box[want], q) * either(&b, q));
    assert_true(same(&b, q) == same(&p->box[want], q));
}

static void labelled(struct fx *f, const struct photo *p, const struct box *q)
{
    int want = meant(p, q);
    struct fn_txn *t = fx_begin(f, true);
    say_is(t, p->content, q);
    assert_int_equal(confirmed(t, p), want == NOBODY ? 0 : 1u << want);
    fn_txn_abort(t);
}

static void overlaps(void **state)
{
    (void)state;
    size_t n_found = 0, n_edge = 0, n_ties = 0;
    for (uint64_t seed = 1; seed <= 60; seed++) {
        struct fx f;
        struct fn_rng r = fn_rng_init(seed, 3);
        struct photo p = {.content = seed};
        random_photo(&r, &p);
        fx_new(&f, FN_STORE_NOSYNC);
        struct fn_txn *t = fx_begin(&f, true);
        ingest(&f, t, &p, p.content * 10);
        fx_commit(t);
        for (int i = 0; i < QUERIES; i++) {
            int face = (int)fn_rng_below(&r, (uint64_t)p.n);
            struct box q = near_box(&r, p.box[face]);
            if (i == 0) {
                q = p.box[0];
                q.x++;
            }
            n_found += meant(&p, &q) != NOBODY;
            n_ties += p.n > 1 && enough(&p.box[0], &q) && !same(&p.box[0], &q) &&
                      both(&p.box[0], &q) == both(&p.box[1], &q) &&
                      either(&p.box[0], &q) == either(&p.box[1], &q);
            n_edge += 100 * both(&p.box[face], &q) == 35 * either(&p.box[face], &q);
            t = fx_begin(&f, false);
            looked_up(t, &p, &q);
            fn_txn_abort(t);
            labelled(&f, &p, &q);
        }
        fx_remove(&f);
    }
    assert_in_range(n_found, 60, 60 * QUERIES - 60);
    assert_true(n_edge > 0 && n_ties > 5);
}

/* Two faces with one box are one face. A box that ends at the edge still does after
 * rounding. */
static void boxes_are_stored(void **state)
{
    (void)state;
    struct fx f;
    struct photo twice = {.content = 1, .box = {{1, 2, 3, 4}, {1, 2, 3, 4}}, .n = 2};
    struct fn_error err = {0};
    static uint16_t feature[FX_WIDTH];
    struct fn_ingest_face half = {
        .score = .9f, .quality = .8f, .feature = feature, .box = {.5f, .5f, .5f, .5f}};
    struct fn_ingest in = {.hash = fx_hash(2),
                           .faces = &half,
                           .n_faces = 1,
                           .feature_width = FX_WIDTH,
                           .profile_id = fx_model().profile_id};
    struct fn_photo p;
    struct fn_face_rec face;
    fn_photo_id id;
    size_t n;
    fx_new(&f, 0);
    struct fn_txn *t = fx_begin(&f, true);
    ingest(&f, t, &twice, 10);
    struct fn_h128 hash = fx_hash(1);
    fx_check(fn_photo_by_hash(t, &hash, &id), NULL);
    fx_check(fn_photo_get(t, id, &p), NULL);
    assert_int_equal(p.n_faces, 1);
    assert_int_equal(p.n_dropped, 1);
    in.path = (struct fn_path){.root = f.root, .path = "b.jpg"};
    fx_embedding(5, 0, half.embedding);
    fx_check(fn_ingest_photo(t, &in, &id, &err), &err);
    fx_check(fn_faces_of_photo(t, id, &face, 1, &n), NULL);
    for (int i = 0; i < 2; i++)
        assert_in_range(face.box[i] + face.box[2 + i], 65534, 65535);
    fn_txn_abort(t);
    fx_remove(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(overlaps),
        cmocka_unit_test(boxes_are_stored),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
