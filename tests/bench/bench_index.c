/* SPDX-License-Identifier: MIT */
/* The store at scale, without people: writing faces in synced batches, the size of the file,
 * exact search from the map, walks. Seeded faces of tests/property/synth.h: people of Zipf
 * sizes and a sixth of strangers; four faces to a photo.
 *
 *   bench_index [FACES]     100,000 unless told otherwise; about 1 kB of /tmp (or $TMPDIR) per
 * face
 *
 * Times are CPU of the thread, medians of the repeated acts; commits are wall time. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/base/clock.h"
#include "engine/base/rng.h"
#include "engine/kernels/cpu.h"
#include "index/ingest/ingest.h"
#include "index/ingest/update.h"
#include "index/records/rows.h"
#include "index/search/search.h"
#include "tests/property/synth.h"

enum { WIDTH = 512, PER_PHOTO = 4, SYNCED = 20000, BATCH = 100, BULK = 20000, QUERIES = 41 };

static struct fn_error err;
static const struct synth people = {.seed = 1, .within = .44, .families = .7};

static void must(int rc, const char *what)
{
    if (rc) {
        fprintf(stderr, "%s: %d %s\n", what, rc, err.text);
        exit(1);
    }
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static double quantile(double *v, size_t n, double q)
{
    qsort(v, n, sizeof *v, by_value);
    return v[(size_t)(q * (double)(n - 1))];
}

static struct fn_txn *begin(struct fn_store *s, bool write)
{
    struct fn_txn *t = NULL;
    must(fn_txn_begin(s, write, 5000, &t, &err), "begin");
    return t;
}

/* Zipf of exponent 1 over n identities by the inverse of the integral of 1/x. */
static uint32_t identity_of(struct fn_rng *r, uint32_t n, uint32_t face)
{
    if (fn_rng_below(r, 6) == 0)
        return n + face; /* a stranger */
    return (uint32_t)(exp(fn_rng_uniform(r) * log((double)n)) - 1);
}

static void add_photo(struct fn_txn *t, struct fn_rng *r, uint32_t first, uint32_t n_faces,
                      uint32_t n_people)
{
    uint64_t content = first;
    uint16_t feature[WIDTH];
    struct fn_photo p = {.hash = fn_hash128(&content, sizeof content),
                         .n_faces = (uint16_t)n_faces};
    must(fn_photo_insert(t, &p, &err), "photo");
    struct fn_path path = {.root = 1, .photo = p.id};
    snprintf(path.path, sizeof path.path, "2019/holidays at the sea/IMG_%07u.jpg", first);
    must(fn_path_put(t, &path, &err), "path");
    for (uint32_t i = 0; i < n_faces; i++) {
        float e[FN_DIM];
        int16_t x[FN_DIM];
        struct fn_face_rec f = {
            .photo = p.id, .quality = 200, .box = {(uint16_t)(i * 9000), 500, 8000, 8000}};
        synth_vector(&people, identity_of(r, n_people, first + i), first + i, e);
        fn_q14_from_float(x, e, FN_DIM);
        for (int k = 0; k < WIDTH; k++)
            feature[k] = (uint16_t)fn_rng_u64(r);
        must(fn_face_insert(t, &f, &p.hash, i, x, feature, WIDTH, &err), "face");
    }
}

/* Adds faces [*at, until) in batches; wall milliseconds of each commit go to ms (may be NULL).
 */
static size_t add(struct fn_store *s, struct fn_rng *r, uint32_t *at, uint32_t until,
                  uint32_t batch, uint32_t n_people, double *ms)
{
    size_t commits = 0;
    while (*at < until) {
        struct fn_txn *t = begin(s, true);
        for (uint32_t n = 0; n < batch && *at < until; n += PER_PHOTO, *at += PER_PHOTO)
            add_photo(t, r, *at, PER_PHOTO, n_people);
        uint64_t from = fn_clock_mono_ns();
        must(fn_index_commit(t, &err), "commit");
        if (ms)
            ms[commits] = (double)(fn_clock_mono_ns() - from) / 1e6;
        commits++;
    }
    return commits;
}

static struct fn_store *make(const char *dir, unsigned flags)
{
    struct fn_store *s = NULL;
    must(fn_store_open(dir, FN_STORE_CREATE | flags, &s, &err), "open");
    return s;
}

static void fill(const char *dir, uint32_t n)
{
    struct fn_store *s = make(dir, 0);
    struct fn_txn *t = begin(s, true);
    struct fn_index_model m = {.profile = "bench", .feature_width = WIDTH};
    struct fn_root root = {.path = "/photos"};
    must(fn_index_model_set(t, &m, &err), "model");
    must(fn_root_put(t, &root, &err), "root");
    must(fn_index_commit(t, &err), "commit");
    struct fn_rng r = fn_rng_init(1, 2);
    uint32_t at = 0, n_people = n / 30 + 1, synced = n < SYNCED ? n : SYNCED;
    double *ms = calloc(SYNCED / BATCH + 1, sizeof *ms);
    must(ms ? 0 : -12, "memory");
    size_t commits = add(s, &r, &at, synced, BATCH, n_people, ms);
    printf("commit of %d faces, synced (wall)      p50 %.2f ms, p99 %.2f ms\n", BATCH,
           quantile(ms, commits, .5), quantile(ms, commits, .99));
    free(ms);
    fn_store_close(s);
    s = make(dir, FN_STORE_NOSYNC);
    add(s, &r, &at, n, BULK, n_people, NULL);
    must(fn_store_sync(s, &err), "sync");
    printf("file                                    %.0f bytes per face\n",
           (double)fn_store_bytes(s) / n);
    fn_store_close(s);
}

