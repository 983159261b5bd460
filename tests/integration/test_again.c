/* SPDX-License-Identifier: MIT */
/* Faces that are embedded again, by real workers on the sample photos: their vectors against
 * those of the search, order and number, faces that cannot be embedded, broken files, and
 * workers that lie. Models: $FACENETD_TEST_MODELS, photos: $FACENETD_TEST_PHOTOS, or those of
 * build/ in the source tree. Skipped without them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/base/file.h"
#include "engine/image/decode.h"
#include "engine/kernels/cpu.h"
#include "engine/work/work.h"
#include "tests/unit/made_picture.h"

enum { WAIT_MS = 200000, MANY = FN_WORK_BOXES_MAX };
/* Largest squared distance of the two vectors of a face; measured: docs/quality.md. */
static const double near_default = 1e-4, near_dlib = .05, near_other_scale = .01;

static struct {
    struct fn_face face[MANY];
    float box[MANY][4], point[MANY][5][2];
    uint32_t n;
    struct fn_image_info info;
    struct fn_h128 key;
    bool truncated;
} known; /* faces that a worker has found, as the index stores them */

/* ---- files and workers ---- */

static const char *beside(const char *variable, const char *under, const char *name)
{
    static char path[2][4096];
    static unsigned turn;
    const char *set = getenv(variable), *source = getenv("FN_SOURCE_DIR");
    char *p = path[turn++ % 2];
    if (set)
        snprintf(p, sizeof path[0], "%s/%s", set, name);
    else
        snprintf(p, sizeof path[0], "%s/build/%s/%s", source ? source : ".", under, name);
    return fn_file_exists(p) ? p : NULL;
}

static struct fn_source sample(int i)
{
    char name[32];
    snprintf(name, sizeof name, "sample%d.jpg", i);
    const char *path =
        beside("FACENETD_TEST_PHOTOS", "packages/@vladmandic/face-api/demo", name);
    if (!path) {
        print_message("skipped: no %s (set FACENETD_TEST_PHOTOS)\n", name);
        skip();
    }
    struct fn_source s = picture_open(path);
    assert_true(s.fd >= 0);
    return s;
}

static struct fn_worker *spawn(const char *binary, const char *profile, unsigned cpu_flags)
{
    char name[64], dir[4096];
    struct fn_worker *w = NULL;
    struct fn_error err = {0};
    snprintf(name, sizeof name, "%s.profile", profile ? profile : "default");
    const char *path = beside("FACENETD_TEST_MODELS", "models", name);
    if (!path) {
        print_message("skipped: no %s (set FACENETD_TEST_MODELS)\n", name);
        skip();
    }
    snprintf(dir, sizeof dir, "%.*s", (int)(strrchr(path, '/') - path), path);
    struct fn_worker_opts o = {
        .binary = getenv(binary),
        .models_dir = dir,
        .profile = profile,
        .no_networks = !profile,
        .face = {.effort = FN_EFFORT_NORMAL,
                 .max_faces = 100,
                 .cpu_flags = cpu_flags,
                 .limits = {500000000, (size_t)150 << 20}},
        .memory_bytes = 512 << 20,
        .priority = FN_PRIORITY_NORMAL,
    };
    if (fn_worker_spawn(&o, &w, &err) < 0)
        fail_msg("%s", err.text);
    return w;
}

