/* SPDX-License-Identifier: MIT */
/* Workers that decode for the threads of one program: bit-identical to decoding in this
 * process, from any thread; photos that crash their worker, and workers that return wrong
 * pixels. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/image/decode.h"
#include "engine/work/pool.h"
#include "tests/unit/made_picture.h"

enum { THREADS = 4, EACH = 25, SIDE = 40, VALUES = SIDE * SIDE * 3, PHOTO_MS = 20000 };

static const struct fn_decode_limits limits = {500000000, (size_t)150 << 20};

/* $NAME, or the path in the build tree. */
static const char *program(const char *name, const char *below)
{
    static char path[4096];
    const char *set = getenv(name), *build = getenv("FN_BINARY_DIR");
    (void)snprintf(path, sizeof path, "%s/%s", build ? build : ".", below);
    return set ? set : path;
}

static struct fn_worker_pool *pool(const char *binary, unsigned n)
{
    const struct fn_worker_opts o = {
        .binary = binary,
        .face = {.cpu_flags = 1u << 31, .limits = limits},
        .memory_bytes = (size_t)256 << 20,
        .priority = FN_PRIORITY_NORMAL,
    };
    struct fn_worker_pool *p = NULL;
    struct fn_error err = {0};
    if (fn_worker_pool_create(&o, PHOTO_MS, n, &p, &err))
        fail_msg("%s", err.text);
    return p;
}

/* A different frame for each i: some without a known face, some at the edge, some rotated. */
static struct fn_chip_cut cut_of(unsigned i)
{
    return (struct fn_chip_cut){.width = SIDE,
                                .height = SIDE,
                                .margin = 1 + .1f * (float)(i % 5),
                                .move = {1, .02f * (float)(i % 7), 0, .01f},
                                .face = {60 + (float)i, (float)(i % 9), 3 * (float)i, 20},
                                .has_face = i % 4 != 0,
                                .centre_share = .6f};
}

struct job {
    struct fn_worker_pool *pool;
    const struct fn_source *photo;
    unsigned first;
    float got[EACH][VALUES];
    int rc;
};

static void *run(void *arg)
{
    struct job *j = arg;
    for (unsigned i = 0; !j->rc && i < EACH; i++) {
        const struct fn_chip_cut cut = cut_of(j->first + i);
        struct fn_error err = {0};
        bool truncated = true;
        j->rc = fn_worker_pool_chip(j->pool, j->photo->fd, &cut, j->got[i], &truncated, &err);
        if (j->rc || truncated)
            (void)fprintf(stderr, "%d %s\n", j->rc, err.text);
    }
    return NULL;
}

static void test_same_bits(void **state)
{
    static struct job job[THREADS];
    static float here[VALUES];
    struct fn_image m = picture_pattern(400, 300);
    struct fn_source photo = picture_jpeg(&m, 92);
    struct fn_worker_pool *p = pool(program("FN_WORKER", "engine/work/facenetd-worker"), 2);
    pthread_t id[THREADS];
    uint32_t width = 0, height = 0;
    struct fn_error err = {0};
    (void)state;
    for (unsigned t = 0; t < THREADS; t++) {
        job[t] = (struct job){.pool = p, .photo = &photo, .first = t * EACH};
        assert_int_equal(pthread_create(&id[t], NULL, run, &job[t]), 0);
    }
    for (unsigned t = 0; t < THREADS; t++)
        assert_int_equal(pthread_join(id[t], NULL), 0);
    for (unsigned i = 0; i < THREADS * EACH; i++) {
        const struct fn_chip_cut cut = cut_of(i);
        assert_int_equal(job[i / EACH].rc, 0);
        assert_int_equal(fn_image_decode_chip(&photo, &cut, &limits, here, NULL, NULL, &err),
                         0);
        assert_memory_equal(here, job[i / EACH].got[i % EACH], sizeof here);
    }
    /* Its threads have ended, and their workers with them. The pool still works. */
    struct job *again = &job[0];
    again->rc = 0;
    (void)run(again);
    assert_int_equal(again->rc, 0);
    assert_int_equal(fn_worker_pool_size(p, photo.fd, &width, &height, &err), 0);
    assert_int_equal(width, 400);
    assert_int_equal(height, 300);
    fn_worker_pool_destroy(p);
    (void)close(photo.fd);
    fn_image_destroy(&m);
}

