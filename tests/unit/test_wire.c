/* SPDX-License-Identifier: MIT */
/* Frames between a worker and its client: what goes in comes out, what makes no sense is
 * refused, and the seeds of the fuzzer are frames of the present version. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/clock.h"
#include "engine/base/endian.h"
#include "engine/base/file.h"
#include "engine/work/wire.h"

enum {
    MANY = FN_WORK_BOXES_MAX,
    REQUEST_HEAD = 20, /* bytes before the boxes of an AGAIN */
    FACE_BYTES = 4 * (4 + 6 + 10 + 1 + FN_DIM) + 2 * FN_FEATURE_MAX,
    FACE_FLAG = 4 * (4 + 6 + 10)
};

static float boxes[MANY][4], points[MANY][5][2];
static float got_boxes[MANY][4], got_points[MANY][5][2];
static struct fn_face faces[MANY], got_faces[FN_WIRE_FACES_MAX];

static uint8_t *payload(struct fn_buf *b)
{
    return (uint8_t *)b->data + FN_WIRE_HEADER;
}

static struct fn_buf again(uint32_t n)
{
    struct fn_work_request q = {.kind = FN_WORK_AGAIN,
                                .id = 5,
                                .out_fd = -1,
                                .n_boxes = n,
                                .boxes = (const float(*)[4])boxes,
                                .points = (const float(*)[5][2])points};
    struct fn_buf b;
    fn_buf_init(&b, FN_WIRE_HEADER + FN_WIRE_MAX);
    for (uint32_t i = 0; i < n; i++) {
        for (int k = 0; k < 4; k++)
            boxes[i][k] = (float)(i + 1) / 2000 + (float)k / 100;
        for (int k = 0; k < 10; k++)
            points[i][k / 2][k % 2] = (float)i / 500 - (float)k / 7;
    }
    fn_wire_put_request(&b, &q);
    assert_false(fn_buf_failed(&b));
    return b;
}

static int take(struct fn_buf *b, size_t n, struct fn_work_request *ret)
{
    bool has_out;
    return fn_wire_get_request(payload(b), n, got_boxes, got_points, ret, &has_out, NULL);
}

static void test_again_request(void **state)
{
    static const uint32_t counts[] = {0, 1, 7, MANY};
    (void)state;
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        struct fn_work_request q;
        struct fn_wire_header h;
        struct fn_buf b = again(counts[i]);
        assert_int_equal(fn_wire_get_header((const uint8_t *)b.data, &h), 0);
        assert_int_equal(h.length, b.len - FN_WIRE_HEADER);
        assert_int_equal(take(&b, h.length, &q), 0);
        assert_int_equal(q.kind, FN_WORK_AGAIN);
        assert_int_equal(q.n_boxes, counts[i]);
        assert_memory_equal(q.boxes, boxes, counts[i] * sizeof *boxes);
        assert_memory_equal(q.points, points, counts[i] * sizeof *points);
        fn_buf_finish(&b);
    }
}

/* One number of a request for two faces, at byte `at` of its payload. */
static int with_number(size_t at, uint32_t bits)
{
    struct fn_work_request q;
    struct fn_buf b = again(2);
    fn_put_le32(payload(&b) + at, bits);
    int rc = take(&b, b.len - FN_WIRE_HEADER, &q);
    fn_buf_finish(&b);
    return rc;
}

static uint32_t bits_of(float v)
{
    uint8_t p[4];
    fn_put_lef(p, v);
    return fn_get_le32(p);
}

static void test_again_request_refused(void **state)
{
    enum { BOX = REQUEST_HEAD, POINT = REQUEST_HEAD + 2 * 16, LAST = POINT + 2 * 40 - 4 };
    (void)state;
    assert_int_equal(with_number(BOX, bits_of(.1f)), 0); /* the offsets are right */
    assert_int_equal(with_number(POINT, bits_of(100)), 0);
    assert_int_equal(with_number(LAST, bits_of(-100)), 0);
    assert_int_equal(with_number(BOX, bits_of(NAN)), FN_EWORKER);
    assert_int_equal(with_number(BOX, bits_of(1)), FN_EWORKER); /* x + w > 1 */
    assert_int_equal(with_number(POINT, bits_of(100.1f)), FN_EWORKER);
    assert_int_equal(with_number(POINT, bits_of(NAN)), FN_EWORKER);
    assert_int_equal(with_number(LAST, bits_of(-INFINITY)), FN_EWORKER);
    assert_int_equal(with_number(0, FN_WORK_AGAIN + 1), FN_EWORKER);
    assert_int_equal(with_number(0, FN_WORK_BOX), FN_EWORKER); /* points are left over */
    assert_int_equal(with_number(4, 1), FN_EWORKER);
    assert_int_equal(with_number(4, 3), FN_EWORKER);
    assert_int_equal(with_number(4, MANY + 1), FN_EWORKER);
    assert_int_equal(with_number(4, UINT32_MAX), FN_EWORKER);
    struct fn_buf b = again(2);
    struct fn_work_request q;
    for (size_t n = 0; n < b.len - FN_WIRE_HEADER; n++)
        assert_int_equal(take(&b, n, &q), FN_EWORKER);
    fn_buf_finish(&b);
}

