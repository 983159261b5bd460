/* SPDX-License-Identifier: MIT */
/* Boxes, suppression, and decoding of synthetic detector maps. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "engine/base/rng.h"
#include "engine/face/box.h"
#include "engine/face/detect_decode.h"

static struct fn_box box(float x0, float y0, float x1, float y1, float rank)
{
    return (struct fn_box){x0, y0, x1, y1, rank, rank};
}

static void near(float got, float want, float tolerance)
{
    if (!(fabsf(got - want) <= tolerance))
        fail_msg("got %g, want %g within %g", (double)got, (double)want, (double)tolerance);
}

static void test_overlap(void **state)
{
    (void)state;
    struct fn_box a = box(0, 0, 10, 10, 0), b = box(5, 0, 15, 10, 0),
                  c = box(20, 20, 30, 30, 0);
    near(fn_box_iou(a, b), 50.0f / 150, 1e-6f);
    near(fn_box_iou(a, a), 1, 1e-6f);
    near(fn_box_iou(a, c), 0, 0);
    near(fn_box_iou(box(1, 1, 1, 1, 0), box(1, 1, 1, 1, 0)), 0, 0);
    near(fn_box_area(box(3, 3, 2, 9, 0)), 0, 0);
}

static void test_nms_keeps_the_best(void **state)
{
    (void)state;
    struct fn_box v[] = {box(1, 0, 11, 10, .8f), box(0, 0, 10, 10, .9f),
                         box(50, 50, 60, 60, .3f)};
    assert_int_equal(fn_box_nms(v, 3, .4f, 1, 3), 2);
    near(v[0].rank, .9f, 0);
    near(v[1].rank, .3f, 0);
}

static void test_nms_inside(void **state)
{
    (void)state;
    /* A small box in a large one: IoU .09, but completely inside. */
    struct fn_box v[] = {box(0, 0, 100, 100, .9f), box(30, 30, 60, 60, .8f)};
    assert_int_equal(fn_box_nms(v, 2, .4f, 1, 2), 2);
    assert_int_equal(fn_box_nms(v, 2, .4f, .7f, 2), 1);
}

static void test_nms_limit(void **state)
{
    (void)state;
    struct fn_box v[] = {box(0, 0, 1, 1, .1f), box(2, 2, 3, 3, .2f), box(4, 4, 5, 5, .3f)};
    assert_int_equal(fn_box_nms(v, 3, .4f, 1, 2), 2);
    near(v[0].rank, .3f, 0);
    near(v[1].rank, .2f, 0);
}

/* The remaining boxes do not depend on the order of arrival, do not overlap, and cover the
 * removed ones. */
static void test_nms_properties(void **state)
{
    (void)state;
    struct fn_rng r = fn_rng_init(11, 0);
    for (int round = 0; round < 200; round++) {
        struct fn_box v[60], w[60];
        for (int i = 0; i < 60; i++) {
            float x = (float)fn_rng_below(&r, 100), y = (float)fn_rng_below(&r, 100);
            float s = 5 + (float)fn_rng_below(&r, 40);
            v[i] = box(x, y, x + s, y + s, (float)fn_rng_below(&r, 8) / 8);
        }
        for (int i = 0; i < 60; i++)
            w[i] = v[(i * 7 + round) % 60];
        struct fn_box all[60];
        memcpy(all, v, sizeof all);
        size_t n = fn_box_nms(v, 60, .3f, 1, 60), m = fn_box_nms(w, 60, .3f, 1, 60);
        assert_int_equal(n, m);
        assert_memory_equal(v, w, n * sizeof *v);
        for (size_t i = 0; i < n; i++) {
            for (size_t j = 0; j < i; j++)
                assert_true(fn_box_iou(v[i], v[j]) <= .3f + 1e-6f);
        }
        for (int i = 0; i < 60; i++) {
            bool covered = false;
            for (size_t k = 0; k < n; k++)
                covered |=
                    v[k].rank >= all[i].rank && (fn_box_iou(v[k], all[i]) > .3f - 1e-6f ||
                                                 !memcmp(&v[k], &all[i], sizeof *v));
            assert_true(covered);
        }
    }
}

