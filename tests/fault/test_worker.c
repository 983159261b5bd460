/* SPDX-License-Identifier: MIT */
/* The client and real workers: their replies for photos, and what the client does about workers
 * that crash, hang, send wrong replies or are killed. Models: $FACENETD_TEST_MODELS, or
 * build/models in the source tree. Skipped without them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/base/clock.h"
#include "engine/base/endian.h"
#include "engine/base/file.h"
#include "engine/image/decode.h"
#include "engine/work/work.h"
#include "tests/unit/made_picture.h"

enum { READY_MS = 60000, PHOTO_MS = 60000, MEMORY = 256 << 20 };

static const char *models(void)
{
    static char dir[4096];
    const char *set = getenv("FACENETD_TEST_MODELS"), *source = getenv("FN_SOURCE_DIR");
    char profile[4200];

    if (set)
        snprintf(dir, sizeof dir, "%s", set);
    else
        snprintf(dir, sizeof dir, "%s/build/models", source ? source : ".");
    snprintf(profile, sizeof profile, "%s/default.profile", dir);
    if (fn_file_exists(profile))
        return dir;
    print_message("skipped: no %s (set FACENETD_TEST_MODELS)\n", profile);
    return NULL;
}

static struct fn_worker *spawn(const char *binary)
{
    struct fn_worker_opts o = {
        .binary = binary,
        .models_dir = models(),
        .profile = "default",
        .face = {.effort = FN_EFFORT_NORMAL,
                 .max_faces = 100,
                 .cpu_flags = 1u << 31,
                 .limits = {500000000, (size_t)150 << 20}},
        .memory_bytes = MEMORY,
        .priority = FN_PRIORITY_NORMAL,
    };
    struct fn_worker *w = NULL;
    struct fn_error err = {0};

    if (!o.models_dir)
        skip();
    if (fn_worker_spawn(&o, &w, &err) < 0)
        fail_msg("%s", err.text);
    return w;
}

static int reap(struct fn_worker *w, bool kill_it)
{
    pid_t pid = fn_worker_pid(w);
    int status = 0;

    fn_worker_destroy(w, kill_it);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return status;
}

static int call(struct fn_worker *w, enum fn_work_kind kind, int fd, int timeout_ms,
                struct fn_work_reply *reply, struct fn_error *err)
{
    struct fn_work_request q = {.kind = kind, .id = 1, .fd = fd, .out_fd = -1};

    return fn_worker_call(w, &q, timeout_ms, reply, err);
}

static struct fn_source shared(const char *rel)
{
    const char *path = picture_shared(rel);

    if (!path) {
        print_message("skipped: no %s under $FACENETD_SHARED\n", rel);
        skip();
    }
    return picture_open(path);
}

static void test_index(void **state)
{
    struct fn_source s = shared("data/detector/dlib-faces/2008_002506.jpg");
    struct fn_worker *w = spawn(getenv("FN_WORKER"));
    struct fn_work_reply r;
    struct fn_error err = {0};

    (void)state;
    if (call(w, FN_WORK_INDEX, s.fd, READY_MS, &r, &err) < 0)
        fail_msg("%s", err.text);
    assert_int_equal(r.code, 0);
    assert_true(fn_worker_ready(w));
    assert_int_equal(r.photo.n_faces, 3);
    assert_int_equal(r.photo.info.width, 500);
    for (unsigned i = 0; i < r.photo.n_faces; i++) {
        double norm = 0.0;

        for (int k = 0; k < FN_DIM; k++)
            norm += pow((double)r.photo.faces[i].embedding[k], 2);
        assert_true(fabs(norm - 1.0) < 1e-4);
    }
    assert_true(r.cpu_ns > 0);
    assert_true(r.peak_bytes > (1 << 20));
    struct fn_h128 key;
    assert_int_equal(fn_image_pixel_key(&s, &key, &err), 0);
    assert_true(fn_h128_eq(&key, &r.pixel_key));
    close(s.fd);
    int status = reap(w, false);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

/* Every format in the sandbox, and a file with none: a code and a message, and the worker lives
 * on. */
static void test_formats(void **state)
{
    static const struct {
        const char *file;
        int code;
    } cases[] = {
        {"data/awkward/heic/libheif-example.heic", 0},
        {"data/awkward/heic/libheif-example.avif", 0},
        {"data/awkward/derived/interlaced.png", 0},
        {"data/awkward/derived/progressive.jpg", 0},
        {"data/awkward/derived/text.jpg", FN_EDECODE},
        {"data/awkward/derived/claims-60000x60000.png", FN_ELIMIT},
        {"data/awkward/derived/big-16000x16000-black.jpg", 0},
        {"data/awkward/heic/IMG_2682.heic", 0},
        {"data/awkward/derived/zero-byte.jpg", FN_EDECODE},
    };
    struct fn_worker *w;
    struct fn_error err = {0};
    uint64_t peak = 0;

    (void)state;
    (void)shared(cases[0].file);
    w = spawn(getenv("FN_WORKER"));
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fn_source s = shared(cases[i].file);
        struct fn_work_reply r;

        if (call(w, FN_WORK_INDEX, s.fd, READY_MS, &r, &err) < 0)
            fail_msg("%s: %s", cases[i].file, err.text);
        if (r.code != cases[i].code)
            fail_msg("%s: %d %s", cases[i].file, r.code, r.text);
        assert_true(r.code == 0 || strlen(r.text) > 5);
        peak = r.peak_bytes;
        close(s.fd);
    }
    print_message("peak memory of the worker: %llu MB\n", (unsigned long long)(peak >> 20));
