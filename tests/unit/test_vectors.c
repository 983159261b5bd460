/* SPDX-License-Identifier: MIT */
/* Rows across tail, blocks and compaction, and search compared with brute force. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/endian.h"
#include "engine/base/rng.h"
#include "index/records/record_changes.h"
#include "index/records/records.h"
#include "index/records/rows.h"
#include "index/search/search.h"
#include "tests/unit/index_fixture.h"

enum { PHOTOS = 72, FACES = 50 };

static void expect_vector(uint64_t content, uint32_t face, int16_t out[FN_DIM])
{
    float e[FN_DIM];
    fx_embedding(content, face, e);
    fn_q14_from_float(out, e, FN_DIM);
}

/* Inserts faces without bringing people up to date: these tests are about vectors alone. */
static fn_face_id insert(struct fn_txn *t, uint64_t content, uint32_t face, uint64_t vector)
{
    struct fn_error err = {0};
    struct fn_h128 hash = fx_hash(content);
    struct fn_face_rec f = {.photo = 1, .box = {(uint16_t)face, (uint16_t)content, 100, 100}};
    int16_t x[FN_DIM];
    uint16_t feature[FX_WIDTH];
    expect_vector(vector, face, x);
    fx_feature(content, face, feature);
    fx_check(fn_face_insert(t, &f, &hash, (unsigned)(content * FACES + face), x, feature,
                            FX_WIDTH, &err),
             &err);
    struct fn_pending p;
    while (fn_pending_take(t, FN_FOLLOW_LABELS, &p) || fn_pending_take(t, FN_FOLLOW_PEOPLE, &p))
        ;
    return f.id;
}

static void check_rows(struct fn_txn *t, const fn_face_id *ids, const bool *dead)
{
    for (uint32_t i = 0; i < PHOTOS * FACES; i++) {
        struct fn_face_rec f;
        int16_t want[FN_DIM], x[FN_DIM];
        uint16_t want_feature[FX_WIDTH], feature[FX_WIDTH];
        if (dead[i])
            continue;
        fx_check(fn_face_get(t, ids[i], &f), NULL);
        expect_vector(i / FACES, i % FACES, want);
        fx_feature(i / FACES, i % FACES, want_feature);
        fx_check(fn_vector_get(t, f.row, x), NULL);
        assert_memory_equal(x, want, sizeof x);
        fx_check(fn_feature_get(t, f.row, feature, FX_WIDTH), NULL);
        assert_memory_equal(feature, want_feature, sizeof feature);
        assert_int_not_equal(fn_feature_get(t, f.row, feature, FX_WIDTH / 2), 0);
    }
}

struct seen {
    uint32_t n, next_row;
    uint64_t dead_bytes;
};

static int count_run(uint32_t first_row, const int16_t *rows, const fn_face_id *faces, size_t n,
                     void *ctx)
{
    struct seen *s = ctx;
    assert_true(first_row >= s->next_row);
    s->next_row = first_row + (uint32_t)n;
    for (size_t i = 0; i < n; i++) {
        s->n += faces[i] != 0;
        for (int k = 0; !faces[i] && k < FN_DIM; k++)
            s->dead_bytes += rows[i * FN_DIM + (size_t)k] != 0;
    }
    return 0;
}

static uint32_t n_live(struct fn_txn *t)
{
    struct seen s = {0};
    fx_check(fn_vector_each_run(t, count_run, &s), NULL);
    assert_int_equal(s.dead_bytes, 0);
    return s.n;
}

static void delete_face(struct fn_txn *t, fn_face_id id)
{
    struct fn_error err = {0};
    struct fn_face_rec f;
    fx_check(fn_face_get(t, id, &f), NULL);
    fx_check(fn_vector_delete(t, f.row, &err), &err);
    assert_int_equal(fn_vector_delete(t, f.row, &err),
                     FN_ECORRUPT); /* a dead row is not deleted again */
    int16_t x[FN_DIM];
    assert_int_equal(fn_vector_get(t, f.row, x), FN_ENOTFOUND);
}

