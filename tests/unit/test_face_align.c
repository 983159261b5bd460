/* SPDX-License-Identifier: MIT */
/* Alignment for known transforms, frames of rotated pictures, quality. Needs no network. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "engine/base/rng.h"
#include "engine/face/align.h"
#include "engine/face/photo_pixels.h"
#include "engine/face/quality.h"

static void near(float got, float want, float tolerance)
{
    if (!(fabsf(got - want) <= tolerance))
        fail_msg("got %g, want %g within %g", (double)got, (double)want, (double)tolerance);
}

/* A five-point template of the kind that is usual for embedders. */
static const struct fn_align five_point = {.chip = 112,
                                           .n_points = 5,
                                           .point = {{36, 41, 38.2946f, 51.6963f},
                                                     {42, 47, 73.5318f, 51.5014f},
                                                     {30, 30, 56.0252f, 71.7366f},
                                                     {48, 48, 41.5493f, 92.3655f},
                                                     {54, 54, 70.7299f, 92.2041f}}};

/* 68 points exactly where s puts those of the template. */
static void points_at(const struct fn_align *a, struct fn_similarity s,
                      float points[FN_POINTS][2])
{
    for (int i = 0; i < FN_POINTS; i++)
        points[i][0] = points[i][1] = -1000;
    for (uint32_t i = 0; i < a->n_points; i++) {
        for (int k = a->point[i].first; k <= a->point[i].last; k++)
            fn_similarity_apply(s, a->point[i].x, a->point[i].y, &points[k][0], &points[k][1]);
    }
}

static void test_known_transforms(void **state)
{
    (void)state;
    struct fn_rng r = fn_rng_init(3, 0);
    for (int round = 0; round < 100; round++) {
        float angle = (float)fn_rng_uniform(&r) * 6.28f,
              scale = .2f + (float)fn_rng_uniform(&r) * 8;
        struct fn_similarity want = {scale * cosf(angle), scale * sinf(angle),
                                     (float)fn_rng_below(&r, 4000),
                                     (float)fn_rng_below(&r, 3000)};
        float points[FN_POINTS][2];
        points_at(&five_point, want, points);
        struct fn_similarity got = fn_align_chip(&five_point, (const float(*)[2])points);
        near(got.a, want.a, 2e-3f);
        near(got.b, want.b, 2e-3f);
        near(got.tx, want.tx, .2f);
        near(got.ty, want.ty, .2f);
    }
}

static void test_five_points(void **state)
{
    (void)state;
    float points[FN_POINTS][2], five[5][2];
    points_at(&five_point, (struct fn_similarity){1, 0, 0, 0}, points);
    fn_align_five((const float(*)[2])points, five);
    for (int i = 0; i < 5; i++) {
        near(five[i][0], five_point.point[i].x, 1e-3f);
        near(five[i][1], five_point.point[i].y, 1e-3f);
    }
    near(fn_align_eye_distance(&five_point), 35.24f, .01f);
}

/* One template of the five means, and one of single landmarks that has no mouth. */
static const struct fn_align sparse = {.chip = 150,
                                       .n_points = 7,
                                       .point = {{27, 27, 75, 40},
                                                 {30, 30, 75, 80},
                                                 {36, 36, 30, 50},
                                                 {39, 39, 60, 52},
                                                 {42, 42, 90, 52},
                                                 {45, 45, 120, 50},
                                                 {33, 33, 75, 95}}};

static void test_chip_of_five(void **state)
{
    (void)state;
    const struct fn_align *const all[] = {&five_point, &sparse};
    struct fn_rng r = fn_rng_init(9, 0);
    for (int round = 0; round < 100; round++) {
        const struct fn_align *a = all[round % 2];
        float angle = (float)fn_rng_uniform(&r) * 6.28f,
              scale = .5f + (float)fn_rng_uniform(&r);
        struct fn_similarity want = {scale * cosf(angle), scale * sinf(angle), 200, 100};
        float points[FN_POINTS][2], five[5][2], model[5][2];
        points_at(a, want, points);
        if (a == &sparse) { /* the eyes have only the landmarks of the template */
            for (int i = 36; i <= 47; i++) {
                int like = i < 39 ? 36 : i < 42 ? 39 : i < 45 ? 42 : 45;
                points[i][0] = points[like][0];
                points[i][1] = points[like][1];
            }
        }
        fn_align_five((const float(*)[2])points, five);
        struct fn_similarity got = fn_align_chip_five(a, (const float(*)[2])five);
        near(got.a, want.a, 2e-3f);
        near(got.b, want.b, 2e-3f);
        near(got.tx, want.tx, .2f);
        near(got.ty, want.ty, .2f);
        fn_align_model_five(a, (const float(*)[2])five, model);
        for (int i = 0; i < 10; i++) /* a mouth that is not in the template stays */
            near(model[i / 2][i % 2], five[i / 2][i % 2], .2f);
    }
    /* points that are not exactly those of the template: both fits are the same */
    float points[FN_POINTS][2], five[5][2];
    for (int i = 0; i < FN_POINTS * 2; i++)
        points[i / 2][i % 2] = (float)fn_rng_below(&r, 300);
    fn_align_five((const float(*)[2])points, five);
    struct fn_similarity one = fn_align_chip(&five_point, (const float(*)[2])points),
                         two = fn_align_chip_five(&five_point, (const float(*)[2])five);
    near(one.a, two.a, 1e-5f);
    near(one.b, two.b, 1e-5f);
    near(one.tx, two.tx, 1e-3f);
    near(one.ty, two.ty, 1e-3f);
    static const struct fn_align nose = {.chip = 10, .n_points = 1, .point = {{30, 30, 5, 5}}};
    struct fn_similarity none = fn_align_chip_five(&nose, (const float(*)[2])five);
    near(hypotf(none.a, none.b), 0, 0);
}