static void test_list_grows_and_stops(void **state)
{
    (void)state;
    struct fn_boxes b = {0};
    int rc = 0;
    size_t n = 0;
    while (!(rc = fn_boxes_add(&b, box(0, 0, 1, 1, 0))))
        n++;
    assert_int_equal(rc, FN_ELIMIT);
    assert_int_equal(n, FN_BOXES_MAX);
    fn_boxes_finish(&b);
}

/* A 3x2 map for a 50x30 network (sizes that are not multiples of a stride), two anchors, one
 * clear face. */
static void test_softmax_decode(void **state)
{
    (void)state;
    enum { W = 3, H = 2, A = 2 };
    float score[H * W * A * 2], offsets[H * W * A * 4];
    memset(offsets, 0, sizeof offsets);
    for (int i = 0; i < H * W * A; i++)
        score[2 * i] = 4, score[2 * i + 1] = -4;
    int cell = 1 * W + 2, k = 1, at = cell * A + k; /* y 1, x 2, second anchor */
    score[2 * at] = -1, score[2 * at + 1] = 1;
    offsets[4 * at] = 1, offsets[4 * at + 1] = -2, offsets[4 * at + 2] = .5f,
                offsets[4 * at + 3] = 0;
    struct fn_decode d = {
        .kind = FN_DECODE_ANCHORS_SOFTMAX,
        .n_levels = 1,
        .level = {{.score_output = 0, .box_output = 1, .n_anchors = A, .side = {8, 20}}},
        .var_centre = .1f,
        .var_size = .2f,
        .face_class = 1,
        .n_classes = 2};
    struct fn_map_view maps[2] = {{score, A * 2, H, W}, {offsets, A * 4, H, W}};
    struct fn_boxes out = {0};
    struct fn_error err;
    assert_int_equal(fn_detect_decode(&d, maps, 2, 50, 30, .5f, &out, &err), 0);
    assert_int_equal(out.n, 1);
    near(out.v[0].score, 1 / (1 + expf(-2)), 1e-6f);
    /* centre ((2 + .5) * 50 / 3 + .1 * 20, (1 + .5) * 30 / 2 - .2 * 20), width 20 e^.1, height
     * 20 */
    float cx = 2.5f * 50 / 3 + 2, cy = 22.5f - 4, w = 20 * expf(.1f);
    near(out.v[0].x0, cx - w / 2, 1e-4f);
    near(out.v[0].x1, cx + w / 2, 1e-4f);
    near(out.v[0].y0, cy - 10, 1e-4f);
    near(out.v[0].y1, cy + 10, 1e-4f);

    maps[1].c = 4; /* a model whose maps do not match its decoding data is refused */
    assert_int_equal(fn_detect_decode(&d, maps, 2, 50, 30, .5f, &out, &err), FN_EMODEL);
    fn_boxes_finish(&out);
}

