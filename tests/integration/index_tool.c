/* SPDX-License-Identifier: MIT */
/* Prints the content of an index for shell tests, with the functions of index/ and without fnq:
 *
 *   index_tool DIR            counters, one "key=value" per line
 *   index_tool DIR roots      state, reason and path of each root
 *   index_tool DIR paths      photo hash and path of each file
 *   index_tool DIR bad        path and reason of each bad photo
 *   index_tool DIR faces      key, values, hashes of vector and feature of each face, and the
 *                             least key of its person
 *   index_tool DIR doctor     the deep check; exit 1 when a check fails
 *   index_tool - picture OUT SEED   draws a JPEG that no other seed yields */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/base/rng.h"
#include "engine/draw/draw.h"
#include "index/doctor/doctor.h"
#include "index/ingest/ingest.h"
#include "index/people/people.h"

enum { FEATURE_MAX = 4096 };

static struct fn_txn *txn;

struct counts {
    uint64_t ok, bad, gone, faces, paths, people;
};

static int on_photo(const struct fn_photo *p, void *ctx)
{
    struct counts *c = ctx;
    c->ok += p->state == FN_PHOTO_OK;
    c->bad += p->state == FN_PHOTO_BAD;
    c->gone += p->state == FN_PHOTO_GONE;
    c->faces += p->state == FN_PHOTO_OK ? p->n_faces : 0;
    return 0;
}

static int on_path(const struct fn_path *p, void *ctx)
{
    (void)p;
    ++*(uint64_t *)ctx;
    return 0;
}

static int count_paths(const struct fn_root *r, void *ctx)
{
    return fn_path_each_of_root(txn, r->id, on_path, &((struct counts *)ctx)->paths);
}

static int on_person(const struct fn_person *p, void *ctx)
{
    (void)p;
    ((struct counts *)ctx)->people++;
    return 0;
}

static int print_root(const struct fn_root *r, void *ctx)
{
    static const char *const state[] = {"online", "away", "held"};
    (void)ctx;
    return printf("%s|%s|%s\n", state[r->state < 3 ? r->state : 0], r->reason, r->path) < 0;
}

static int print_path(const struct fn_path *p, void *ctx)
{
    struct fn_photo photo;
    char hex[FN_H128_HEX];
    (void)ctx;
    if (fn_photo_get(txn, p->photo, &photo))
        return -1;
    fn_h128_hex(&photo.hash, hex);
    return printf("%s %s\n", hex, p->path) < 0;
}

static int print_paths(const struct fn_root *r, void *ctx)
{
    return fn_path_each_of_root(txn, r->id, print_path, ctx);
}

static int print_bad(const struct fn_photo *p, void *ctx)
{
    char path[4096] = "?";
    (void)ctx;
    if (p->state != FN_PHOTO_BAD)
        return 0;
    if (fn_path_absolute(txn, p->id, path, sizeof path))
        (void)snprintf(path, sizeof path, "(no path)");
    return printf("%s: %s\n", path, p->reason) < 0;
}

/* The face of a person with the least key, which is the same in any index of the same faces. */
static int least_key(const struct fn_person_face *f, void *ctx)
{
    uint64_t *least = ctx;
    *least = f->ckey < *least ? f->ckey : *least;
    return 0;
}

static int print_face(const struct fn_face_rec *f, void *ctx)
{
    int16_t x[FN_DIM];
    uint16_t feature[FEATURE_MAX];
    struct fn_index_model m;
    struct fn_member who;
    uint64_t least = UINT64_MAX;
    (void)ctx;
    if (fn_index_model_get(txn, &m, NULL) || m.feature_width > FEATURE_MAX ||
        fn_vector_get(txn, f->row, x) || fn_feature_get(txn, f->row, feature, m.feature_width))
        return -1;
    if (fn_member_who(txn, f->id, &who) == 0 &&
        fn_person_faces_walk(txn, &who.person, least_key, &least))
        return -1;
    return printf("%016" PRIx64 " %u %u %u %u %d %d %u %016" PRIx64 " %016" PRIx64
                  " %016" PRIx64 " %016" PRIx64 "\n",
                  f->ckey, f->flags, f->quality, f->score, f->sharpness, f->yaw_deg,
                  f->roll_deg, f->eyes_px, fn_hash64(f->points, sizeof f->points),
                  fn_hash64(x, sizeof x), fn_hash64(feature, 2 * (size_t)m.feature_width),
                  least) < 0;
}

