/* SPDX-License-Identifier: MIT */
/* People at scale, on synthetic faces (tests/property/synth.h): people of Zipf sizes, a share
 * of strangers, photos with one to three faces. Prints one line per measurement: CPU and wall
 * time, and medians where an act is repeated.
 *
 *   bench_people [FACES [DIR]]      default 10,000 faces in a temporary directory
 *
 * The index in DIR stays there. If DIR already has an index, that one is used. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "engine/base/clock.h"
#include "engine/base/rng.h"
#include "index/ingest/ingest.h"
#include "index/ingest/update.h"
#include "index/labels/labels.h"
#include "index/people/people.h"
#include "tests/property/synth.h"

enum { ACTS = 21 };

static struct fn_error err;

static void must(int rc, const char *what)
{
    if (rc) {
        fprintf(stderr, "%s: %d %s\n", what, rc, err.text);
        exit(1);
    }
}

static double wall_ms(void)
{
    return (double)fn_clock_mono_ns() / 1e6;
}

static double cpu_ms(void)
{
    return (double)fn_clock_thread_cpu_ns() / 1e6;
}

static struct fn_txn *begin(struct fn_store *s, bool write)
{
    struct fn_txn *t = NULL;
    must(fn_txn_begin(s, write, 5000, &t, &err), "begin");
    return t;
}

static int by_double(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *v, size_t n)
{
    qsort(v, n, sizeof *v, by_double);
    return v[n / 2];
}

/* ---- the library ---- */

static void set_up(struct fn_store *s, fn_root_id *root)
{
    struct fn_index_model m = {.profile_id = {{1}},
                               .profile = "bench",
                               .feature_width = 4,
                               .pair_d = FN_Q14_ONE / 100 * 90,
                               .min_quality = 60,
                               .logistic_a = 17,
                               .logistic_b = 16};
    struct fn_root r = {.path = "/photos"};
    struct fn_txn *t = begin(s, true);
    must(fn_index_model_set(t, &m, &err), "model");
    must(fn_root_put(t, &r, &err), "root");
    *root = r.id;
    must(fn_index_commit(t, &err), "commit");
}

/* The identity of a face: 15 % strangers, the rest by Zipf over one identity per 30 faces. */
static uint32_t identity(struct fn_rng *r, uint32_t faces, uint32_t number)
{
    if (fn_rng_below(r, 100) < 15)
        return 1000000 + number;
    double n = faces / 30. + 2;
    return (uint32_t)(exp(fn_rng_uniform(r) * log(n)) - 1);
}

static uint32_t add_photo(struct fn_txn *t, fn_root_id root, uint32_t photo, uint32_t number,
                          uint32_t faces)
{
    static const uint16_t feature[4];
    struct synth y = {.seed = 1, .within = .44, .families = .6};
    struct fn_rng r = fn_rng_init(1, photo);
    struct fn_ingest_face f[3];
    struct fn_ingest in = {.hash = fn_hash128(&photo, sizeof photo),
                           .faces = f,
                           .n_faces = 1 + (uint32_t)fn_rng_below(&r, 3),
                           .feature_width = 4,
                           .profile_id = {{1}},
                           .path.root = root,
                           .path.size = 1,
                           .photo = {.width = 4000, .height = 3000, .taken_precision = 6}};
    fn_photo_id id;
    in.photo.taken_s = 1000000000 + (int64_t)fn_rng_below(&r, 600000000);
    snprintf(in.path.path, sizeof in.path.path, "%u/%u.jpg", photo / 500, photo);
    for (uint32_t i = 0; i < in.n_faces; i++) {
        f[i] = (struct fn_ingest_face){
            .score = .9f,
            .quality =
                fn_rng_below(&r, 100) < 8 ? .1f : .5f + .01f * (float)fn_rng_below(&r, 50),
            .box = {.1f + .3f * (float)i, .2f, .1f, .1f},
            .feature = feature};
        synth_vector(&y, identity(&r, faces, number + i), number + i, f[i].embedding);
    }
    must(fn_ingest_photo(t, &in, &id, &err), "ingest");
    return in.n_faces;
}