static void test_plausible(void **state)
{
    (void)state;
    float points[FN_POINTS][2] = {{0}};
    assert_false(fn_align_plausible((const float(*)[2])points));
    points_at(&five_point, (struct fn_similarity){1, 0, 0, 0}, points);
    assert_true(fn_align_plausible((const float(*)[2])points));
    points[7][1] = NAN;
    assert_false(fn_align_plausible((const float(*)[2])points));
}

static void test_frames_go_there_and_back(void **state)
{
    (void)state;
    for (unsigned turn = 0; turn < 4; turn++) {
        struct fn_frame f = fn_frame_turned(300, 200, turn);
        assert_int_equal(f.width, turn & 1 ? 200 : 300);
        struct fn_box b = {10, 20, 70, 90, .5f, .6f};
        struct fn_box t = fn_frame_box_from_upright(f, b), back = fn_frame_box_to_upright(f, t);
        near(back.x0, 10, 0);
        near(back.y0, 20, 0);
        near(back.x1, 70, 0);
        near(back.y1, 90, 0);
        near(back.rank, .6f, 0);
        near(fn_box_area(t), fn_box_area(b), 0);
        assert_true(t.x0 >= 0 && t.y0 >= 0 && t.x1 <= (float)f.width &&
                    t.y1 <= (float)f.height);
    }
}

/* A marked pixel is where the frame puts it, also when the size of the reduced picture is
 * rounded up. */
static void test_turned_pixels(void **state)
{
    (void)state;
    struct fn_image m = {0};
    assert_int_equal(fn_image_create(7, 5, &m),
                     0);                /* of a 25 x 19 photo at 1/4: 7 * 4 = 28, 5 * 4 = 20 */
    m.data[2 * m.stride + 5 * 3] = 200; /* pixel (5, 2): upright (20..24, 8..12) */
    for (unsigned turn = 0; turn < 4; turn++) {
        struct fn_image t = {0};
        assert_int_equal(fn_image_turned(&m, turn, &t), 0);
        struct fn_frame f = fn_frame_turned(25, 19, turn);
        struct fn_pixels p = fn_pixels_of(f, &t, 0, 0, 4);
        struct fn_box in_frame =
            fn_frame_box_from_upright(f, (struct fn_box){20, 8, 24, 12, 0, 0});
        struct fn_box local = fn_pixels_box_from_frame(&p, in_frame);
        near(local.x1 - local.x0, 1, 1e-5f);
        near(local.x0, roundf(local.x0), 1e-5f);
        uint32_t x = (uint32_t)local.x0, y = (uint32_t)local.y0;
        assert_true(x < t.width && y < t.height);
        assert_int_equal(t.data[y * t.stride + x * 3], 200);
        fn_image_destroy(&t);
    }
    fn_image_destroy(&m);
}

static void test_quality_is_monotone(void **state)
{
    (void)state;
    for (int i = 1; i < 200; i++) {
        assert_true(fn_quality_size((float)i) >= fn_quality_size((float)(i - 1)));
        if (i < 90) {
            assert_true(fn_quality_pose((float)i) <= fn_quality_pose((float)(i - 1)));
            near(fn_quality_pose((float)i), fn_quality_pose((float)-i), 0);
        }
    }
    near(fn_quality_size(0), 0, 0);
    near(fn_quality_size(1000), 1, 0);
    near(fn_quality_pose(0), 1, 0);
    assert_true(fn_quality_of(100, 1, 0).product > .999f);
    assert_true(fn_quality_of(100, .5f, 0).product > fn_quality_of(100, .25f, 0).product);
}