#ifndef FN_SANITIZED
    assert_true(peak < (uint64_t)200 << 20);
#endif
    (void)reap(w, false);
}

static void test_box_crop_draw(void **state)
{
    struct fn_source s = shared("data/detector/dlib-faces/2008_002506.jpg");
    struct fn_worker *w = spawn(getenv("FN_WORKER"));
    const float boxes[2][4] = {{0.45f, 0.22f, 0.17f, 0.3f}, {0.0f, 0.0f, 1.0f, 1.0f}};
    int out = memfd_create("out", MFD_CLOEXEC), picture = memfd_create("picture", MFD_CLOEXEC);
    struct fn_work_request q = {
        .kind = FN_WORK_BOX, .id = 7, .fd = s.fd, .out_fd = -1, .n_boxes = 1, .boxes = boxes};
    struct fn_work_reply r;
    struct fn_error err = {0};
    struct stat st;

    (void)state;
    if (fn_worker_call(w, &q, READY_MS, &r, &err) < 0 || r.code)
        fail_msg("%s%s", err.text, r.text);
    assert_int_equal(r.id, 7);
    assert_int_equal(r.photo.n_faces, 1);
    q = (struct fn_work_request){.kind = FN_WORK_CROP,
                                 .id = 8,
                                 .fd = s.fd,
                                 .out_fd = out,
                                 .n_boxes = 2,
                                 .boxes = boxes,
                                 .px = 48,
                                 .margin = 0.25f};
    if (fn_worker_call(w, &q, PHOTO_MS, &r, &err) < 0 || r.code)
        fail_msg("%s%s", err.text, r.text);
    assert_int_equal(r.out_bytes, 2 * 48 * 48 * 3);
    assert_int_equal(fstat(out, &st), 0);
    assert_int_equal(st.st_size, 2 * 48 * 48 * 3);
    q.whole = 100; /* and the whole picture before them */
    if (fn_worker_call(w, &q, PHOTO_MS, &r, &err) < 0 || r.code)
        fail_msg("%s%s", err.text, r.text);
    uint32_t width, height;
    fn_work_whole_size(&r.photo.info, 100, &width, &height);
    assert_int_equal(width > height ? width : height, 100);
    assert_int_equal(r.out_bytes, (width * height + 2 * 48 * 48) * 3);
    assert_int_equal(fstat(out, &st), 0);
    assert_int_equal(st.st_size, 2 * 48 * 48 * 3 + r.out_bytes);
    q.whole = 0;
    q.n_boxes = 0;
    q.kind = FN_WORK_PICTURE;
    q.out_fd = picture;
    q.px = 250;
    if (fn_worker_call(w, &q, PHOTO_MS, &r, &err) < 0 || r.code)
        fail_msg("%s%s", err.text, r.text);
    uint8_t size[8];
    assert_int_equal(fn_pread_all(picture, size, sizeof size, 0), 8);
    width = fn_get_le32(size);
    height = fn_get_le32(size + 4);
    assert_int_equal(width > height ? width : height, 250);
    assert_int_equal(r.out_bytes, 8 + width * height * 3);
    assert_int_equal(fstat(picture, &st), 0);
    assert_int_equal(st.st_size, r.out_bytes);
    close(out);
    close(picture);
    close(s.fd);
    (void)reap(w, false);
}

/* ---- faulty workers ---- */

static struct fn_source fault(const char *name)
{
    char text[64];
    int n = snprintf(text, sizeof text, "FNFAULT %s\n", name);

    return picture_source(text, (size_t)n);
}

static void test_faults(void **state)
{
    static const struct {
        const char *name, *text;
        enum fn_worker_end end;
    } cases[] = {
        {"segv", "crashed (SIGSEGV)", FN_END_PHOTO},
        {"abort", "crashed (SIGABRT)", FN_END_PHOTO},
#ifndef FN_SANITIZED
        {"memory", "out of memory", FN_END_PHOTO},
        {"memory-abort", "out of memory", FN_END_PHOTO},
        {"socket", "forbidden system call", FN_END_PHOTO},
#endif
        {"exit", "crashed (exit 7)", FN_END_PHOTO},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fn_worker *w = spawn(getenv("FN_WORKER_FAULTS"));
        struct fn_source s = fault(cases[i].name);
        struct fn_work_reply r;
        struct fn_error err = {0};
        char text[128];

        assert_int_equal(call(w, FN_WORK_INDEX, s.fd, READY_MS, &r, &err), FN_EWORKER);
        int status = reap(w, false);
        enum fn_worker_end end = fn_worker_judge(status, false, text, sizeof text);
#ifdef FN_SANITIZED /* the sanitizer catches the signal and exits */
        assert_int_equal(end, cases[i].end);
        assert_memory_equal(text, "crashed", 7);
#else
        assert_string_equal(text, cases[i].text);
        assert_int_equal(end, cases[i].end);
#endif
        close(s.fd);
    }
}