static void test_rows(void **state)
{
    (void)state;
    struct fx f;
    struct fn_error err = {0};
    static fn_face_id ids[PHOTOS * FACES];
    static bool dead[PHOTOS * FACES];
    fx_new(&f, FN_STORE_NOSYNC);
    struct fn_txn *t = fx_begin(&f, true);
    for (uint32_t i = 0; i < PHOTOS * FACES; i++)
        ids[i] = insert(t, i / FACES, i % FACES, i / FACES);
    assert_int_equal(fn_tab_count(t, FN_T_VEC), PHOTOS * FACES / FN_BLOCK_ROWS);
    assert_int_equal(fn_tab_count(t, FN_T_FEAT), 2 * (PHOTOS * FACES / FN_BLOCK_ROWS));
    assert_int_equal(fn_tab_count(t, FN_T_VEC_TAIL),
                     PHOTOS * FACES % FN_BLOCK_ROWS + 1); /* row 0 is unused */
    check_rows(t, ids, dead);
    fx_commit(t);
    t = fx_begin(&f, true);
    uint32_t live = PHOTOS * FACES;
    assert_int_equal(n_live(t), live);
    struct fn_rng r = fn_rng_init(1, 2);
    for (uint32_t i = 0; i < PHOTOS * FACES;
         i++) { /* most of the second block, some of the others */
        if (fn_rng_below(&r, 100) < (i / 1000 == 1 ? 70u : 20u)) {
            delete_face(t, ids[i]);
            dead[i] = true;
            live--;
        }
    }
    assert_int_equal(n_live(t), live);
    check_rows(t, ids, dead);
    fx_check(fn_vectors_compact(t, &err), &err);
    assert_int_equal(n_live(t), live);
    check_rows(t, ids, dead);
    struct fn_slice v;
    assert_int_equal(fn_tab_get(t, FN_T_VEC, "\0\0\0\1", 4, &v), FN_ENOTFOUND);
    assert_int_equal(fn_tab_get(t, FN_T_FEAT, "\0\0\0\2", 4, &v), FN_ENOTFOUND);
    fx_check(fn_vectors_compact(t, &err), &err); /* nothing left to do */
    assert_int_equal(n_live(t), live);
    fx_commit(t);
    fx_reopen(&f, FN_STORE_READ);
    t = fx_begin(&f, false);
    check_rows(t, ids, dead);
    fn_txn_abort(t);
    fx_remove(&f);
}

struct brute {
    uint32_t d;
    uint64_t ckey;
    fn_face_id face;
};

static int by_distance(const void *a, const void *b)
{
    const struct brute *x = a, *y = b;
    if (x->d != y->d)
        return x->d < y->d ? -1 : 1;
    return x->ckey < y->ckey ? -1 : x->ckey > y->ckey;
}

static void check_search(struct fn_txn *t, const struct brute *all, size_t n_all,
                         const int16_t *x, size_t k, uint32_t max_d, fn_face_id except)
{
    struct fn_error err = {0};
    struct brute *sorted = calloc(n_all, sizeof *sorted);
    struct fn_hit *hits = calloc(k, sizeof *hits);
    assert_non_null(sorted);
    assert_non_null(hits);
    size_t n = 0, n_hits = 0;
    for (size_t i = 0; i < n_all; i++) {
        struct fn_face_rec f;
        int16_t y[FN_DIM];
        fx_check(fn_face_get(t, all[i].face, &f), NULL);
        fx_check(fn_vector_get(t, f.row, y), NULL);
        uint32_t d = fn_vector_kernels(0)->d2(x, y, FN_DIM);
        if (d <= max_d && f.id != except && !(f.flags & (FN_FACE_GONE | FN_FACE_NOTFACE)))
            sorted[n++] = (struct brute){d, f.ckey, f.id};
    }
    qsort(sorted, n, sizeof *sorted, by_distance);
    fx_check(fn_search(t, x, max_d, k, except, hits, &n_hits, &err), &err);
    assert_int_equal(n_hits, n < k ? n : k);
    for (size_t i = 0; i < n_hits; i++) {
        assert_int_equal(hits[i].d, sorted[i].d);
        assert_int_equal(hits[i].face, sorted[i].face);
    }
    free(hits);
    free(sorted);
}