/* Blocks of random grey, blurred once more each round: less sharp every time, for any
 * contrast. */
static void test_sharpness(void **state)
{
    (void)state;
    enum { S = 112 };
    static float chip[S * S * 3], low[S * S * 3], tmp[S * S * 3];
    struct fn_rng r = fn_rng_init(5, 0);
    for (int y = 0; y < S; y++) {
        for (int x = 0; x < S; x++) {
            float v = y % 8 || x % 8
                          ? (y % 8 ? chip[((y - 1) * S + x) * 3] : chip[(y * S + x - 1) * 3])
                          : (float)fn_rng_below(&r, 256);
            for (int c = 0; c < 3; c++)
                chip[(y * S + x) * 3 + c] = v;
        }
    }
    float last = 2;
    for (int round = 0; round < 6; round++) {
        struct fn_imagef m = {chip, S, S}, half = {low, S, S};
        float s = fn_quality_sharpness(&m);
        assert_true(s >= 0 && s <= 1);
        assert_true(s < last || (round == 1 && s <= last));
        last = s;
        for (int i = 0; i < S * S * 3; i++)
            low[i] = 60 + chip[i] / 2;
        near(fn_quality_sharpness(&half), s, .05f);
        for (int y = 1; y < S - 1; y++) {
            for (int i = 3; i < S * 3 - 3; i++) {
                const float *p = chip + (size_t)y * S * 3 + i;
                tmp[y * S * 3 + i] = (p[0] + p[-3] + p[3] + p[-S * 3] + p[S * 3]) / 5;
            }
        }
        for (int y = 1; y < S - 1; y++) {
            for (int i = 3; i < S * 3 - 3; i++)
                chip[y * S * 3 + i] = tmp[y * S * 3 + i];
        }
    }
    for (int i = 0; i < S * S * 3; i++)
        chip[i] = 128;
    struct fn_imagef flat = {chip, S, S};
    near(fn_quality_sharpness(&flat), 0, 1e-6f);
}

/* Outer eye corners and nose tip of a head rotated by a known angle, seen from far away. */
static void test_pose(void **state)
{
    (void)state;
    for (int yaw = -60; yaw <= 60; yaw += 15) {
        for (int roll = -40; roll <= 40; roll += 20) {
            float t = (float)yaw * 3.14159265f / 180, q = (float)roll * 3.14159265f / 180;
            float local[3][2] = {
                {-50 * cosf(t), 0}, {50 * cosf(t), 0}, {50 * .6f * sinf(t), 35}};
            float points[FN_POINTS][2] = {{0}};
            static const int index[3] = {36, 45, 30};
            for (int i = 0; i < 3; i++) {
                points[index[i]][0] = 200 + local[i][0] * cosf(q) - local[i][1] * sinf(q);
                points[index[i]][1] = 300 + local[i][0] * sinf(q) + local[i][1] * cosf(q);
            }
            float got_yaw, got_roll;
            fn_pose_from_points((const float(*)[2])points, &got_yaw, &got_roll);
            near(got_yaw, (float)yaw, .1f);
            near(got_roll, (float)roll, .1f);
        }
    }
}

/* A head whose eye means are where a mean head has them. */
static void test_pose_of_five(void **state)
{
    (void)state;
    for (int yaw = -60; yaw <= 60; yaw += 15) {
        for (int roll = -170; roll <= 170; roll += 20) {
            float t = (float)yaw * 3.14159265f / 180, q = (float)roll * 3.14159265f / 180;
            float local[5][2] = {{-50 * .718f * cosf(t), 0},
                                 {50 * .718f * cosf(t), 0},
                                 {50 * .6f * sinf(t), 35}};
            float five[5][2], got_yaw, got_roll;
            for (int i = 0; i < 5; i++) {
                five[i][0] = 200 + local[i][0] * cosf(q) - local[i][1] * sinf(q);
                five[i][1] = 300 + local[i][0] * sinf(q) + local[i][1] * cosf(q);
            }
            fn_pose_from_five((const float(*)[2])five, &got_yaw, &got_roll);
            near(got_yaw, (float)yaw, .2f);
            near(got_roll, (float)roll, .1f);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known_transforms),
        cmocka_unit_test(test_five_points),
        cmocka_unit_test(test_plausible),
        cmocka_unit_test(test_frames_go_there_and_back),
        cmocka_unit_test(test_turned_pixels),
        cmocka_unit_test(test_quality_is_monotone),
        cmocka_unit_test(test_sharpness),
        cmocka_unit_test(test_pose),
        cmocka_unit_test(test_pose_of_five),
        cmocka_unit_test(test_chip_of_five),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
