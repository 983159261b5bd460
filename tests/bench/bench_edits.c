/* SPDX-License-Identifier: MIT */
/* bench_edits DIR [--photos N] [--edited M] [--moments]: what an edited folder costs. Makes an
 * index of N generated photos of one folder (DIR, new), names every face of the first M, and
 * then, in transactions of the daemon's size:
 *
 *   export  adds an edited picture of each beside it (IMG_1-2.jpg)
 *   delete  deletes the M photos
 *   return  deletes M others, and adds their edited pictures under new names
 *
 * Vectors of an edit are at .03 of the face. Without --moments no photo has a time of capture,
 * so that only faces can tell them apart. Prints for each part the CPU time of a photo and the
 * longest transaction, and where the names are at the end. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/clock.h"
#include "engine/base/endian.h"
#include "engine/base/options.h"
#include "engine/base/rng.h"
#include "index/edits/lost_labels.h"
#include "index/ingest/ingest.h"
#include "index/ingest/update.h"
#include "index/labels/labels.h"
#include "tests/bench/face_generator.h"

enum {
    WIDTH = 4,
    WAIT_MS = 5000,
    DELETED_AT_ONCE = 256,
    ADDED_AT_ONCE = 32,
    MADE_AT_ONCE = 1000
};
#define SEEN_S 1700000000
#define NOISE  .026 /* at most, of a coordinate: the square of 128 of them is .03 */

struct photo { /* where its faces are in places */
    size_t first, n;
};

struct bench {
    struct fn_store *store;
    fn_root_id root;
    struct face_world world;
    struct face_place *places;
    struct photo *photos;
    size_t n_photos, n_edited;
    bool moments;
};

static struct fn_error err;

static void must(int rc, const char *what)
{
    if (rc) {
        fprintf(stderr, "bench_edits: %s: %s\n", what,
                err.text[0] ? err.text : fn_strerror(rc));
        exit(1);
    }
}

static struct fn_txn *begin(struct bench *b)
{
    struct fn_txn *t = NULL;
    must(fn_txn_begin(b->store, true, WAIT_MS, &t, &err), "begin");
    return t;
}

static void set_up(struct bench *b, const char *dir)
{
    struct fn_index_model m = {.profile_id = fn_hash128("generated", 9),
                               .profile = "generated",
                               .feature_width = WIDTH,
                               .pair_d = (uint32_t)lrint(1.08 * FN_Q14_ONE),
                               .min_quality = (uint8_t)lrint(.45 * 255),
                               .logistic_a = 13,
                               .logistic_b = 13};
    struct fn_root root = {.state = FN_ROOT_AWAY, .path = "/nonexistent/photos"};
    must(fn_store_open(dir, FN_STORE_CREATE | FN_STORE_NOSYNC, &b->store, &err), dir);
    struct fn_txn *t = begin(b);
    must(fn_index_model_set(t, &m, &err), "model");
    must(fn_root_put(t, &root, &err), "root");
    must(fn_index_commit(t, &err), "commit");
    b->root = root.id;
}

static void deal(struct bench *b)
{
    size_t stranger, faces = b->n_photos * 2, n = 0;
    face_world_init(&b->world, 1, NULL);
    must(face_world_deal(&b->world, faces, 0, &b->places, &stranger), "dealing faces");
    b->photos = calloc(b->n_photos, sizeof *b->photos);
    must(b->photos ? 0 : -ENOMEM, "photos");
    for (size_t i = 0; i < faces && n <= b->n_photos; i++) {
        if (i == 0 || b->places[i].photo != b->places[i - 1].photo) {
            if (n == b->n_photos)
                break;
            b->photos[n++].first = i;
        }
        b->photos[n - 1].n++;
    }
    b->n_photos = n;
}

