/* SPDX-License-Identifier: MIT */
/* Clustering is a function of faces, labels and thresholds. The engine finds the clusters of
 * the plain program, whether it starts from scratch or follows random histories, in memory or
 * from a store. FN_TEST_FULL=1: the long run. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "index/grouping/grouping.h"
#include "tests/property/grouping_memory_store.h"
#include "tests/property/grouping_world.h"

/* The branches that all tests of a run took. */
static struct plain_trace seen;

static bool full(void)
{
    return getenv("FN_TEST_FULL") != NULL;
}

/* Ten minutes of vectors take hours with a sanitizer, which has checked all of it in small
 * worlds. */
static bool full_and_fast(void)
{
#ifdef FN_SANITIZED
    return false;
#else
    return full();
#endif
}

static void *need(void *p)
{
    if (!p)
        abort();
    return p;
}

static struct fn_grouping_thresholds thresholds(const struct plain_thresholds *t)
{
    struct fn_grouping_thresholds ret = {.net = t->net, .large = t->large};
    memcpy(ret.attach, t->attach, sizeof ret.attach);
    for (int i = 0; i < FN_GROUPING_ROUNDS; i++) {
        ret.level1[i] = t->level1[i];
        ret.level2[i] = t->level2[i];
    }
    return ret;
}

static struct fn_grouping_face as_face(const struct gworld_face *f, uint32_t id)
{
    return (struct fn_grouping_face){id,    f->key,    f->photo, f->poor,
                                     f->is, f->n_nots, f->nots,  f->x};
}

static void shuffle(struct fn_rng *r, size_t *order, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        size_t j = fn_rng_below(r, i + 1);
        order[i] = order[j];
        order[j] = i;
    }
}

/* Clusters, by the plain program, of the faces of w that are here. Entries of the others are
 * unchanged. */
static void plain_of(const struct gworld *w, const struct plain_thresholds *t, bool all,
                     uint64_t *ret_group, int64_t *ret_mean)
{
    struct plain_face *f = need(calloc(w->n + 1, sizeof *f));
    uint64_t *group = need(calloc(w->n + 1, sizeof *group));
    int64_t *mean = need(calloc(w->n + 1, sizeof *mean));
    size_t n = 0;
    for (size_t i = 0; i < w->n; i++) {
        const struct gworld_face *g = &w->faces[i];
        if (all || g->id)
            f[n++] =
                (struct plain_face){g->key, g->photo, g->poor, g->is, g->n_nots, g->nots, g->x};
    }
    plain_grouping(f, n, w->width, t, group, mean, &seen);
    for (size_t i = 0, k = 0; i < w->n; i++) {
        if (!all && !w->faces[i].id)
            continue;
        ret_mean[i] = mean[k];
        ret_group[i] = group[k++];
    }
    free(f);
    free(group);
    free(mean);
}

/* Clusters of all faces by the engine, which gets them in any order. */
static void engine_of(const struct gworld *w, const struct plain_thresholds *pt,
                      struct fn_rng *r, uint64_t *ret_group)
{
    struct fn_grouping_thresholds t = thresholds(pt);
    struct fn_grouping_face *f = need(calloc(w->n, sizeof *f));
    uint64_t *group = need(calloc(w->n, sizeof *group));
    size_t *order = need(calloc(w->n, sizeof *order));
    shuffle(r, order, w->n);
    for (size_t k = 0; k < w->n; k++)
        f[k] = as_face(&w->faces[order[k]], (uint32_t)k + 1);
    assert_int_equal(fn_group_faces(f, w->n, w->width, &t, group), 0);
    for (size_t k = 0; k < w->n; k++)
        ret_group[order[k]] = group[k];
    free(f);
    free(group);
    free(order);
}

static void check_at_once(const struct gworld *w, const struct plain_thresholds *t,
                          uint64_t seed, int edge, struct fn_rng *r)
{
    uint64_t *plain = need(calloc(w->n, sizeof *plain)),
             *engine = need(calloc(w->n, sizeof *engine));
    int64_t *mean = need(calloc(w->n, sizeof *mean));
    plain_of(w, t, true, plain, mean);
    engine_of(w, t, r, engine);
    for (size_t i = 0; i < w->n; i++) {
        if (engine[i] != plain[i])
            fail_msg("seed %" PRIu64 " of %zu faces, edge %d: face %zu (key %016" PRIx64
                     ") is in %016" PRIx64 ", by the plain program in %016" PRIx64,
                     seed, w->n, edge, i, w->faces[i].key, engine[i], plain[i]);
    }
    free(plain);
    free(engine);
    free(mean);
}