static void end(struct fn_worker *w)
{
    pid_t pid = fn_worker_pid(w);
    int status = 0;
    fn_worker_destroy(w, false);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static struct fn_work_reply ask(struct fn_worker *w, const struct fn_work_request *q)
{
    struct fn_work_reply r;
    struct fn_error err = {0};
    if (fn_worker_call(w, q, WAIT_MS, &r, &err) < 0)
        fail_msg("%s", err.text);
    return r;
}

static struct fn_work_request again(int fd, uint32_t n)
{
    return (struct fn_work_request){.kind = FN_WORK_AGAIN,
                                    .id = 9,
                                    .fd = fd,
                                    .out_fd = -1,
                                    .n_boxes = n,
                                    .boxes = (const float(*)[4])known.box,
                                    .points = (const float(*)[5][2])known.point};
}

/* ---- faces ---- */

static float stored(float v)
{
    return !(v > 0) ? 0 : v >= 1 ? 1 : roundf(v * 65535) / 65535;
}

/* Finds the faces of a photo. Returns the code of the reply. */
static int find(struct fn_worker *w, int fd)
{
    struct fn_work_request q = {.kind = FN_WORK_INDEX, .id = 8, .fd = fd, .out_fd = -1};
    struct fn_work_reply r = ask(w, &q);
    known.n = r.photo.n_faces;
    known.info = r.photo.info;
    known.key = r.pixel_key;
    known.truncated = r.photo.truncated;
    for (uint32_t i = 0; i < known.n; i++) {
        known.face[i] = r.photo.faces[i];
        assert_false(known.face[i].no_vector);
        for (int k = 0; k < 4; k++)
            known.box[i][k] = stored(known.face[i].box[k]);
        for (int k = 0; k < 10; k++)
            known.point[i][k / 2][k % 2] = stored(known.face[i].points[k / 2][k % 2]);
    }
    return r.code;
}

static double apart(const float *a, const float *b)
{
    double sum = 0;
    for (int i = 0; i < FN_DIM; i++)
        sum += pow((double)a[i] - (double)b[i], 2);
    return sum;
}

static bool all_zero(const void *p, size_t n)
{
    const uint8_t *b = p;
    for (size_t i = 0; i < n; i++)
        if (b[i])
            return false;
    return true;
}

static void expect_no_vector(const struct fn_face *f)
{
    assert_true(f->no_vector);
    assert_true(all_zero(f->embedding, sizeof f->embedding));
    assert_true(all_zero(f->feature, sizeof f->feature));
    assert_true(all_zero(&f->quality, sizeof f->quality));
}

/* Face i of the reply is the one that was found as `was`. */
static void expect_face(const struct fn_face *f, uint32_t was, double most)
{
    const struct fn_face *k = &known.face[was];
    assert_false(f->no_vector);
    assert_memory_equal(f->box, known.box[was], sizeof f->box);
    assert_memory_equal(f->points, known.point[was], sizeof f->points);
    double d2 = apart(f->embedding, k->embedding);
    if (!(d2 <= most))
        fail_msg("face %u is %g away", was, d2);
    assert_true(fabsf(f->eyes_px - k->eyes_px) <= .02f * k->eyes_px + .2f);
    assert_true(fabsf(f->sharpness - k->sharpness) <= (most > near_default ? .2f : .02f));
    assert_true(fabsf(f->yaw_deg - k->yaw_deg) <= 10);
    assert_true(fabsf(remainderf(f->roll_deg - k->roll_deg, 360)) <= 5);
    assert_true(fabsf(f->quality - k->quality) <= (most > near_default ? .2f : .1f));
}

static void expect_facts(const struct fn_work_reply *r)
{
    const struct fn_image_info *a = &r->photo.info, *b = &known.info;
    assert_int_equal(r->code, 0);
    assert_int_equal(a->format, b->format);
    assert_int_equal(a->width, b->width);
    assert_int_equal(a->height, b->height);
    assert_int_equal(a->stored_width, b->stored_width);
    assert_int_equal(a->exif.orientation, b->exif.orientation);
    assert_int_equal(a->exif.taken_s, b->exif.taken_s);
    assert_string_equal(a->exif.camera, b->exif.camera);
    assert_true(fn_h128_eq(&r->pixel_key, &known.key));
    assert_int_equal(r->photo.truncated, known.truncated);
    assert_int_equal(r->photo.n_dropped, 0);
}

static void compare_samples(struct fn_worker *w, int first, int last, double most)
{
    for (int i = first; i <= last; i++) {
        struct fn_source s = sample(i);
        assert_int_equal(find(w, s.fd), 0);
        assert_true(known.n > 0);
        struct fn_work_request q = again(s.fd, known.n);
        struct fn_work_reply r = ask(w, &q);
        expect_facts(&r);
        assert_int_equal(r.photo.n_faces, known.n);
        for (uint32_t k = 0; k < known.n; k++)
            expect_face(&r.photo.faces[k], k, most);
        close(s.fd);
    }
}

static void test_vectors(void **state)
{
    struct fn_worker *w = spawn("FN_WORKER", "default", FN_CPU_DETECT);
    (void)state;
    compare_samples(w, 1, 6, near_default);
    end(w);
}

static void test_instruction_sets(void **state)
{
    unsigned masks[8], n = fn_cpu_masks(masks);
    (void)state;
    for (unsigned i = 0; i < n; i++) {
        struct fn_worker *w = spawn("FN_WORKER", "default", masks[i]);
        compare_samples(w, 1, 1, near_default);
        end(w);
    }
}

/* Its template has landmarks that are not among the five. Then the points of one profile for
 * the vectors of another. */
static void test_other_profile(void **state)
{
    struct fn_worker *w = spawn("FN_WORKER", "dlib", FN_CPU_DETECT);
    struct fn_worker *first = spawn("FN_WORKER", "default", FN_CPU_DETECT);
    struct fn_source s = sample(1);
    (void)state;
    compare_samples(w, 1, 2, near_dlib);
    assert_int_equal(find(first, s.fd), 0);
    struct fn_work_request q = again(s.fd, known.n);
    struct fn_work_reply r = ask(w, &q);
    expect_facts(&r);
    for (uint32_t i = 0; i < known.n; i++) {
        assert_false(r.photo.faces[i].no_vector);
        assert_true(apart(r.photo.faces[i].embedding, known.face[i].embedding) > .1);
    }
    close(s.fd);
    end(first);
    end(w);
}

/* Finds the sample with the most faces; there are several. */
static struct fn_source find_many(struct fn_worker *w)
{
    int best = 1;
    uint32_t most = 0;
    for (int i = 1; i <= 6; i++) {
        struct fn_source s = sample(i);
        assert_int_equal(find(w, s.fd), 0);
        if (known.n > most) {
            most = known.n;
            best = i;
        }
        close(s.fd);
    }
    assert_true(most >= 3);
    struct fn_source s = sample(best);
    assert_int_equal(find(w, s.fd), 0);
    return s;
}

static void test_order_and_number(void **state)
{
    static float box[MANY][4], point[MANY][5][2];
    static const uint32_t counts[] = {0, 1, 2, MANY};
    struct fn_worker *w = spawn("FN_WORKER", "default", FN_CPU_DETECT);
    struct fn_source s = find_many(w);
    (void)state;
    for (size_t c = 0; c < sizeof counts / sizeof *counts; c++) {
        uint32_t n = counts[c];
        for (uint32_t i = 0; i < n; i++) { /* from the last to the first, and again */
            uint32_t was = known.n - 1 - i % known.n;
            memcpy(box[i], known.box[was], sizeof box[i]);
            memcpy(point[i], known.point[was], sizeof point[i]);
        }
        struct fn_work_request q = again(s.fd, n);
        q.boxes = (const float(*)[4])box;
        q.points = (const float(*)[5][2])point;
        struct fn_work_reply r = ask(w, &q);
        expect_facts(&r);
        assert_int_equal(r.photo.n_faces, n);
        for (uint32_t i = 0; i < n; i++)
            expect_face(&r.photo.faces[i], known.n - 1 - i % known.n, near_default);
    }
    struct fn_work_request q = again(s.fd, MANY + 1);
    struct fn_work_reply r;
    struct fn_error err = {0};
    assert_int_equal(fn_worker_call(w, &q, WAIT_MS, &r, &err), FN_ELIMIT);
    close(s.fd);
    end(w);
}

/* ---- faces that are not there ---- */

static void move(uint32_t i, float dx, float dy)
{
    for (int k = 0; k < 5; k++) {
        known.point[i][k][0] += dx;
        known.point[i][k][1] += dy;
    }
}

static void test_no_vector(void **state)
{
    struct fn_worker *w = spawn("FN_WORKER", "default", FN_CPU_DETECT);
    struct fn_source s = find_many(w);
    uint32_t n = known.n;
    (void)state;
    for (int way = 0; way < 7; way++) {
        assert_int_equal(find(w, s.fd), 0);
        float(*p)[2] = known.point[1];
        switch (way) {
        case 0: /* beside the picture */
            move(1, 3, 0);
            break;
        case 1:
            move(1, 0, -50);
            break;
        case 2: /* in one spot */
            for (int k = 0; k < 5; k++)
                p[k][0] = p[k][1] = .5f;
            break;
        case 3: /* in the corner, where the index puts what is outside */
            for (int k = 0; k < 5; k++)
                p[k][0] = p[k][1] = 0;
            break;
        case 4: /* far too large */
            for (int k = 0; k < 10; k++)
                p[k / 2][k % 2] = (p[k / 2][k % 2] - p[2][k % 2]) * 1000;
            for (int k = 0; k < 10; k++)
                p[k / 2][k % 2] = fmaxf(-100, fminf(100, p[k / 2][k % 2]));
            break;
        case 5:
            for (int k = 0; k < 10; k++)
                p[k / 2][k % 2] = k % 3 ? 100 : -100;
            break;
        default: /* nowhere near its box, but in the picture; only the scale follows the box */
            for (int k = 0; k < 4; k++)
                known.box[1][k] = 0;
        }
        struct fn_work_request q = again(s.fd, n);
        struct fn_work_reply r = ask(w, &q);
        expect_facts(&r);
        assert_int_equal(r.photo.n_faces, n);
        for (uint32_t i = 0; i < n; i++) {
            if (i == 1 && way < 6)
                expect_no_vector(&r.photo.faces[i]);
            else
                expect_face(&r.photo.faces[i], i, i == 1 ? near_other_scale : near_default);
        }
    }
    close(s.fd);
    end(w);
}

/* What no picture can have never reaches the worker, which goes on. */
static void test_refused(void **state)
{
    static const float bad[] = {NAN, INFINITY, -100.5f, 1e30f};
    struct fn_worker *w = spawn("FN_WORKER", "default", FN_CPU_DETECT);
    struct fn_source s = sample(1);
    struct fn_work_reply r;
    struct fn_error err = {0};
    (void)state;
    assert_int_equal(find(w, s.fd), 0);
    struct fn_work_request q = again(s.fd, known.n);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        float was = known.point[0][4][1];
        known.point[0][4][1] = bad[i];
        assert_int_equal(fn_worker_call(w, &q, WAIT_MS, &r, &err), -EINVAL);
        known.point[0][4][1] = was;
        was = known.box[0][2];
        known.box[0][2] = bad[i];
        assert_int_equal(fn_worker_call(w, &q, WAIT_MS, &r, &err), -EINVAL);
        known.box[0][2] = was;
    }
    r = ask(w, &q);
    expect_facts(&r);
    close(s.fd);
    end(w);
    w = spawn("FN_WORKER", NULL, FN_CPU_DETECT);
    s = sample(1);
    q.fd = s.fd;
    r = ask(w, &q);
    assert_int_equal(r.code, -EINVAL);
    close(s.fd);
    end(w);
}