/* version 0: the photo; otherwise an edit of it. */
static void add(struct bench *b, struct fn_txn *t, size_t k, unsigned version)
{
    const struct photo *p = &b->photos[k];
    static const uint16_t feature[WIDTH];
    struct fn_rng r = fn_rng_init(k, version);
    struct fn_ingest_face faces[FACE_PHOTO_MAX];
    struct fn_ingest in = {
        .faces = faces,
        .n_faces = (uint32_t)p->n,
        .feature_width = WIDTH,
        .profile_id = fn_hash128("generated", 9),
        .path = {.root = b->root, .size = 1000000 + k, .mtime_ns = 1 + version},
        .photo = {.width = 4000,
                  .height = 3000,
                  .orientation = 1,
                  .size = 1000000 + k,
                  .taken_precision = b->moments ? 6 : 0,
                  .taken_s = b->moments ? 1000000000 + (int64_t)k : 0,
                  .seen_s = version ? fn_clock_wall_s() + 10 : SEEN_S}};
    uint64_t content[] = {k, version};
    fn_photo_id id;
    for (size_t i = 0; i < p->n; i++) {
        struct fn_ingest_face *f = &faces[i];
        unsigned traits;
        *f = (struct fn_ingest_face){
            .box = {.05f + .23f * (float)(i % 4), .05f + .23f * (float)(i / 4), .15f, .2f},
            .score = .99f,
            .sharpness = .9f,
            .eyes_px = 60,
            .feature = feature};
        for (int j = 0; j < 5; j++) {
            f->points[j][0] = f->box[0] + .03f * (float)(j % 3 + 1);
            f->points[j][1] = f->box[1] + .04f * (float)(j + 1);
        }
        face_world_row(&b->world, &b->places[p->first + i], f->embedding, &f->quality, &traits);
        double norm = 0;
        for (int j = 0; j < FN_DIM; j++) {
            f->embedding[j] += version ? (float)(NOISE * (2 * fn_rng_uniform(&r) - 1)) : 0;
            norm += (double)f->embedding[j] * (double)f->embedding[j];
        }
        for (int j = 0; j < FN_DIM; j++)
            f->embedding[j] /= (float)sqrt(norm);
    }
    in.hash = fn_hash128(content, sizeof content);
    (void)snprintf(in.path.path, sizeof in.path.path,
                   version ? "IMG_%zu-%u.jpg" : "IMG_%zu.jpg", k, version);
    must(fn_ingest_photo(t, &in, &id, &err), in.path.path);
}

static void forget(struct bench *b, struct fn_txn *t, size_t k, unsigned version)
{
    char path[64];
    (void)version;
    (void)snprintf(path, sizeof path, "IMG_%zu.jpg", k);
    must(fn_path_delete(t, b->root, path, &err), path);
}

/* The act of a user who says who everybody in a photo is. */
static void name_faces(struct bench *b, struct fn_txn *t, size_t k, unsigned version)
{
    const struct photo *p = &b->photos[k];
    uint64_t content[] = {k, version}, act;
    struct fn_assertion a[FACE_PHOTO_MAX];
    struct fn_face_rec faces[FACE_PHOTO_MAX];
    struct fn_h128 hash = fn_hash128(content, sizeof content);
    fn_photo_id id;
    size_t n = 0;
    must(fn_photo_by_hash(t, &hash, &id), "photo");
    must(fn_faces_of_photo(t, id, faces, FACE_PHOTO_MAX, &n), "faces");
    for (size_t i = 0; i < n; i++) {
        a[i] = (struct fn_assertion){.kind = FN_ASSERT_IS, .time_us = fn_clock_wall_us()};
        must(fn_face_key_of(t, faces[i].id, &a[i].face), "face");
        fn_put_be32(a[i].person.b, b->places[p->first + i].person + 1);
    }
    must(n ? fn_assert_append(t, a, n, &act, &err) : 0, "naming");
}

typedef void (*step_fn)(struct bench *b, struct fn_txn *t, size_t k, unsigned version);