static void test_search(void **state)
{
    (void)state;
    struct fx f;
    struct fn_error err = {0};
    static struct brute all[2200];
    fx_new(&f, FN_STORE_NOSYNC);
    struct fn_txn *t = fx_begin(&f, true);
    struct fn_rng r = fn_rng_init(3, 4);
    for (uint32_t i = 0; i < 2200; i++) { /* vectors occur many times, so that distances tie */
        all[i].face = insert(t, i / FACES, i % FACES, fn_rng_below(&r, 3));
        uint8_t flags = fn_rng_below(&r, 10)  ? 0
                        : fn_rng_below(&r, 2) ? FN_FACE_GONE
                                              : FN_FACE_NOTFACE;
        fx_check(fn_face_set_flags(t, all[i].face, flags, 0, &err), &err);
    }
    for (int q = 0; q < 20; q++) {
        int16_t x[FN_DIM];
        static const size_t ks[] = {1, 2, 10, 33, 3000};
        expect_vector(fn_rng_below(&r, 5), (uint32_t)fn_rng_below(&r, FACES), x);
        uint32_t max_d = q % 3 ? UINT32_MAX : (uint32_t)fn_rng_below(&r, 2u * FN_Q14_ONE);
        check_search(t, all, 2200, x, ks[q % 5], max_d,
                     q % 2 ? all[fn_rng_below(&r, 2200)].face : 0);
    }
    struct fn_hit hit;
    size_t n = 9;
    int16_t x[FN_DIM] = {0};
    fx_check(fn_search(t, x, UINT32_MAX, 0, 0, &hit, &n, &err), &err);
    assert_int_equal(n, 0);
    fn_txn_abort(t);
    fx_remove(&f);
}

/* ---- generations ---- */

enum { FIRST = 1500, SECOND = 700 };

static void set_generation(struct fn_txn *t, uint16_t g)
{
    struct fn_error err = {0};
    struct fn_index_model m;
    fx_check(fn_index_model_get(t, &m, &err), &err);
    m.generation = g;
    fx_check(fn_index_model_set(t, &m, &err), &err);
}

static uint16_t get_generation(struct fn_txn *t)
{
    struct fn_error err = {0};
    struct fn_index_model m;
    fx_check(fn_index_model_get(t, &m, &err), &err);
    return m.generation;
}

static void expect_block(struct fn_txn *t, enum fn_table table, uint8_t kind, uint8_t number,
                         uint16_t generation, uint32_t live)
{
    const uint8_t key[4] = {0, 0, 0, number};
    struct fn_slice v;
    struct fn_block b;
    fx_check(fn_tab_get(t, table, key, sizeof key, &v), NULL);
    fx_check(fn_block_decode((struct fn_slice){key, sizeof key}, v, kind, &b), NULL);
    fx_check(fn_block_check(&b), NULL);
    assert_int_equal(b.generation, generation);
    assert_int_equal(b.live, live);
}

/* As a program of format 1 wrote it: zero where the generation is now, and a shorter head of
 * the feature. */
static void write_as_format_1(struct fn_txn *t, fn_face_id id)
{
    struct fn_error err = {0};
    struct fn_face_rec f;
    struct fn_slice v;
    struct fn_tail r;
    struct fn_feat_tail w;
    uint8_t key[4], old[FN_FACE_BYTES], tail[FN_TAIL_BYTES], feat[8 + 2 * FX_WIDTH];
    fx_check(fn_face_get(t, id, &f), NULL);
    fn_put_be32(key, id);
    fn_face_encode(&f, old);
    fn_put_le16(old + 42, 0);
    fx_check(fn_tab_put(t, FN_T_FACE, key, 4, old, sizeof old, &err), &err);
    fn_put_be32(key, f.row);
    fx_check(fn_tab_get(t, FN_T_VEC_TAIL, key, 4, &v), NULL);
    fx_check(fn_tail_decode((struct fn_slice){key, 4}, v, &r), NULL);
    assert_int_equal(r.generation, 1);
    memcpy(tail, v.p, sizeof tail);
    fn_put_le16(tail + 2, 0);
    fx_check(fn_tab_put(t, FN_T_VEC_TAIL, key, 4, tail, sizeof tail, &err), &err);
    fx_check(fn_tab_get(t, FN_T_FEAT_TAIL, key, 4, &v), NULL);
    fx_check(fn_feat_tail_decode(v, &w), NULL);
    assert_int_equal(w.generation, 1);
    memcpy(feat, (uint8_t[]){1, 0, FX_WIDTH & 255, FX_WIDTH >> 8}, 4);
    memcpy(feat + 4, w.values, (size_t)2 * FX_WIDTH);
    fx_check(fn_tab_put(t, FN_T_FEAT_TAIL, key, 4, feat, 4 + 2 * FX_WIDTH, &err), &err);
}