/* ---- at the edge ---- */

/* The photo from column x0 on. */
static struct fn_source cut_left(const struct fn_source *s, uint32_t x0)
{
    const struct fn_decode_limits lim = {500000000, (size_t)150 << 20};
    struct fn_image_info info;
    struct fn_image m = {0};
    uint32_t denom;
    bool truncated;
    assert_int_equal(fn_image_probe(s, &lim, &info, NULL), 0);
    assert_int_equal(fn_image_decode(s, &info, 0, &lim, &m, &denom, &truncated, NULL), 0);
    assert_true(x0 < m.width);
    struct fn_image part = m;
    part.data = m.data + (size_t)x0 * 3;
    part.width -= x0;
    struct fn_source cut = picture_png(&part);
    fn_image_destroy(&m);
    return cut;
}

/* The vector of the first known face in s. */
static void vector_of(struct fn_worker *w, const struct fn_source *s, float out[FN_DIM])
{
    struct fn_work_request q = again(s->fd, 1);
    struct fn_work_reply r = ask(w, &q);
    assert_int_equal(r.code, 0);
    assert_false(r.photo.faces[0].no_vector);
    memcpy(out, r.photo.faces[0].embedding, FN_DIM * sizeof *out);
}

/* The largest face, its left eye cut off. Points that say where it was have the vector of the
 * chip. Points clipped as in the index have one that is nearer to it than that of points at the
 * edge. */