/* Two levels that share one list of stored anchors. */
static void test_sigmoid_decode(void **state)
{
    (void)state;
    static const float anchors[5 * 4] = {0, 0,   .5f, .5f, 0, .5f, .5f,  1,   .5f,  0,
                                         1, .5f, .5f, .5f, 1, 1,   .25f, .2f, .75f, .6f};
    float s0[4 * 3], b0[4 * 4] = {0}, s1[3] = {0, 2, 0}, b1[4] = {1, 2, 0, 1};
    for (int i = 0; i < 12; i++)
        s0[i] = -9;
    s0[2 * 3 + 1] = 1; /* cell (0, 1): anchor row 2 */
    struct fn_decode d = {.kind = FN_DECODE_ANCHORS_SIGMOID,
                          .n_levels = 2,
                          .level = {{0, 1, 1, {0}}, {2, 3, 1, {0}}},
                          .var_centre = .1f,
                          .var_size = .2f,
                          .anchors = anchors,
                          .n_anchors = 5,
                          .face_class = 1,
                          .n_classes = 3};
    struct fn_map_view maps[4] = {{s0, 3, 2, 2}, {b0, 4, 2, 2}, {s1, 3, 1, 1}, {b1, 4, 1, 1}};
    struct fn_boxes out = {0};
    assert_int_equal(fn_detect_decode(&d, maps, 4, 512, 512, .5f, &out, NULL), 0);
    assert_int_equal(out.n, 2);
    near(out.v[0].x0, 0, 1e-3f);
    near(out.v[0].y0, 256, 1e-3f);
    near(out.v[0].x1, 256, 1e-3f);
    near(out.v[0].y1, 512, 1e-3f);
    near(out.v[1].score, 1 / (1 + expf(-2)), 1e-6f);
    float cy = (.5f + .1f * .5f) * 512, cx = (.4f + .2f * .4f) * 512, h = .5f * 512,
          w = .4f * expf(.2f) * 512;
    near(out.v[1].y0, cy - h / 2, 1e-3f);
    near(out.v[1].x1, cx + w / 2, 1e-3f);
    d.n_anchors = 4; /* one too few */
    assert_int_equal(fn_detect_decode(&d, maps, 4, 512, 512, .5f, &out, NULL), FN_EMODEL);
    fn_boxes_finish(&out);
}

static void test_yolo_decode(void **state)
{
    (void)state;
    static const float anchors[2 * 4] = {0, 0, 2, 1, 0, 0, 3, 4};
    float map[4 * 10];
    for (int i = 0; i < 40; i++)
        map[i] = -9;
    float *o = map + 3 * 10 + 5; /* cell (1, 1), second anchor */
    o[0] = 0, o[1] = 0, o[2] = 0, o[3] = logf(2), o[4] = 3;
    struct fn_decode d = {.kind = FN_DECODE_YOLO,
                          .n_levels = 1,
                          .level = {{0, 0, 2, {0}}},
                          .anchors = anchors,
                          .n_anchors = 2};
    struct fn_map_view maps[1] = {{map, 10, 2, 2}};
    struct fn_boxes out = {0};
    assert_int_equal(fn_detect_decode(&d, maps, 1, 64, 64, .5f, &out, NULL), 0);
    assert_int_equal(out.n, 1);
    near((out.v[0].x0 + out.v[0].x1) / 2, 48, 1e-3f);
    near(out.v[0].x1 - out.v[0].x0, 4 * 32, 1e-3f);
    near(out.v[0].y1 - out.v[0].y0, 2 * 3 * 32, 1e-3f);
    fn_boxes_finish(&out);
}

static void test_broken_numbers(void **state)
{
    (void)state;
    float score[2] = {0, NAN}, offsets[4] = {0, 0, 1e9f, 0};
    struct fn_decode d = {.kind = FN_DECODE_ANCHORS_SOFTMAX,
                          .n_levels = 1,
                          .level = {{0, 1, 1, {16}}},
                          .var_centre = .1f,
                          .var_size = .2f,
                          .face_class = 1,
                          .n_classes = 2};
    struct fn_map_view maps[2] = {{score, 2, 1, 1}, {offsets, 4, 1, 1}};
    struct fn_boxes out = {0};
    assert_int_equal(fn_detect_decode(&d, maps, 2, 32, 32, .5f, &out, NULL), 0);
    assert_int_equal(out.n, 0); /* NaN is not above a threshold */
    score[1] = 5;
    assert_int_equal(fn_detect_decode(&d, maps, 2, 32, 32, .5f, &out, NULL), 0);
    assert_int_equal(out.n, 0); /* an infinite box is not a box */
    fn_boxes_finish(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_overlap),        cmocka_unit_test(test_nms_keeps_the_best),
        cmocka_unit_test(test_nms_inside),     cmocka_unit_test(test_nms_limit),
        cmocka_unit_test(test_nms_properties), cmocka_unit_test(test_list_grows_and_stops),
        cmocka_unit_test(test_softmax_decode), cmocka_unit_test(test_sigmoid_decode),
        cmocka_unit_test(test_yolo_decode),    cmocka_unit_test(test_broken_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