/* The same world, with each threshold at a distance that decides. */
static void all_at_once(uint64_t seed, size_t n)
{
    struct gworld w;
    struct fn_rng r = fn_rng_init(seed, 4);
    gworld_make(&w, seed, n);
    check_at_once(&w, &w.t, seed, 0, &r);
    struct plain_trace used = seen;
    for (int edge = 1; edge <= 4; edge++) {
        struct plain_thresholds t = w.t;
        if (edge == 1)
            t.net = used.used_net;
        else if (edge == 2)
            t.level1[3] = used.used_level1;
        else if (edge == 3)
            t.level2[3] = used.used_level2;
        else
            for (int i = 0; i < 4; i++)
                t.attach[i] = used.used_attach;
        for (int i = 0; i < 3; i++) { /* steps must still ascend */
            t.level1[i] = t.level1[i] < t.level1[3] ? t.level1[i] : t.level1[3];
            t.level2[i] = t.level2[i] < t.level2[3] ? t.level2[i] : t.level2[3];
        }
        if (n <= 1000)
            check_at_once(&w, &t, seed, edge, &r);
    }
    gworld_free(&w);
}

static size_t small_size(uint64_t seed)
{
    struct fn_rng r = fn_rng_init(seed, 5);
    return 3 + fn_rng_below(&r, fn_rng_below(&r, 2) ? 60 : 398);
}

static void small_worlds_at_once(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= (full() ? 20000 : 1000); seed++)
        all_at_once(seed, small_size(seed));
}

/* With an even seed and this size: a person with so many faces that hosts are on the last
 * rung. */
static void crowds_at_once(void **state)
{
    (void)state;
    for (uint64_t seed = 2; seed <= (full() ? 400 : 20); seed += 2)
        all_at_once(seed, 600 + seed);
}

/* ---- histories ---- */

/* A world whose faces come and go, and the state that is updated. */
struct history {
    struct gworld w;
    uint64_t seed;
    uint32_t *free_ids, n_free, next_id, n_ids; /* ids are used again, in any order */
    uint64_t *plain, *flushed, *now; /* clusters: by face; by id at the flush; by id now */
    int64_t *mean;
    struct gstore store;
    struct gstore_face *rows; /* of the store: faces that are here, were here, or may come */
    struct fn_grouping *g;
    bool stored, gentle; /* gentle: few changes per step */
};

static void open_state(struct history *h)
{
    struct fn_grouping_thresholds t = thresholds(&h->w.t);
    struct fn_grouping_store s = gstore_as_store(&h->store);
    assert_int_equal(fn_grouping_create(h->w.width, &t, h->stored ? &s : NULL, &h->g), 0);
}

static void open_history(struct history *h, uint64_t seed, size_t n, bool stored)
{
    memset(h, 0, sizeof *h);
    gworld_make(&h->w, seed, n);
    h->seed = seed;
    h->stored = stored;
    h->n_ids = (uint32_t)n * 2 + 2;
    h->next_id = 1;
    h->free_ids = need(calloc(h->n_ids, sizeof *h->free_ids));
    h->plain = need(calloc(n, sizeof *h->plain));
    h->mean = need(calloc(n, sizeof *h->mean));
    h->flushed = need(calloc(h->n_ids, sizeof *h->flushed));
    h->now = need(calloc(h->n_ids, sizeof *h->now));
    h->rows = need(calloc(h->n_ids, sizeof *h->rows));
    gstore_init(&h->store, h->w.width);
    open_state(h);
}

static void close_history(struct history *h)
{
    fn_grouping_destroy(h->g);
    gstore_free(&h->store);
    gworld_free(&h->w);
    free(h->free_ids);
    free(h->plain);
    free(h->mean);
    free(h->flushed);
    free(h->now);
    free(h->rows);
}

static uint32_t new_id(struct history *h, struct fn_rng *r)
{
    if (!h->n_free || h->next_id + h->n_free < h->w.n)
        return h->next_id++;
    uint32_t k = (uint32_t)fn_rng_below(r, h->n_free), id = h->free_ids[k];
    h->free_ids[k] = h->free_ids[--h->n_free];
    return id;
}