static void test_clipped(void **state)
{
    struct fn_worker *w = spawn("FN_WORKER", "default", FN_CPU_DETECT);
    struct fn_source s = sample(1);
    float exact[FN_DIM];
    (void)state;
    assert_int_equal(find(w, s.fd), 0);
    float width = (float)known.info.width;
    uint32_t x0 = (uint32_t)(known.point[0][0][0] * width + .15f * known.face[0].eyes_px);
    struct fn_source cut = cut_left(&s, x0);
    float left = width - (float)x0;
    for (int k = 0; k < 5; k++)
        known.point[0][k][0] = (known.point[0][k][0] * width - (float)x0) / left;
    assert_true(known.point[0][0][0] < 0 && known.point[0][1][0] > 0);
    float right = (known.box[0][0] + known.box[0][2]) * width;
    known.box[0][0] = 0;
    known.box[0][2] = (right - (float)x0) / left;
    float estimate[FN_DIM], edge[FN_DIM];
    vector_of(w, &cut, exact);
    for (int k = 0; k < 5; k++)
        known.point[0][k][0] = stored(known.point[0][k][0]);
    vector_of(w, &cut, estimate);
    for (int k = 0; k < 5; k++)
        known.point[0][k][0] = fmaxf(known.point[0][k][0], 1e-6f);
    vector_of(w, &cut, edge);
    print_message("clipped: %g, at the edge: %g\n", apart(exact, estimate), apart(exact, edge));
    assert_true(apart(exact, estimate) < .6 * apart(exact, edge));
    close(cut.fd);
    close(s.fd);
    end(w);
}

