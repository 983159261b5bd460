/* SPDX-License-Identifier: MIT */
/* make_index DIR ROOT [PEOPLE PHOTOS_EACH]: makes an index without photos, for tests of the
 * command line.
 *
 * Each person is a cloud of generated vectors (tests/property/synth.h) with one face in each of
 * its photos; photo k of person i is ROOT/person-i/k.jpg, taken on day k of year 2000 + i. In
 * addition there is one photo with a face of each of the first three people, photos without a
 * face, a bad file, and files with hostile names. Everything is a function of the arguments
 * alone. With more than 1,000 people nothing is synced until the end (benchmarks). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/clock.h"
#include "index/ingest/ingest.h"
#include "index/ingest/update.h"
#include "index/people/people.h"
#include "tests/property/synth.h"

enum { WIDTH = 8 };

static struct fn_error err;
static struct fn_store *store;
static struct fn_root root;
static uint64_t n_made;

static void must(int rc, const char *what)
{
    if (rc == 0)
        return;
    (void)fprintf(stderr, "make_index: %s: %s\n", what,
                  err.text[0] ? err.text : fn_strerror(rc));
    exit(1);
}

static void face_of(uint32_t identity, uint32_t number, float x, struct fn_ingest_face *ret)
{
    static const uint16_t feature[WIDTH];
    static const struct synth synth = {.seed = 7, .within = .5};
    *ret = (struct fn_ingest_face){.box = {x, .25f, .125f, .25f},
                                   .score = .99f,
                                   .quality = .8f,
                                   .sharpness = .9f,
                                   .eyes_px = 60,
                                   .feature = feature};
    synth_vector(&synth, identity, number, ret->embedding);
}

static void add(struct fn_txn *t, const char *path, int64_t taken_s,
                const struct fn_ingest_face *faces, uint32_t n, const char *bad)
{
    struct fn_ingest in = {.faces = faces, .n_faces = n, .feature_width = WIDTH};
    fn_photo_id id;
    n_made++;
    in.hash = fn_hash128(&n_made, sizeof n_made);
    in.profile_id = fn_hash128("generated", 9);
    in.path.root = root.id;
    in.path.size = 1000 + n_made;
    in.path.mtime_ns = (int64_t)n_made * 1000000000;
    (void)snprintf(in.path.path, sizeof in.path.path, "%s", path);
    in.photo.width = 4000;
    in.photo.height = 3000;
    in.photo.orientation = 1;
    in.photo.size = in.path.size;
    in.photo.taken_s = taken_s;
    in.photo.taken_precision = taken_s ? 1 : 0;
    in.photo.zone_min = 60;
    in.photo.seen_s = 1700000000;
    if (bad) {
        in.photo.state = FN_PHOTO_BAD;
        (void)snprintf(in.photo.reason, sizeof in.photo.reason, "%s", bad);
    }
    must(fn_ingest_photo(t, &in, &id, &err), path);
}

static void person(struct fn_txn *t, uint32_t i, uint32_t n_photos)
{
    for (uint32_t k = 0; k < n_photos; k++) {
        struct fn_ingest_face face;
        char path[64];
        face_of(i, k, .25f, &face);
        (void)snprintf(path, sizeof path, "person-%u/%u.jpg", i, k);
        add(t, path,
            fn_civil_to_unix(2000 + (int)(i % 25), 1 + (int)(k / 28 % 12), 1 + (int)(k % 28),
                             12, 0, 0),
            &face, 1, NULL);
    }
}

static void odd_ones(struct fn_txn *t)
{
    struct fn_ingest_face group[3], one;
    for (uint32_t i = 0; i < 3; i++)
        face_of(i, 1000, .125f + .25f * (float)i, &group[i]);
    add(t, "group.jpg", fn_civil_to_unix(2010, 6, 1, 12, 0, 0), group, 3, NULL);
    face_of(900, 0, .5f, &one);
    add(t, "stranger.jpg", 0, &one, 1, NULL);
    add(t, "wall.jpg", 0, NULL, 0, NULL);
    add(t, "broken.jpg", 0, NULL, 0, "truncated JPEG");
    face_of(0, 1001, .25f, &one);
    add(t, "odd/tab\tnewline\n\"quote, comma.jpg", 0, &one, 1, NULL);
    face_of(0, 1002, .25f, &one);
    add(t, "odd/escape\033[31mred.jpg", 0, &one, 1, NULL);
    face_of(0, 1003, .25f, &one);
    add(t, "odd/latin1-\xe4.jpg", 0, &one, 1, NULL);
}

static void model(struct fn_txn *t)
{
    struct fn_index_model m = {
        .feature_width = WIDTH, .min_quality = 20, .logistic_a = 10, .logistic_b = 9};
    m.profile_id = fn_hash128("generated", 9);
    (void)snprintf(m.profile, sizeof m.profile, "generated");
    m.pair_d = (uint32_t)(1.08 * FN_Q14_ONE);
    must(fn_index_model_set(t, &m, &err), "model");
}

int main(int argc, char **argv)
{
    if (argc != 3 && argc != 5) {
        (void)fprintf(stderr, "usage: make_index DIR ROOT [PEOPLE PHOTOS_EACH]\n");
        return 2;
    }
    uint32_t n_people = argc == 5 ? (uint32_t)strtoul(argv[3], NULL, 10) : 4;
    uint32_t n_photos = argc == 5 ? (uint32_t)strtoul(argv[4], NULL, 10) : 6;
    struct fn_txn *t = NULL;
    size_t left = 0;
    must(fn_store_open(argv[1],
                       FN_STORE_CREATE | (n_people > 1000 ? (unsigned)FN_STORE_NOSYNC : 0u),
                       &store, &err),
         argv[1]);
    must(fn_txn_begin(store, true, 5000, &t, &err), "begin");
    model(t);
    root = (struct fn_root){.state = FN_ROOT_ONLINE, .last_scan_s = 1700000000};
    (void)snprintf(root.path, sizeof root.path, "%s", argv[2]);
    must(fn_root_put(t, &root, &err), "root");
    odd_ones(t);
    must(fn_index_commit(t, &err), "commit");
    for (uint32_t i = 0; i < n_people; i++) {
        if (i % 200 == 0)
            must(fn_txn_begin(store, true, 5000, &t, &err), "begin");
        person(t, i, n_photos);
        if (i % 200 == 199 || i + 1 == n_people)
            must(fn_index_commit(t, &err), "commit");
    }
    must(fn_txn_begin(store, true, 5000, &t, &err), "begin");
    must(fn_people_settle(t, 0, &left, &err), "settle");
    must(fn_index_commit(t, &err), "commit");
    must(fn_store_sync(store, &err), "sync");
    fn_store_close(store);
    return 0;
}