static int count_face(const struct fn_face_rec *f, void *ctx)
{
    *(uint64_t *)ctx += f->row != 0;
    return 0;
}

static int count_photo(const struct fn_photo *p, void *ctx)
{
    *(uint64_t *)ctx += p->n_faces;
    return 0;
}

static void walks(struct fn_txn *t)
{
    uint64_t n = 0, faces = 0, from = fn_clock_thread_cpu_ns();
    must(fn_face_each(t, count_face, &n), "faces");
    uint64_t mid = fn_clock_thread_cpu_ns();
    must(fn_photo_each(t, count_photo, &faces), "photos");
    uint64_t end = fn_clock_thread_cpu_ns();
    printf("walk over %llu faces                  %.1f ms; over the photos %.1f ms\n",
           (unsigned long long)n, (double)(mid - from) / 1e6, (double)(end - mid) / 1e6);
}

struct search {
    const char *what;
    uint32_t max_d;
    size_t k;
};

static void searches(struct fn_txn *t, uint32_t n)
{
    static const struct search kinds[] = {
        {"10 nearest", UINT32_MAX, 10},
        {"100 nearest", UINT32_MAX, 100},
        {"32 nearest within .9", FN_Q14_ONE / 10 * 9, 32},
    };
    static struct fn_hit hits[100];
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        double us[QUERIES];
        struct fn_rng r = fn_rng_init(5, i);
        uint64_t first = 0;
        for (int q = 0; q < QUERIES; q++) {
            float e[FN_DIM];
            int16_t x[FN_DIM];
            size_t found;
            synth_vector(&people, identity_of(&r, n / 30 + 1, (uint32_t)q),
                         4000000000u + (uint32_t)q, e);
            fn_q14_from_float(x, e, FN_DIM);
            uint64_t from = fn_clock_thread_cpu_ns();
            must(fn_search(t, x, kinds[i].max_d, kinds[i].k, 0, hits, &found, &err), "search");
            uint64_t took = fn_clock_thread_cpu_ns() - from;
            us[q] = (double)took / 1e3;
            if (q == 0)
                first = took;
        }
        double p50 = quantile(us, QUERIES, .5), p95 = quantile(us, QUERIES, .95);
        printf("%-22s                  p50 %.0f us (%.2f ns per face), p95 %.0f us, first %.0f "
               "us\n",
               kinds[i].what, p50, p50 * 1e3 / n, p95, (double)first / 1e3);
    }
}

/* The kernel alone over an array of as many rows: the floor for a search. */
static void kernel(uint32_t n)
{
    int16_t *rows = calloc((size_t)n, FN_Q14_BYTES);
    uint32_t *d = calloc(n, sizeof *d);
    double us[QUERIES];
    must(rows && d ? 0 : -12, "memory");
    for (size_t i = 0; i < (size_t)n * FN_DIM; i++)
        rows[i] = (int16_t)(fn_mix64(i) % 2000);
    for (int q = 0; q < QUERIES; q++) {
        uint64_t from = fn_clock_thread_cpu_ns();
        fn_vector_kernels(FN_CPU_DETECT)->d2_rows(d, rows, rows, n, FN_DIM);
        us[q] = (double)(fn_clock_thread_cpu_ns() - from) / 1e3;
    }
    double p50 = quantile(us, QUERIES, .5);
    printf("kernel alone (%s), an array             p50 %.0f us (%.2f ns per face)\n",
           fn_cpu_name(fn_cpu_flags()), p50, p50 * 1e3 / n);
    free(d);
    free(rows);
}

int main(int argc, char **argv)
{
    uint32_t n = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 100000;
    const char *tmp = getenv("TMPDIR");
    char dir[256], path[300];
    if (n < PER_PHOTO || n % PER_PHOTO || n > 50000000) {
        fprintf(stderr, "usage: bench_index [FACES, a multiple of %d]\n", PER_PHOTO);
        return 2;
    }
    snprintf(dir, sizeof dir, "%s/fn-bench-XXXXXX", tmp ? tmp : "/tmp");
    if (!mkdtemp(dir)) {
        perror(dir);
        return 1;
    }
    printf("%u faces, features of %d\n", n, WIDTH);
    fill(dir, n);
    struct fn_store *s = NULL;
    must(fn_store_open(dir, FN_STORE_READ, &s, &err), "open");
    struct fn_txn *t = begin(s, false);
    searches(t, n);
    walks(t);
    fn_txn_abort(t);
    fn_store_close(s);
    kernel(n);
    static const char *const files[] = {"data.mdb", "lock.mdb", "writer.lock"};
    for (size_t i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s/%s", dir, files[i]);
        unlink(path);
    }
    rmdir(dir);
    return 0;
}
