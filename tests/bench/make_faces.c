/* SPDX-License-Identifier: MIT */
/* fn_make_faces INDEX_DIR ROOT [--faces N] [--people P] [--seed N] [--settle]: makes an index
 * of generated faces (face_generator.h) quickly, for measurements and tests of everything after
 * the networks. Faces are inserted as the daemon inserts them, in large transactions that are
 * not synced one by one.
 *
 * ROOT need not exist. It is recorded as away, so a daemon retains its photos. Photo k is
 * ROOT/k/1000/k.jpg, and everything is a function of the arguments. --people 0 (the default):
 * as many people as a library of that size has. Without --settle all faces are pending. Prints
 * the content as one "key=value" per line: faces, photos, largest (good faces of the person
 * with most), people (with two good faces or more). */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/clock.h"
#include "engine/base/options.h"
#include "engine/base/rng.h"
#include "index/ingest/ingest.h"
#include "index/ingest/update.h"
#include "index/people/people.h"
#include "tests/bench/face_generator.h"

enum { WIDTH = 4, BATCH_PHOTOS = 1000, WAIT_MS = 5000 };

struct library {
    struct fn_store *store;
    struct fn_root root;
    struct face_world world;
    struct face_place *places;
    size_t n;
    uint32_t *good; /* of each person: number of good faces */
};

static struct fn_error err;

static void must(int rc, const char *what)
{
    if (rc) {
        fprintf(stderr, "fn_make_faces: %s: %s\n", what,
                err.text[0] ? err.text : fn_strerror(rc));
        exit(1);
    }
}

static uint32_t exact(double d2)
{
    return (uint32_t)lrint(d2 * FN_Q14_ONE);
}

static void set_up(struct library *l, const char *root)
{
    struct fn_index_model m = {.profile_id = fn_hash128("generated", 9),
                               .profile = "generated",
                               .feature_width = WIDTH,
                               .pair_d = exact(1.08),
                               .min_quality = (uint8_t)lrint(.45 * 255),
                               .logistic_a = 13,
                               .logistic_b = 13};
    struct fn_txn *t = NULL;
    l->root = (struct fn_root){.state = FN_ROOT_AWAY, .last_scan_s = 1700000000};
    (void)snprintf(l->root.path, sizeof l->root.path, "%s", root);
    (void)snprintf(l->root.reason, sizeof l->root.reason, "missing");
    must(fn_txn_begin(l->store, true, WAIT_MS, &t, &err), "begin");
    must(fn_index_model_set(t, &m, &err), "model");
    must(fn_root_put(t, &l->root, &err), "root");
    must(fn_index_commit(t, &err), "commit");
}

static void face_at(const struct face_world *w, const struct face_place *at, uint32_t place,
                    struct fn_ingest_face *ret)
{
    static const uint16_t feature[WIDTH];
    unsigned traits, across = place % 4, down = place / 4;
    *ret = (struct fn_ingest_face){
        .box = {.05f + .23f * (float)across, .05f + .23f * (float)down, .15f, .2f},
        .score = .99f,
        .sharpness = .9f,
        .eyes_px = 60,
        .feature = feature};
    face_world_row(w, at, ret->embedding, &ret->quality, &traits);
}

/* What a test may expect: the number of good faces of the largest person, and the number of
 * people with two or more. */
static void print_truth(const struct library *l)
{
    uint32_t largest = 0, people = 0;
    for (size_t i = 0; i < l->n; i++) {
        largest = l->good[i] > largest ? l->good[i] : largest;
        people += l->good[i] > 1;
    }
    printf("faces=%zu\nphotos=%u\nlargest=%u\npeople=%u\n", l->n, l->places[l->n - 1].photo + 1,
           largest, people);
}

static void count_good(struct library *l)
{
    l->good = calloc(l->n + 1, sizeof *l->good);
    must(l->good ? 0 : -ENOMEM, "counting");
    for (size_t i = 0; i < l->n; i++) {
        float e[FN_DIM], quality;
        unsigned traits;
        face_world_row(&l->world, &l->places[i], e, &quality, &traits);
        l->good[l->places[i].person] += !(traits & FACE_POOR);
    }
}