static void check_nearest(struct fn_txn *t, const fn_face_id *ids, uint32_t from, uint32_t to)
{
    static struct brute all[FIRST + SECOND];
    int16_t x[FN_DIM];
    for (uint32_t i = from; i < to; i++)
        all[i].face = ids[i];
    for (uint32_t q = 0; q < 4; q++) {
        expect_vector(q * 5, q, x);
        check_search(t, all + from, to - from, x, 40, UINT32_MAX, 0);
    }
}

static void test_generations(void **state)
{
    (void)state;
    struct fx f;
    struct fn_error err = {0};
    static fn_face_id ids[FIRST + SECOND];
    struct fn_face_rec rec;
    fx_new(&f, FN_STORE_NOSYNC);
    struct fn_txn *t = fx_begin(&f, true);
    assert_int_equal(get_generation(t), 1);
    for (uint32_t i = 0; i < FIRST; i++)
        ids[i] = insert(t, i / FACES, i % FACES, i / FACES);
    for (uint32_t i = 1200; i < 1300; i++)
        write_as_format_1(t, ids[i]);
    assert_int_equal(n_live(t), FIRST);
    set_generation(t, 2);
    set_generation(t, 0); /* has no generation */
    assert_int_equal(get_generation(t), 2);
    assert_int_equal(n_live(t), 0);
    for (uint32_t i = FIRST; i < FIRST + SECOND; i++)
        ids[i] = insert(t, i / FACES, i % FACES, i / FACES);
    /* the old block stays full, the new rows are in a block of their own */
    fx_check(fn_face_get(t, ids[FIRST - 1], &rec), NULL);
    assert_int_equal(rec.row, FIRST);
    assert_int_equal(rec.generation, 1);
    fx_check(fn_face_get(t, ids[FIRST], &rec), NULL);
    assert_int_equal(rec.row, 2 * FN_BLOCK_ROWS);
    assert_int_equal(rec.generation, 2);
    assert_int_equal(fn_tab_count(t, FN_T_VEC_TAIL), SECOND);
    expect_block(t, FN_T_VEC, FN_BLOCK_VECTORS, 0, 1, 999);
    expect_block(t, FN_T_VEC, FN_BLOCK_VECTORS, 1, 1, FIRST - 999);
    expect_block(t, FN_T_FEAT, FN_BLOCK_FEATURES, 2, 1, 500);
    /* a scan sees one or the other */
    assert_int_equal(n_live(t), SECOND);
    check_nearest(t, ids, FIRST, FIRST + SECOND);
    set_generation(t, 1);
    assert_int_equal(n_live(t), FIRST);
    check_nearest(t, ids, 0, FIRST);
    /* blocks of an old generation are not compacted, those of the present one are */
    for (uint32_t i = 999; i < 1450; i++)
        delete_face(t, ids[i]);
    set_generation(t, 2);
    fx_check(fn_vectors_compact(t, &err), &err);
    expect_block(t, FN_T_VEC, FN_BLOCK_VECTORS, 1, 1, FIRST - 1450);
    set_generation(t, 1);
    fx_check(fn_vectors_compact(t, &err), &err);
    struct fn_slice v;
    assert_int_equal(fn_tab_get(t, FN_T_VEC, "\0\0\0\1", 4, &v), FN_ENOTFOUND);
    expect_block(t, FN_T_VEC, FN_BLOCK_VECTORS, 2, 2, SECOND); /* the other way round as well */
    assert_int_equal(n_live(t), 999 + FIRST - 1450);
    fx_commit(t);
    fx_remove(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_search),
        cmocka_unit_test(test_generations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