static int counters(void)
{
    struct counts c = {0};
    uint64_t queue = 0, hash = 0;
    int rc = fn_photo_each(txn, on_photo, &c);
    rc = rc ? rc : fn_root_each(txn, count_paths, &c);
    rc = rc ? rc : fn_person_each(txn, on_person, &c);
    rc = rc ? rc : fn_queue_count(txn, &queue);
    rc = rc ? rc : fn_people_hash(txn, &hash, NULL);
    struct fn_people_wait wait = {0};
    rc = rc ? rc : fn_people_waiting(txn, &wait);
    (void)printf("ok=%" PRIu64 "\nbad=%" PRIu64 "\ngone=%" PRIu64 "\nfaces=%" PRIu64
                 "\npaths=%" PRIu64 "\nqueue=%" PRIu64 "\npeople=%" PRIu64 "\ndirty=%zu\n"
                 "people_hash=%016" PRIx64 "\n",
                 c.ok, c.bad, c.gone, c.faces, c.paths, queue, c.people, (size_t)wait.faces,
                 hash);
    return rc;
}

static void report(enum fn_finding_level level, const char *sentence, void *ctx)
{
    static const char *const name[] = {"ok", "warn", "fail"};
    (void)ctx;
    (void)printf("%-5s %s\n", name[level], sentence);
}

static int doctor(struct fn_store *s, const char *dir)
{
    char log[4096];
    struct fn_error err = {0};
    (void)snprintf(log, sizeof log, "%s/labels.log", dir);
    int rc = fn_doctor_run(s, access(log, F_OK) ? NULL : log, true, report, NULL, &err);
    if (rc < 0)
        (void)fprintf(stderr, "doctor: %s\n", err.text);
    return rc < 0 || rc == FN_FIND_FAIL;
}

static int picture(const char *out, uint64_t seed)
{
    struct fn_image m;
    struct fn_error err;
    struct fn_rng r = fn_rng_init(seed, 7);
    if (fn_image_create(320, 240, &m))
        return 1;
    for (int i = 0; i < 40; i++) {
        struct fn_rgb c = {(uint8_t)fn_rng_below(&r, 256), (uint8_t)fn_rng_below(&r, 256),
                           (uint8_t)fn_rng_below(&r, 256)};
        fn_draw_fill(&m, (int)fn_rng_below(&r, 320), (int)fn_rng_below(&r, 240),
                     (int)fn_rng_below(&r, 160), (int)fn_rng_below(&r, 120), c);
    }
    int fd = open(out, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    int bad = fd < 0 || fn_image_write_jpeg_fd(fd, &m, 90, &err) || close(fd);
    fn_image_destroy(&m);
    return bad;
}

static int run(struct fn_store *s, const char *dir, const char *what)
{
    if (strcmp(what, "roots") == 0)
        return fn_root_each(txn, print_root, NULL);
    if (strcmp(what, "paths") == 0)
        return fn_root_each(txn, print_paths, NULL);
    if (strcmp(what, "bad") == 0)
        return fn_photo_each(txn, print_bad, NULL);
    if (strcmp(what, "faces") == 0)
        return fn_face_each(txn, print_face, NULL);
    if (strcmp(what, "doctor") == 0) {
        fn_txn_abort(txn);
        txn = NULL;
        return doctor(s, dir);
    }
    return counters();
}

int main(int argc, char **argv)
{
    struct fn_store *s = NULL;
    struct fn_error err = {0};
    if (argc == 5 && strcmp(argv[2], "picture") == 0)
        return picture(argv[3], strtoull(argv[4], NULL, 10));
    if (argc < 2)
        return 2;
    if (fn_store_open(argv[1], FN_STORE_READ, &s, &err) ||
        fn_txn_begin(s, false, 0, &txn, &err)) {
        (void)fprintf(stderr, "index_tool: %s\n", err.text);
        fn_store_close(s);
        return 3;
    }
    int rc = run(s, argv[1], argc > 2 ? argv[2] : "");
    fn_txn_abort(txn);
    fn_store_close(s);
    return rc != 0;
}