/* One update: faces that go, faces that come, faces whose labels change. */
struct batch {
    uint32_t *gone;
    size_t *gone_face; /* 1 + the face it was, 0: unknown */
    bool *freed;       /* its id is already free */
    struct fn_grouping_face *put;
    size_t n_gone, n_put;
};

/* reuse: its id is free for a face that comes in the same update. */
static void go(struct history *h, struct batch *b, size_t i, bool reuse)
{
    if (reuse)
        h->free_ids[h->n_free++] = h->w.faces[i].id;
    b->freed[b->n_gone] = reuse;
    b->gone_face[b->n_gone] = i + 1;
    b->gone[b->n_gone++] = h->w.faces[i].id;
    h->w.faces[i].id = 0;
}

static void come(struct history *h, struct batch *b, struct fn_rng *r, size_t i)
{
    h->w.faces[i].id = new_id(h, r);
    b->put[b->n_put++] = as_face(&h->w.faces[i], h->w.faces[i].id);
}

static void random_batch(struct history *h, struct fn_rng *r, struct batch *b)
{
    struct gworld *w = &h->w;
    /* In tenths: how many of the absent faces come, how many faces go, how many labels
     * change. */
    uint64_t comes = fn_rng_below(r, 8), goes = fn_rng_below(r, 4), said = fn_rng_below(r, 3),
             photo = fn_rng_below(r, w->n_photos), kind = fn_rng_below(r, 12);
    if (h->gentle) {
        comes = comes % 3;
        goes = goes == 3;
        said = said == 2;
    }
    if (kind < 3) /* a single face */
        comes = goes = said = 0;
    if (kind == 3) /* all faces go */
        goes = 10;
    size_t one = fn_rng_below(r, w->n);
    bool reuse = !fn_rng_below(r, 4); /* ids of faces that go serve faces that come */
    for (size_t i = 0; i < w->n; i++) {
        struct gworld_face *f = &w->faces[i];
        bool mine = kind < 3 && i == one;
        if (!f->id && (mine || fn_rng_below(r, 10) < comes)) {
            come(h, b, r, i);
        } else if (f->id && ((mine && kind == 0) || fn_rng_below(r, 10) < goes ||
                             (kind == 4 && f->photo == photo))) {
            go(h, b, i, reuse);
            if (!fn_rng_below(r, 20)) /* removed and inserted again, with another id */
                come(h, b, r, i);
        } else if (f->id && (mine || fn_rng_below(r, 10) < said)) {
            gworld_say(w, r, i);
            b->put[b->n_put++] = as_face(f, f->id);
        }
    }
    if (!fn_rng_below(r, 4)) /* unknown to the state */
        b->gone[b->n_gone++] = h->n_ids + 7;
}

/* The rows of the store during an update: faces that stay and come, faces that go or not, some
 * that do not take part, empty rows. */
static void fill_rows(struct history *h, struct fn_rng *r, const struct batch *b)
{
    const struct gworld *w = &h->w;
    size_t n = 0;
    for (size_t i = 0; i < w->n; i++) {
        const struct gworld_face *f = &w->faces[i];
        /* The row of an absent face is empty, or holds a face that the state does not know. */
        uint32_t id = f->id ? f->id : fn_rng_below(r, 2) ? 0 : h->n_ids * 2 + (uint32_t)i;
        if (f->id || fn_rng_below(r, 3))
            h->rows[n++] = (struct gstore_face){id, f->photo, f->x};
    }
    bool removed = fn_rng_below(r, 2); /* a face that goes may already be out of the store */
    for (size_t k = 0; k < b->n_gone && !removed; k++) {
        if (b->gone_face[k] && !b->freed[k]) {
            const struct gworld_face *f = &w->faces[b->gone_face[k] - 1];
            h->rows[n++] = (struct gstore_face){b->gone[k], f->photo, f->x};
        }
    }
    h->store.faces = h->rows;
    h->store.n_faces = n;
}