static void test_timeouts(void **state)
{
    static const char *const names[] = {"spin", "hang"};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct fn_worker *w = spawn(getenv("FN_WORKER_FAULTS"));
        struct fn_source good = fault("unknown"), bad = fault(names[i]);
        struct fn_work_reply r;
        struct fn_error err = {0};
        char text[128];

        assert_int_equal(call(w, FN_WORK_INDEX, good.fd, READY_MS, &r, &err), 0);
        assert_int_equal(r.code, FN_EDECODE);
        uint64_t start = fn_clock_mono_ns();
        assert_int_equal(call(w, FN_WORK_INDEX, bad.fd, 300, &r, &err), -ETIMEDOUT);
        assert_true(fn_clock_mono_ns() - start < 5000000000u);
        assert_int_equal(fn_worker_judge(reap(w, true), true, text, sizeof text), FN_END_PHOTO);
        assert_memory_equal(text, "timed out", 9);
        close(good.fd);
        close(bad.fd);
    }
}

static void test_lies(void **state)
{
    static const char *const names[] = {"noise", "lie", "half"};

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct fn_worker *w = spawn(getenv("FN_WORKER_FAULTS"));
        struct fn_source s = fault(names[i]);
        struct fn_work_reply r = {.code = 12345};
        struct fn_error err = {0};

        assert_int_equal(call(w, FN_WORK_INDEX, s.fd, READY_MS, &r, &err), FN_EWORKER);
        assert_int_equal(r.code, 12345); /* unchanged */
        assert_true(strlen(err.text) > 5);
        (void)reap(w, true);
        close(s.fd);
    }
}

/* Killed while it processes a good photo: the photo is not to blame, and a new worker processes
 * it. */
static void test_killed_from_outside(void **state)
{
    struct fn_worker *w = spawn(getenv("FN_WORKER_FAULTS"));
    struct fn_source s = fault("hang");
    struct fn_work_request q = {.kind = FN_WORK_INDEX, .id = 1, .fd = s.fd, .out_fd = -1};
    struct fn_work_reply r;
    struct fn_error err = {0};
    char text[128];
    int got = 0;

    (void)state;
    assert_int_equal(fn_worker_submit(w, &q, &err), 0);
    assert_int_equal(fn_worker_submit(w, &q, &err), -EBUSY);
    while (!fn_worker_ready(w)) { /* HELLO arrives by the non-blocking calls too */
        struct pollfd p = {fn_worker_fd(w), POLLIN, 0};

        assert_int_equal(poll(&p, 1, READY_MS), 1);
        got = fn_worker_receive(w, &r, &err);
        assert_true(got >= 0);
    }
    assert_int_equal(r.id, 0);
    assert_int_equal(kill(fn_worker_pid(w), SIGKILL), 0);
    do {
        struct pollfd p = {fn_worker_fd(w), POLLIN, 0};

        assert_int_equal(poll(&p, 1, READY_MS), 1);
        got = fn_worker_receive(w, &r, &err);
    } while (got == 0);
    assert_int_equal(got, FN_EWORKER);
    assert_int_equal(fn_worker_judge(reap(w, false), false, text, sizeof text), FN_END_OUTSIDE);
    assert_string_equal(text, "killed from outside");
    close(s.fd);
}

static void test_cannot_start(void **state)
{
    struct fn_worker_opts o = {
        .binary = getenv("FN_WORKER"), .models_dir = "/nonexistent", .profile = "x"};
    struct fn_worker *w = NULL;
    struct fn_work_reply r;
    struct fn_error err = {0};
    char text[128];

    (void)state;
    assert_int_equal(fn_worker_spawn(&o, &w, &err), 0);
    struct fn_source s = fault("hang");
    assert_int_equal(call(w, FN_WORK_INDEX, s.fd, READY_MS, &r, &err), FN_EWORKER);
    assert_int_equal(fn_worker_judge(reap(w, false), false, text, sizeof text), FN_END_SETUP);
    o.binary = "/nonexistent/worker";
    w = NULL;
    if (fn_worker_spawn(&o, &w, &err) == 0) /* the exit of the child shows the error */
        assert_int_equal(fn_worker_judge(reap(w, false), false, text, sizeof text),
                         FN_END_SETUP);
    close(s.fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_index),
        cmocka_unit_test(test_formats),
        cmocka_unit_test(test_box_crop_draw),
        cmocka_unit_test(test_faults),
        cmocka_unit_test(test_timeouts),
        cmocka_unit_test(test_lies),
        cmocka_unit_test(test_killed_from_outside),
        cmocka_unit_test(test_cannot_start),
    };

    return cmocka_run_group_tests_name("worker", tests, NULL, NULL);
}