/* Every third face has no vector. */
static struct fn_buf reply(uint32_t n)
{
    struct fn_work_reply r = {
        .id = 5, .feature_width = 256, .photo = {.faces = faces, .n_faces = n}};
    struct fn_buf b;
    fn_buf_init(&b, FN_WIRE_HEADER + FN_WIRE_MAX);
    r.photo.info.width = r.photo.info.height = 100;
    r.photo.info.exif.zone_min = FN_ZONE_UNKNOWN;
    memset(faces, 0, sizeof faces);
    for (uint32_t i = 0; i < n; i++) {
        faces[i].box[0] = (float)i / 1000;
        faces[i].no_vector = i % 3 == 2;
        if (faces[i].no_vector)
            continue;
        faces[i].embedding[i % FN_DIM] = i % 2 ? 1 : -1;
        faces[i].feature[i % FN_FEATURE_MAX] = (uint16_t)i;
    }
    fn_wire_put_reply(&b, &r);
    assert_false(fn_buf_failed(&b));
    return b;
}

static void test_again_reply(void **state)
{
    struct fn_work_reply r;
    struct fn_wire_header h;
    struct fn_buf b = reply(MANY);
    (void)state;
    assert_int_equal(fn_wire_get_header((const uint8_t *)b.data, &h), 0);
    assert_int_equal(fn_wire_get_reply(payload(&b), h.length, got_faces, &r, NULL), 0);
    assert_int_equal(r.photo.n_faces, MANY);
    for (size_t i = 0; i < MANY; i++) {
        assert_int_equal(got_faces[i].no_vector, faces[i].no_vector);
        assert_memory_equal(got_faces[i].box, faces[i].box, sizeof faces[i].box);
        assert_memory_equal(got_faces[i].embedding, faces[i].embedding,
                            sizeof faces[i].embedding);
        assert_memory_equal(got_faces[i].feature, faces[i].feature, sizeof faces[i].feature);
    }
    fn_buf_finish(&b);
}

/* A reply of three faces, the last without a vector, with four bytes of face `i` changed. */
static int with_face(unsigned i, size_t at, uint32_t bits)
{
    struct fn_work_reply r;
    struct fn_buf b = reply(3);
    size_t n = b.len - FN_WIRE_HEADER, first = n - 3 * (size_t)FACE_BYTES;
    fn_put_le32(payload(&b) + first + i * (size_t)FACE_BYTES + at, bits);
    int rc = fn_wire_get_reply(payload(&b), n, got_faces, &r, NULL);
    fn_buf_finish(&b);
    return rc;
}

static void test_again_reply_refused(void **state)
{
    enum { EMBEDDING = FACE_FLAG + 4, FEATURE = EMBEDDING + 4 * FN_DIM };
    (void)state;
    assert_int_equal(with_face(2, FACE_FLAG, 1), 0);
    assert_int_equal(with_face(2, FACE_FLAG, 0), FN_EWORKER); /* a vector of length 0 */
    assert_int_equal(with_face(2, FACE_FLAG, 2), FN_EWORKER);
    assert_int_equal(with_face(1, FACE_FLAG, 1), FN_EWORKER); /* it has one */
    assert_int_equal(with_face(2, EMBEDDING, bits_of(1)), FN_EWORKER);
    assert_int_equal(with_face(2, EMBEDDING, bits_of(NAN)), FN_EWORKER);
    assert_int_equal(with_face(2, FEATURE, 1), FN_EWORKER);
    assert_int_equal(with_face(1, FEATURE, 0x7c00), FN_EWORKER);
}

/* The version and the layout change; seeds of another version would test nothing. */
static void test_seeds(void **state)
{
    char dir[4096], path[4400];
    unsigned n = 0;
    (void)state;
    snprintf(dir, sizeof dir, "%s/tests/fuzz/corpus/wire", getenv("FN_SOURCE_DIR"));
    DIR *d = opendir(dir);
    assert_non_null(d);
    for (struct dirent *e; (e = readdir(d)) != NULL;) {
        struct fn_buf b;
        struct fn_wire_header h;
        struct fn_error err = {0};
        struct fn_work_request q;
        struct fn_work_reply r;
        struct fn_h128 id;
        uint32_t width;
        if (e->d_name[0] == '.')
            continue;
        fn_buf_init(&b, 1 << 20);
        snprintf(path, sizeof path, "%s/%s", dir, e->d_name);
        assert_int_equal(fn_file_read(path, &b, &err), 0);
        if (fn_wire_get_header((const uint8_t *)b.data, &h))
            fail_msg("%s is no frame of this version", e->d_name);
        size_t len = b.len - FN_WIRE_HEADER;
        int rc = h.type == FN_WIRE_HELLO
                     ? fn_wire_get_hello(payload(&b), len, &id, &width, &err)
                 : h.type == FN_WIRE_REQUEST
                     ? take(&b, len, &q)
                     : fn_wire_get_reply(payload(&b), len, got_faces, &r, &err);
        if (rc || h.length != len)
            fail_msg("%s is not accepted", e->d_name);
        fn_buf_finish(&b);
        n++;
    }
    closedir(d);
    assert_true(n >= 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_again_request), cmocka_unit_test(test_again_request_refused),
        cmocka_unit_test(test_again_reply),   cmocka_unit_test(test_again_reply_refused),
        cmocka_unit_test(test_seeds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