static void check_distance(struct history *h, size_t face, size_t step)
{
    const struct gworld_face *f = &h->w.faces[face];
    uint32_t d = 0;
    int rc = fn_grouping_distance(h->g, f->id, f->x, &d);
    if (rc ? rc != FN_ENOTFOUND || h->mean[face] >= 0 : d != h->mean[face])
        fail_msg("seed %" PRIu64 " of %zu faces, %s, step %zu: face %zu (key %016" PRIx64
                 ") is %u from its group (%d), by the plain program %" PRId64,
                 h->seed, h->w.n, h->stored ? "stored" : "in memory", step, face, f->key,
                 (unsigned)d, rc, h->mean[face]);
}

static void check_groups(struct history *h, size_t step)
{
    memset(h->now, 0, h->n_ids * sizeof *h->now);
    for (size_t i = 0; i < h->w.n; i++) {
        const struct gworld_face *f = &h->w.faces[i];
        uint64_t group = 0;
        if (!f->id)
            continue;
        assert_int_equal(fn_grouping_of(h->g, f->id, &group), 0);
        if (group != h->plain[i])
            fail_msg("seed %" PRIu64 " of %zu faces, %s, step %zu: face %zu (key %016" PRIx64
                     ") is in %016" PRIx64 ", by the plain program in %016" PRIx64,
                     h->seed, h->w.n, h->stored ? "stored" : "in memory", step, i, f->key,
                     group, h->plain[i]);
        h->now[f->id] = group;
        check_distance(h, i, step);
    }
    for (uint32_t id = 1; id < h->n_ids; id++) {
        uint64_t group = 1;
        if (h->now[id])
            continue;
        assert_int_equal(fn_grouping_of(h->g, id, &group), 0);
        assert_true(group == 0);
    }
}

/* The list of changes is the difference to the last flush, with each face once. */
static void check_changes(struct history *h, size_t step)
{
    const struct fn_grouping_change *c;
    size_t n;
    fn_grouping_changes(h->g, &c, &n);
    uint8_t *listed = need(calloc(h->n_ids, 1));
    for (size_t k = 0; k < n; k++) {
        assert_in_range(c[k].face, 1, h->n_ids - 1);
        if (listed[c[k].face]++ || c[k].old_group != h->flushed[c[k].face] ||
            c[k].new_group != h->now[c[k].face] || c[k].old_group == c[k].new_group)
            fail_msg("seed %" PRIu64 ", %s, step %zu: change of id %u from %016" PRIx64
                     " to %016" PRIx64 ", was %016" PRIx64 ", is %016" PRIx64,
                     h->seed, h->stored ? "stored" : "in memory", step, (unsigned)c[k].face,
                     c[k].old_group, c[k].new_group, h->flushed[c[k].face], h->now[c[k].face]);
    }
    for (uint32_t id = 1; id < h->n_ids; id++) {
        if (!listed[id] && h->flushed[id] != h->now[id])
            fail_msg("seed %" PRIu64 ", %s, step %zu: no change of id %u", h->seed,
                     h->stored ? "stored" : "in memory", step, (unsigned)id);
    }
    free(listed);
}

static void flush(struct history *h, struct fn_rng *r)
{
    const struct fn_grouping_change *c;
    size_t n;
    if (h->stored)
        assert_int_equal(fn_grouping_records(h->g, gstore_write, &h->store), 0);
    fn_grouping_flushed(h->g);
    memcpy(h->flushed, h->now, h->n_ids * sizeof *h->now);
    fn_grouping_changes(h->g, &c, &n);
    assert_int_equal(n, 0);
    if (h->stored && fn_rng_below(r, 2)) {
        fn_grouping_destroy(h->g);
        open_state(h);
    }
}

static int update_history(struct history *h, struct fn_rng *r)
{
    struct batch b = {.gone = need(calloc(h->w.n + 1, sizeof *b.gone)),
                      .gone_face = need(calloc(h->w.n + 1, sizeof *b.gone_face)),
                      .freed = need(calloc(h->w.n + 1, sizeof *b.freed)),
                      .put = need(calloc(h->w.n * 2 + 1, sizeof *b.put))};
    random_batch(h, r, &b);
    fill_rows(h, r, &b);
    int rc = fn_grouping_update(h->g, b.gone, b.n_gone, b.put, b.n_put);
    for (size_t k = 0; k < b.n_gone; k++) {
        if (b.gone_face[k] && !b.freed[k])
            h->free_ids[h->n_free++] = b.gone[k];
    }
    free(b.gone);
    free(b.gone_face);
    free(b.freed);
    free(b.put);
    return rc;
}