/* Adds the photo whose first face is at `first`. Returns the position of the next photo. */
static size_t add_photo(const struct library *l, struct fn_txn *t, size_t first)
{
    uint32_t photo = l->places[first].photo;
    struct fn_rng r = fn_rng_init(l->world.seed, photo);
    struct fn_ingest_face faces[FACE_PHOTO_MAX];
    struct fn_ingest in = {.faces = faces,
                           .feature_width = WIDTH,
                           .profile_id = fn_hash128("generated", 9),
                           .path = {.root = l->root.id, .size = 1000000 + photo, .mtime_ns = 1},
                           .photo = {.width = 4000,
                                     .height = 3000,
                                     .orientation = 1,
                                     .size = 1000000 + photo,
                                     .taken_precision = 6,
                                     .zone_min = 60,
                                     .seen_s = 1700000000}};
    uint64_t content[] = {l->world.seed, photo};
    fn_photo_id id;
    size_t i = first;
    for (; i < l->n && l->places[i].photo == photo; i++)
        face_at(&l->world, &l->places[i], (uint32_t)(i - first), &faces[i - first]);
    in.n_faces = (uint32_t)(i - first);
    in.hash = fn_hash128(content, sizeof content);
    in.photo.taken_s = 1000000000 + (int64_t)fn_rng_below(&r, 600000000);
    (void)snprintf(in.path.path, sizeof in.path.path, "%u/%u.jpg", photo / 1000, photo);
    must(fn_ingest_photo(t, &in, &id, &err), in.path.path);
    return i;
}

/* The batch is repeated when the map had to grow. */
static size_t add_batch(struct library *l, size_t first)
{
    size_t at = first;
    int rc;
    do {
        struct fn_txn *t = NULL;
        must(fn_txn_begin(l->store, true, WAIT_MS, &t, &err), "begin");
        at = first;
        for (int k = 0; k < BATCH_PHOTOS && at < l->n; k++)
            at = add_photo(l, t, at);
        rc = fn_index_commit(t, &err);
    } while (rc == -EAGAIN);
    must(rc, "commit");
    return at;
}

static void settle(struct library *l)
{
    int rc;
    do {
        struct fn_txn *t = NULL;
        size_t left = 0;
        must(fn_txn_begin(l->store, true, WAIT_MS, &t, &err), "begin");
        must(fn_people_settle(t, 0, &left, &err), "settle");
        rc = fn_index_commit(t, &err);
    } while (rc == -EAGAIN);
    must(rc, "commit");
}

int main(int argc, char **argv)
{
    static struct library l;
    uint64_t faces = 10000, people = 0, seed = 1;
    bool with_settle = false;
    const struct fn_opt table[] = {
        {"faces", 0, FN_OPT_U64, &faces, "N", "how many"},
        {"people", 0, FN_OPT_U64, &people, "N", "of how many people"},
        {"seed", 0, FN_OPT_U64, &seed, "N", "which ones"},
        {"settle", 0, FN_OPT_FLAG, &with_settle, NULL, "make people of them"},
        {0}};
    const struct fn_opt *const tables[] = {table};
    size_t n = 0, stranger = 0;
    if (fn_options_parse(argc, argv, tables, 1, &n, &err) || n != 2) {
        fprintf(stderr,
                "usage: fn_make_faces INDEX_DIR ROOT [--faces N] [--people N] [--seed N] "
                "[--settle]\n%s\n",
                err.text);
        return 2;
    }
    uint64_t start = fn_clock_mono_ns();
    face_world_init(&l.world, seed, NULL);
    l.n = faces;
    must(face_world_deal(&l.world, faces, people, &l.places, &stranger), "dealing faces");
    must(fn_store_open(argv[1], FN_STORE_CREATE | FN_STORE_NOSYNC, &l.store, &err), argv[1]);
    set_up(&l, argv[2]);
    for (size_t at = 0; at < l.n;)
        at = add_batch(&l, at);
    uint64_t filled = fn_clock_mono_ns();
    if (with_settle)
        settle(&l);
    uint64_t settled = fn_clock_mono_ns();
    must(fn_store_sync(l.store, &err), "sync");
    count_good(&l);
    print_truth(&l);
    fprintf(stderr, "made in %.1f s, settled in %.1f s, %.1f MB\n",
            (double)(filled - start) / 1e9, (double)(settled - filled) / 1e9,
            (double)fn_store_bytes(l.store) / 1e6);
    fn_store_close(l.store);
    free(l.places);
    free(l.good);
    return 0;
}