/* ---- files ---- */

static void test_truncated(void **state)
{
    struct fn_worker *w = spawn("FN_WORKER", "default", FN_CPU_DETECT);
    struct fn_source s = sample(1);
    uint8_t *bytes = picture_bytes(&s);
    (void)state;
    assert_int_equal(find(w, s.fd), 0);
    uint32_t n = known.n;
    static const unsigned percent[] = {95, 75, 10, 0};
    for (size_t i = 0; i < sizeof percent / sizeof *percent; i++) {
        struct fn_source t = picture_source(bytes, s.size * percent[i] / 100);
        struct fn_work_request q = {.kind = FN_WORK_INDEX, .id = 8, .fd = t.fd, .out_fd = -1};
        struct fn_work_reply r = ask(w, &q);
        int code = r.code;
        bool truncated = r.photo.truncated;
        assert_true(code == 0 ? truncated : code == FN_EDECODE);
        assert_int_equal(code == 0, percent[i] >= 75);
        q = again(t.fd, n);
        r = ask(w, &q);
        assert_int_equal(r.code, code);
        assert_int_equal(r.photo.truncated, truncated);
        assert_int_equal(r.photo.n_faces, code ? 0 : n);
        assert_true(code == 0 || strlen(r.text) > 5);
        close(t.fd);
    }
    free(bytes);
    close(s.fd);
    end(w);
}

static void test_lies(void **state)
{
    static const char *const names[] = {"lie", "one-less", "one-more", "no-vector"};
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct fn_worker *w = spawn("FN_WORKER_FAULTS", "default", FN_CPU_DETECT);
        char text[64];
        int n = snprintf(text, sizeof text, "FNFAULT %s\n", names[i]);
        struct fn_source s = picture_source(text, (size_t)n);
        struct fn_work_reply r = {.code = 12345};
        struct fn_error err = {0};
        memset(known.box, 0, sizeof known.box);
        memset(known.point, 0, sizeof known.point);
        struct fn_work_request q = again(s.fd, 2);
        if (!strcmp(names[i], "no-vector")) { /* right for AGAIN, and for nothing else */
            assert_int_equal(fn_worker_call(w, &q, WAIT_MS, &r, &err), 0);
            assert_true(r.code == 0 && r.photo.n_faces == 2 && r.photo.faces[1].no_vector);
            r.code = 12345;
            q = (struct fn_work_request){
                .kind = FN_WORK_INDEX, .id = 3, .fd = s.fd, .out_fd = -1, .n_boxes = 0};
        }
        assert_int_equal(fn_worker_call(w, &q, WAIT_MS, &r, &err), FN_EWORKER);
        assert_int_equal(r.code, 12345);
        close(s.fd);
        pid_t pid = fn_worker_pid(w);
        fn_worker_destroy(w, true);
        assert_int_equal(waitpid(pid, NULL, 0), pid);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vectors),       cmocka_unit_test(test_instruction_sets),
        cmocka_unit_test(test_other_profile), cmocka_unit_test(test_order_and_number),
        cmocka_unit_test(test_no_vector),     cmocka_unit_test(test_refused),
        cmocka_unit_test(test_clipped),       cmocka_unit_test(test_truncated),
        cmocka_unit_test(test_lies),
    };
    return cmocka_run_group_tests_name("again", tests, NULL, NULL);
}