static void step_history(struct history *h, struct fn_rng *r, size_t step, bool compare)
{
    assert_int_equal(update_history(h, r), 0);
    if (!compare)
        return;
    plain_of(&h->w, &h->w.t, false, h->plain, h->mean);
    check_groups(h, step);
    check_changes(h, step);
    if (fn_rng_below(r, 4))
        flush(h, r);
}

static void run_history(uint64_t seed, size_t n, size_t steps, size_t compare_every,
                        bool stored)
{
    struct history h;
    struct fn_rng r = fn_rng_init(seed, 6);
    open_history(&h, seed, n, stored);
    for (size_t step = 1; step <= steps; step++)
        step_history(&h, &r, step, step % compare_every == 0 || step == steps);
    close_history(&h);
}

/* Small libraries that change slowly. Clusters that are close to each other come one after the
 * other. */
static void gentle_histories(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= (full() ? 20000 : 400); seed++) {
        struct history h;
        struct fn_rng r = fn_rng_init(seed, 11);
        open_history(&h, seed, 20 + seed % 50, seed % 2);
        h.gentle = true;
        for (size_t step = 1; step <= 20; step++)
            step_history(&h, &r, step, true);
        close_history(&h);
    }
}

static void small_histories(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= (full() ? 5000 : 150); seed++) {
        size_t n = small_size(seed);
        run_history(seed, n, 8, 1, false);
        run_history(seed, n, 8, 1, true);
    }
}

/* Faces are inserted in blocks of 1,024. Here more come in one update. */
static void histories_of_several_blocks(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= (full() ? 40 : 3); seed++)
        run_history(seed, 2500, 3, 1, seed != 2);
}

/* The schedules of the long run, or a sample of them in a short one. */
static void larger_histories(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= (full_and_fast() ? 900 : 3); seed++)
        run_history(seed, 900 + seed % 200, 12, 3, seed % 2);
    for (uint64_t seed = 1; seed <= (full_and_fast() ? 100 : 0); seed++)
        run_history(seed, 10000, 6, 6, seed % 4 == 0);
}

/* ---- orders of arrival ---- */

static uint64_t hash_of(const struct gworld *w, const uint64_t *group)
{
    XXH3_state_t *s = need(XXH3_createState());
    XXH3_64bits_reset(s);
    XXH3_64bits_update(s, group, w->n * sizeof *group);
    uint64_t h = XXH3_64bits_digest(s);
    XXH3_freeState(s);
    return h;
}

/* All faces in any order, in runs of any length. Each run removes some that come back at the
 * end. */
static uint64_t arrive(struct gworld *w, struct fn_rng *r, size_t run_max)
{
    struct fn_grouping_thresholds t = thresholds(&w->t);
    struct fn_grouping *g;
    size_t *order = need(calloc(w->n, sizeof *order)), n_back = 0;
    struct fn_grouping_face *put = need(calloc(w->n, sizeof *put));
    uint32_t *gone = need(calloc(w->n, sizeof *gone));
    uint64_t *group = need(calloc(w->n, sizeof *group));
    bool *out = need(calloc(w->n, sizeof *out));
    shuffle(r, order, w->n);
    assert_int_equal(fn_grouping_create(w->width, &t, NULL, &g), 0);
    for (size_t from = 0, to; from < w->n; from = to) {
        size_t n_gone = 0;
        to = from + 1 + fn_rng_below(r, run_max);
        to = to < w->n ? to : w->n;
        for (size_t k = from; k < to; k++)
            put[k] = as_face(&w->faces[order[k]], (uint32_t)order[k] + 1);
        for (size_t k = 0; k < 5 && from; k++) {
            size_t i = order[fn_rng_below(r, from)];
            if (!out[i])
                gone[n_back + n_gone++] = (uint32_t)i + 1;
            out[i] = true;
        }
        assert_int_equal(fn_grouping_update(g, gone + n_back, n_gone, put + from, to - from),
                         0);
        n_back += n_gone;
        fn_grouping_flushed(g);
    }
    for (size_t k = 0; k < n_back; k++)
        put[k] = as_face(&w->faces[gone[k] - 1], gone[k]);
    assert_int_equal(fn_grouping_update(g, NULL, 0, put, n_back), 0);
    for (size_t i = 0; i < w->n; i++)
        assert_int_equal(fn_grouping_of(g, (uint32_t)i + 1, &group[i]), 0);
    fn_grouping_destroy(g);
    uint64_t h = hash_of(w, group);
    free(order);
    free(put);
    free(gone);
    free(group);
    free(out);
    return h;
}