static void fill(struct fn_store *s, fn_root_id root, uint32_t faces)
{
    double start = wall_ms(), settle = 0;
    uint32_t number = 0, photo = 0, next = 1000;
    while (number < faces) {
        struct fn_txn *t = begin(s, true);
        for (uint32_t k = 0; k < 100 && number < faces; k++)
            number += add_photo(t, root, photo++, number, faces);
        if (number >= next || number >= faces) {
            double at = wall_ms();
            must(fn_people_settle(t, 0, NULL, &err), "settle");
            settle += wall_ms() - at;
            next = number + number / 4;
        }
        must(fn_index_commit(t, &err), "commit");
    }
    double all = wall_ms() - start;
    printf("ingest       %u faces in %u photos: %.3f ms per face, of it settling %.3f ms\n",
           number, photo, all / number, settle / number);
}

/* ---- measures ---- */

struct biggest {
    struct fn_person_id id;
    uint32_t n, persons, limit;
};

static int find_biggest(const struct fn_person *p, void *ctx)
{
    struct biggest *b = ctx;
    b->persons++;
    if (p->n_faces > b->n && p->n_faces <= b->limit) {
        b->n = p->n_faces;
        b->id = p->id;
    }
    return 0;
}

static struct biggest measure_list(struct fn_store *s, uint32_t limit)
{
    double ms[ACTS];
    struct biggest b = {.n = 0};
    for (size_t i = 0; i < ACTS; i++) {
        double at = wall_ms();
        struct fn_txn *t = begin(s, false);
        b = (struct biggest){.limit = limit};
        must(fn_person_each(t, find_biggest, &b), "list");
        fn_txn_abort(t);
        ms[i] = wall_ms() - at;
    }
    printf("people list  %u persons, the largest of up to %u faces has %u: %.2f ms\n",
           b.persons, limit, b.n, median(ms, ACTS));
    return b;
}

struct some {
    fn_face_id face[ACTS];
    size_t n;
};

static int take_face(fn_face_id face, void *ctx)
{
    struct some *x = ctx;
    x->face[x->n++] = face;
    return x->n == ACTS;
}

struct act_times {
    double wall[ACTS], cpu[ACTS], settle[ACTS];
    size_t n;
};

/* One act as fnq does it: append it, update the clusters it concerns, commit, mirror the
 * log. */
static void time_act(struct fn_store *s, const char *log, struct fn_assertion *a, size_t n,
                     struct act_times *x)
{
    size_t left = 0;
    double wall = wall_ms(), cpu = cpu_ms();
    struct fn_txn *t = begin(s, true);
    must(fn_assert_append(t, a, n, NULL, &err), "append");
    double mid = cpu_ms();
    must(fn_people_settle(t, 5000, &left, &err), "settle");
    x->settle[x->n] = cpu_ms() - mid;
    must(fn_index_commit(t, &err), "commit");
    must(fn_labels_log_sync(s, log, &err), "mirror");
    x->cpu[x->n] = cpu_ms() - cpu;
    x->wall[x->n++] = wall_ms() - wall;
    if (left)
        printf("label        %zu faces left unsettled\n", left);
}

static void print_acts(const char *what, struct act_times *x)
{
    if (x->n)
        printf("%-12s wall %.2f ms, CPU %.2f ms (settling %.2f)\n", what, median(x->wall, x->n),
               median(x->cpu, x->n), median(x->settle, x->n));
}

static void measure_label(struct fn_store *s, const char *log, const struct fn_person_id *of)
{
    struct act_times x = {.n = 0};
    struct some faces = {.n = 0};
    struct fn_txn *t = begin(s, false);
    int rc = fn_person_each_face(t, of, take_face, &faces);
    must(rc < 0 ? rc : 0, "faces");
    fn_txn_abort(t);
    for (size_t i = 0; i < faces.n; i++) {
        struct fn_assertion a = {.kind = FN_ASSERT_IS, .person = {{7}}};
        t = begin(s, false);
        must(fn_face_key_of(t, faces.face[i], &a.face), "key");
        fn_txn_abort(t);
        time_act(s, log, &a, 1, &x);
    }
    print_acts("label", &x);
}