static void each(struct bench *b, const char *what, size_t from, size_t to, size_t at_once,
                 step_fn step, unsigned version)
{
    double longest = 0, cpu = (double)fn_clock_thread_cpu_ns();
    for (size_t k = from; k < to;) {
        double began = (double)fn_clock_mono_ns();
        int rc;
        size_t first = k;
        do { /* again when the map had to grow */
            struct fn_txn *t = begin(b);
            for (k = first; k < to && k < first + at_once; k++)
                step(b, t, k, version);
            rc = fn_index_commit(t, &err);
        } while (rc == -EAGAIN);
        must(rc, "commit");
        double ms = ((double)fn_clock_mono_ns() - began) / 1e6;
        longest = ms > longest ? ms : longest;
    }
    cpu = ((double)fn_clock_thread_cpu_ns() - cpu) / 1e9;
    printf("%-28s %8zu photos  %8.1f s CPU  %7.3f ms each  longest transaction %7.0f ms\n",
           what, to - from, cpu, 1e3 * cpu / (double)(to - from), longest);
    fflush(stdout);
}

static int count_lost(const struct fn_lost_label *l, void *ctx)
{
    (void)l;
    ++*(size_t *)ctx;
    return 0;
}

static void report(struct bench *b, size_t from, size_t to)
{
    struct fn_txn *t = begin(b);
    size_t right = 0, none = 0, other = 0, lost = 0;
    struct fn_face_labels *labels = malloc(sizeof *labels);
    must(labels ? 0 : -ENOMEM, "labels");
    for (size_t k = from; k < to; k++) {
        uint64_t content[] = {k, 1};
        struct fn_h128 hash = fn_hash128(content, sizeof content);
        struct fn_face_rec faces[FACE_PHOTO_MAX];
        fn_photo_id id;
        size_t n = 0;
        must(fn_photo_by_hash(t, &hash, &id), "photo");
        must(fn_faces_of_photo(t, id, faces, FACE_PHOTO_MAX, &n), "faces");
        for (size_t i = 0; i < n; i++) {
            must(fn_labels_of_face(t, faces[i].id, labels), "labels");
            uint32_t person = b->places[b->photos[k].first + i].person + 1;
            if (!labels->confirmed)
                none++;
            else if (fn_get_be32(labels->person.b) == person)
                right++;
            else
                other++;
        }
    }
    double cpu = (double)fn_clock_thread_cpu_ns();
    must(fn_lost_labels(t, true, count_lost, &lost), "lost labels");
    cpu = ((double)fn_clock_thread_cpu_ns() - cpu) / 1e6;
    printf("names: %zu on their faces, %zu on another person, %zu faces without; %zu listed as "
           "lost, in %.0f ms\n",
           right, other, none, lost, cpu);
    free(labels);
    fn_txn_abort(t);
}

int main(int argc, char **argv)
{
    static struct bench b;
    uint64_t photos = 10000, edited = 1000;
    const struct fn_opt table[] = {
        {"photos", 0, FN_OPT_U64, &photos, "N", "how many"},
        {"edited", 0, FN_OPT_U64, &edited, "M", "how many are edited; twice as many are named"},
        {"moments", 0, FN_OPT_FLAG, &b.moments, NULL, "with a time of capture"},
        {0}};
    const struct fn_opt *const tables[] = {table};
    size_t n = 0;
    if (fn_options_parse(argc, argv, tables, 1, &n, &err) || n != 1) {
        fprintf(stderr, "usage: bench_edits DIR [--photos N] [--edited M] [--moments]\n%s\n",
                err.text);
        return 2;
    }
    b.n_photos = photos;
    deal(&b);
    size_t m = edited * 2 < b.n_photos ? edited : b.n_photos / 2;
    set_up(&b, argv[1]);
    each(&b, "make", 0, b.n_photos, MADE_AT_ONCE, add, 0);
    each(&b, "name", 0, 2 * m, MADE_AT_ONCE, name_faces, 0);
    each(&b, "export: add edited", 0, m, ADDED_AT_ONCE, add, 1);
    each(&b, "delete: the originals", 0, m, DELETED_AT_ONCE, forget, 0);
    report(&b, 0, m);
    each(&b, "return: delete", m, 2 * m, DELETED_AT_ONCE, forget, 0);
    each(&b, "return: add edited", m, 2 * m, ADDED_AT_ONCE, add, 1);
    report(&b, m, 2 * m);
    fn_store_close(b.store);
    free(b.places);
    free(b.photos);
    return 0;
}