static void test_faults(void **state)
{
    static const struct {
        const char *photo, *text;
    } cases[] = {
        {"FNFAULT segv\n", "crashed"},
        {"FNFAULT exit\n", "crashed"},
        {"FNFAULT noise\n", "the worker broke the protocol"},
        {"FNFAULT no-picture\n", "the worker's chip is no picture"},
        {"no picture at all", "not an image"},
    };
    static float rgb[VALUES];
    struct fn_image m = picture_pattern(100, 80);
    struct fn_source good = picture_jpeg(&m, 92);
    struct fn_worker_pool *p =
        pool(program("FN_WORKER_FAULTS", "tests/facenetd-worker-faults"), 1);
    const struct fn_chip_cut cut = cut_of(0);
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct fn_source bad = picture_source(cases[i].photo, strlen(cases[i].photo));
        struct fn_error err = {0};
        bool truncated;
        int rc = fn_worker_pool_chip(p, bad.fd, &cut, rgb, &truncated, &err);
        assert_true(rc == FN_EWORKER || rc == FN_EDECODE);
        if (strncmp(err.text, cases[i].text, strlen(cases[i].text)) != 0)
            fail_msg("%s: %s", cases[i].photo, err.text);
        if (fn_worker_pool_chip(p, good.fd, &cut, rgb, &truncated, &err))
            fail_msg("after %s: %s", cases[i].photo, err.text);
        (void)close(bad.fd);
    }
    fn_worker_pool_destroy(p);
    (void)close(good.fd);
    fn_image_destroy(&m);
}

/* The next worker begins where the first one began, not where it was when it was killed. */
static void test_killed_writing(void **state)
{
    static float rgb[VALUES];
    struct fn_worker_pool *p =
        pool(program("FN_WORKER_FAULTS", "tests/facenetd-worker-faults"), 1);
    struct fn_source photo = picture_source("FNFAULT killed-writing\n", 23);
    const struct fn_chip_cut cut = cut_of(0);
    struct fn_error err = {0};
    bool truncated;
    (void)state;
    if (fn_worker_pool_chip(p, photo.fd, &cut, rgb, &truncated, &err))
        fail_msg("%s", err.text);
    for (size_t i = 0; i < VALUES; i++)
        assert_true(rgb[i] == 7);
    (void)close(photo.fd);
    fn_worker_pool_destroy(p);
}

static void test_refused(void **state)
{
    const struct fn_worker_opts o = {.binary = "/nonexistent/worker"};
    struct fn_worker_pool *p = NULL;
    struct fn_error err = {0};
    uint32_t width, height;
    (void)state;
    assert_int_equal(fn_worker_pool_create(&o, PHOTO_MS, 0, &p, &err), -EINVAL);
    assert_int_equal(fn_worker_pool_create(&o, PHOTO_MS, FN_POOL_MAX + 1, &p, &err), -EINVAL);
    assert_int_equal(fn_worker_pool_create(&o, PHOTO_MS, 1, &p, &err), 0);
    /* No worker can decode: that is not the fault of the photo. */
    struct fn_source photo = picture_source("x", 1);
    assert_int_equal(fn_worker_pool_size(p, photo.fd, &width, &height, &err), FN_EMODEL);
    (void)close(photo.fd);
    fn_worker_pool_destroy(p);
    fn_worker_pool_destroy(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_bits),
        cmocka_unit_test(test_faults),
        cmocka_unit_test(test_killed_writing),
        cmocka_unit_test(test_refused),
    };
    (void)signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests_name("pool", tests, NULL, NULL);
}