struct members {
    struct fn_txn *t;
    struct fn_face_ref *v;
    size_t n, max;
};

static int add_member(fn_face_id face, void *ctx)
{
    struct members *m = ctx;
    struct fn_face_key k;
    if (m->n == m->max)
        return 1;
    int rc = fn_face_key_of(m->t, face, &k);
    if (!rc)
        m->v[m->n++] = fn_face_ref_of(&k);
    return rc;
}

/* Naming a cluster: the set of its faces, and the name. */
static void measure_naming(struct fn_store *s, const char *log, uint32_t limit)
{
    struct biggest b = {.limit = limit};
    struct act_times x = {.n = 0};
    struct members m = {.max = limit, .v = calloc(limit, sizeof *m.v)};
    struct fn_assertion a[2] = {{.kind = FN_ASSERT_GROUP, .person = {{8}}},
                                {.kind = FN_ASSERT_NAME, .person = {{8}}}};
    char what[32];
    m.t = begin(s, false);
    must(fn_person_each(m.t, find_biggest, &b), "list");
    int rc = m.v ? fn_person_each_face(m.t, &b.id, add_member, &m) : -1;
    must(rc < 0 ? rc : 0, "faces");
    fn_txn_abort(m.t);
    a[0].faces = m.v;
    a[0].n_faces = fn_face_refs_sort(m.v, m.n);
    a[0].person.b[1] = a[1].person.b[1] = (uint8_t)(limit >> 8);
    snprintf(a[1].text, sizeof a[1].text, "Person %u", limit);
    if (m.n)
        time_act(s, log, a, 2, &x);
    snprintf(what, sizeof what, "name %zu", m.n);
    print_acts(what, &x);
    free(m.v);
}

static void measure_who(struct fn_store *s)
{
    double ms[ACTS];
    struct synth y = {.seed = 1, .within = .44, .families = .6};
    size_t known = 0;
    for (uint32_t i = 0; i < ACTS; i++) {
        float e[FN_DIM];
        int16_t x[FN_DIM];
        struct fn_who who;
        synth_vector(&y, i, 900000000 + i, e);
        fn_q14_from_float(x, e, FN_DIM);
        double at = wall_ms();
        struct fn_txn *t = begin(s, false);
        must(fn_people_who(t, x, 0, &who, &err), "who");
        fn_txn_abort(t);
        ms[i] = wall_ms() - at;
        known += who.known;
    }
    printf("who          %.2f ms, %zu of %d known\n", median(ms, ACTS), known, ACTS);
}

static void measure_check(struct fn_store *s)
{
    double at = wall_ms();
    uint64_t diff = 0;
    struct fn_txn *t = begin(s, false);
    must(fn_people_check(t, &diff, &err), "check");
    fn_txn_abort(t);
    printf("check        %.0f ms, %llu faces differ\n", wall_ms() - at,
           (unsigned long long)diff);
}

int main(int argc, char **argv)
{
    uint32_t faces = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 10000;
    char own[] = "/tmp/fn-bench-people-XXXXXX", log[4096];
    const char *dir = argc > 2 ? argv[2] : mkdtemp(own);
    struct fn_store *s = NULL;
    fn_root_id root;
    if (!dir)
        return 1;
    bool there = !fn_store_open(dir, FN_STORE_WRITE, &s, &err);
    if (!there)
        must(fn_store_open(dir, FN_STORE_CREATE, &s, &err), "open");
    snprintf(log, sizeof log, "%s/labels.log", dir);
    if (!there) {
        set_up(s, &root);
        fill(s, root, faces);
    }
    measure_list(s, UINT32_MAX);
    struct biggest b = measure_list(s, 5000);
    measure_label(s, log, &b.id);
    measure_naming(s, log, 100);
    measure_naming(s, log, 1000);
    measure_naming(s, log, 5000);
    measure_who(s);
    measure_check(s);
    printf("index        %.1f MB\n", (double)fn_store_bytes(s) / 1e6);
    fn_store_close(s);
    return 0;
}