static void any_order_of_arrival(void **state)
{
    (void)state;
    size_t n = full_and_fast() ? 100000 : 2000;
    struct gworld w;
    struct fn_rng r = fn_rng_init(1, 7);
    gworld_make(&w, 1, n);
    uint64_t *group = need(calloc(n, sizeof *group));
    engine_of(&w, &w.t, &r, group);
    uint64_t first = hash_of(&w, group);
    for (int order = 1; order < 5; order++) {
        if (arrive(&w, &r, n / (order * 10)) != first)
            fail_msg("order %d of %zu faces ends in another partition", order, n);
    }
    free(group);
    gworld_free(&w);
}

/* ---- faults ---- */

/* A failing store is reported, and does no further harm. */
static void store_failures_are_reported(void **state)
{
    (void)state;
    size_t n_failed = 0;
    for (uint64_t seed = 1; seed <= 40; seed++) {
        struct history h;
        struct fn_rng r = fn_rng_init(seed, 8);
        open_history(&h, seed, 60, true);
        step_history(&h, &r, 1, true);
        flush(&h, &r);
        fn_grouping_destroy(h.g);
        open_state(&h);
        struct fn_grouping_face put = as_face(&h.w.faces[0], h.n_ids + 1);
        put.key++;
        h.store.fail_in = seed;
        int rc = fn_grouping_update(h.g, NULL, 0, &put, 1);
        if (rc) {
            assert_int_equal(rc, -EIO);
            n_failed++;
        }
        close_history(&h);
    }
    assert_in_range(n_failed, 10, 40);
}

/* One record is damaged. An update reports it, or ends with clusters that may be wrong. It does
 * no harm and it ends. */
static void damaged_records_do_no_harm(void **state)
{
    (void)state;
    size_t n_said = 0;
    for (uint64_t seed = 1; seed <= (full() ? 20000 : 600); seed++) {
        struct history h;
        struct fn_rng r = fn_rng_init(seed, 10);
        open_history(&h, seed, 12 + seed % 60, true);
        step_history(&h, &r, 1, false);
        step_history(&h, &r, 2, false);
        flush(&h, &r);
        gstore_damage(&h.store, &r);
        fn_grouping_destroy(h.g);
        open_state(&h);
        int rc = 0;
        for (size_t step = 3; step < 6 && !rc; step++)
            rc = update_history(&h, &r);
        assert_true(!rc || rc == FN_ECORRUPT);
        n_said += rc != 0;
        close_history(&h);
    }
    assert_true(n_said > 50);
}

/* Every branch of the rule was taken, so that no test above passed without testing anything. */
static void all_turns_were_taken(void **state)
{
    (void)state;
    bool missing = false;
    for (int b = 0; b < PLAIN_N_BRANCHES; b++) {
        if (seen.count[b] >= 10)
            continue;
        print_error("%s: only %" PRIu64 "\n", plain_branch_name[b], seen.count[b]);
        missing = true;
    }
    assert_false(missing);
}

/* Without an argument: many small worlds. "large": few large ones. */
int main(int argc, char **argv)
{
    const struct CMUnitTest small[] = {
        cmocka_unit_test(small_worlds_at_once),
        cmocka_unit_test(crowds_at_once),
        cmocka_unit_test(small_histories),
        cmocka_unit_test(gentle_histories),
        cmocka_unit_test(histories_of_several_blocks),
        cmocka_unit_test(store_failures_are_reported),
        cmocka_unit_test(damaged_records_do_no_harm),
        cmocka_unit_test(all_turns_were_taken),
    };
    const struct CMUnitTest large[] = {
        cmocka_unit_test(larger_histories),
        cmocka_unit_test(any_order_of_arrival),
    };
    if (argc > 1 && !strcmp(argv[1], "large"))
        return cmocka_run_group_tests_name("grouping, large", large, NULL, NULL);
    return cmocka_run_group_tests_name("grouping", small, NULL, NULL);
}
