/* SPDX-License-Identifier: MIT */
#include "tests/unit/index_fixture.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/base/rng.h"
#include "index/doctor/doctor.h"
#include "index/ingest/update.h"

void fx_check(int rc, const struct fn_error *err)
{
    if (rc)
        fail_msg("%d: %s", rc, err ? err->text : fn_strerror(rc));
}

struct fn_index_model fx_model(void)
{
    return (struct fn_index_model){.profile_id = {{7}},
                                   .profile = "fixture",
                                   .feature_width = FX_WIDTH,
                                   .pair_d = FN_Q14_ONE / 10 * 9,
                                   .min_quality = 60,
                                   .logistic_a = 19.2,
                                   .logistic_b = 15};
}

void fx_new(struct fx *f, unsigned flags)
{
    const char *tmp = getenv("TMPDIR");
    snprintf(f->dir, sizeof f->dir, "%s/fn-index-XXXXXX", tmp ? tmp : "/tmp");
    assert_non_null(mkdtemp(f->dir));
    struct fn_error err = {0};
    fx_check(fn_store_open(f->dir, FN_STORE_CREATE | flags, &f->store, &err), &err);
    struct fn_txn *t = fx_begin(f, true);
    struct fn_index_model m = fx_model();
    fx_check(fn_index_model_set(t, &m, &err), &err);
    struct fn_root root = {.path = "/photos"};
    fx_check(fn_root_put(t, &root, &err), &err);
    f->root = root.id;
    fx_commit(t);
}

void fx_reopen(struct fx *f, unsigned flags)
{
    struct fn_error err = {0};
    fn_store_close(f->store);
    f->store = NULL;
    fx_check(fn_store_open(f->dir, flags, &f->store, &err), &err);
}

void fx_remove(struct fx *f)
{
    static const char *const files[] = {"data.mdb", "lock.mdb", "writer.lock", "labels.log",
                                        "progress"};
    char path[256];
    fn_store_close(f->store);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        snprintf(path, sizeof path, "%s/%s", f->dir, files[i]);
        unlink(path);
    }
    rmdir(f->dir);
}

struct fn_txn *fx_begin(struct fx *f, bool write)
{
    struct fn_txn *t = NULL;
    struct fn_error err = {0};
    fx_check(fn_txn_begin(f->store, write, 5000, &t, &err), &err);
    return t;
}

void fx_commit(struct fn_txn *t)
{
    struct fn_error err = {0};
    fx_check(fn_index_commit(t, &err), &err);
}

struct fn_h128 fx_hash(uint64_t content)
{
    return fn_hash128(&content, sizeof content);
}

void fx_embedding(uint64_t content, uint32_t face, float out[FN_DIM])
{
    struct fn_rng r = fn_rng_init(content, face);
    double sum = 0;
    for (int i = 0; i < FN_DIM; i++) {
        double g = 0; /* a sum of uniform numbers is normal enough for a direction */
        for (int k = 0; k < 4; k++)
            g += fn_rng_uniform(&r) - .5;
        out[i] = (float)g;
        sum += g * g;
    }
    for (int i = 0; i < FN_DIM; i++)
        out[i] = (float)((double)out[i] / sqrt(sum));
}

void fx_feature(uint64_t content, uint32_t face, uint16_t out[FX_WIDTH])
{
    struct fn_rng r = fn_rng_init(content + 1000000, face);
    for (int i = 0; i < FX_WIDTH; i++)
        out[i] = (uint16_t)fn_rng_u64(&r);
}

void fx_box(uint32_t face, float out[4])
{
    out[0] = .01f + .12f * (float)(face % 8);
    out[1] = .01f + .12f * (float)(face / 8);
    out[2] = out[3] = .1f;
}

int fx_try_ingest(struct fx *f, struct fn_txn *t, const char *path, uint64_t content,
                  uint32_t n_faces, fn_photo_id *ret, struct fn_error *err)
{
    static struct fn_ingest_face faces[FX_FACES_MAX];
    static uint16_t features[FX_FACES_MAX][FX_WIDTH];
    struct fn_ingest in = {.hash = fx_hash(content),
                           .faces = faces,
                           .n_faces = n_faces,
                           .feature_width = FX_WIDTH,
                           .profile_id = fx_model().profile_id};
    assert_true(n_faces <= FX_FACES_MAX);
    for (uint32_t i = 0; i < n_faces; i++) {
        faces[i] = (struct fn_ingest_face){
            .score = .9f, .quality = .8f, .eyes_px = 40, .feature = features[i]};
        fx_box(i, faces[i].box);
        fx_embedding(content, i, faces[i].embedding);
        fx_feature(content, i, features[i]);
    }
    in.photo = (struct fn_photo){
        .width = 4000, .height = 3000, .orientation = 1, .taken_s = 1000, .size = 12345};
    in.path = (struct fn_path){.root = f->root, .mtime_ns = 5, .size = 12345, .inode = 6};
    assert_true(strlen(path) < sizeof in.path.path);
    memcpy(in.path.path, path, strlen(path) + 1);
    return fn_ingest_photo(t, &in, ret, err);
}

fn_photo_id fx_ingest(struct fx *f, struct fn_txn *t, const char *path, uint64_t content,
                      uint32_t n_faces)
{
    struct fn_error err = {0};
    fn_photo_id id = 0;
    fx_check(fx_try_ingest(f, t, path, content, n_faces, &id, &err), &err);
    return id;
}

static void print_bad(enum fn_finding_level level, const char *sentence, void *ctx)
{
    if (level != FN_FIND_OK && ctx)
        print_message("doctor: %s\n", sentence);
}

int fx_doctor(struct fx *f, bool print)
{
    struct fn_error err = {0};
    int rc = fn_doctor_run(f->store, NULL, true, print_bad, print ? f : NULL, &err);
    if (rc < 0)
        fx_check(rc, &err);
    return rc;
}

const char *fx_self(void)
{
    static char path[4096];
    ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
    assert_true(n > 0);
    path[n] = 0;
    return path;
}
