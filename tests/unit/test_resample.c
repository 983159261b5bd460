/* SPDX-License-Identifier: MIT */
/* Resizing, warping and crops compared with plain double-precision versions, and similarity
 * fits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/rng.h"
#include "engine/image/resample.h"
#include "tests/unit/made_picture.h"

static struct fn_image noise(struct fn_rng *r, uint32_t w, uint32_t h)
{
    struct fn_image m;

    assert_int_equal(fn_image_create(w, h, &m), 0);
    for (size_t i = 0; i < m.stride * h; i++)
        m.data[i] = (uint8_t)fn_rng_u64(r);
    return m;
}

static struct fn_imagef floats(uint32_t w, uint32_t h)
{
    struct fn_imagef f = {malloc(sizeof(float) * 3 * w * h), w, h};

    assert_non_null(f.data);
    for (size_t i = 0; i < 3 * (size_t)w * h; i++)
        f.data[i] = -1e9f;
    return f;
}

/* Weight of source pixel s for output o along an axis, by the definition. */
static double weight(uint32_t s, uint32_t o, uint32_t in, uint32_t out)
{
    if (out <= in) {
        double scale = (double)in / out, a = o * scale, b = (o + 1) * scale;
        double lo = fmax(a, s), hi = fmin(b, s + 1.0);
        return hi > lo ? (hi - lo) / scale : 0.0;
    }
    double at = (o + 0.5) * in / out - 0.5, w = 0.0;
    for (int k = 0; k < 2; k++) {
        double tap = floor(at) + k, share = k ? at - floor(at) : 1.0 - (at - floor(at));
        double clamped = fmin(fmax(tap, 0.0), in - 1.0);
        w += (uint32_t)clamped == s ? share : 0.0;
    }
    return w;
}

static double resized(const struct fn_image *m, uint32_t x, uint32_t y, int c, uint32_t w,
                      uint32_t h)
{
    double sum = 0.0;

    for (uint32_t v = 0; v < m->height; v++) {
        double wy = weight(v, y, m->height, h);

        for (uint32_t u = 0; wy > 0 && u < m->width; u++)
            sum +=
                wy * weight(u, x, m->width, w) * m->data[v * m->stride + 3 * u + (unsigned)c];
    }
    return sum;
}

static void check_resize(const struct fn_image *m, uint32_t w, uint32_t h)
{
    struct fn_imagef f = floats(w, h);
    struct fn_image bytes;
    float *scratch = malloc(sizeof(float) * fn_resize_scratch(m, w, h));

    assert_non_null(scratch);
    fn_resize(m, &f, scratch);
    assert_int_equal(fn_resize_u8(m, w, h, &bytes), 0);
    for (uint32_t y = 0; y < h; y++)
        for (uint32_t x = 0; x < w; x++)
            for (int c = 0; c < 3; c++) {
                double want = resized(m, x, y, c, w, h);
                double got = (double)f.data[3 * ((size_t)y * w + x) + (unsigned)c];
                int byte = bytes.data[y * bytes.stride + 3 * x + (unsigned)c];

                if (fabs(want - got) > 2e-3 || fabs(want - byte) > 0.503)
                    fail_msg("%ux%u -> %ux%u at %u,%u: %f, not %f (%d)", m->width, m->height, w,
                             h, x, y, got, want, byte);
            }
    free(scratch);
    free(f.data);
    fn_image_destroy(&bytes);
}

static void test_resize(void **state)
{
    struct fn_rng r = fn_rng_init(1, 2);

    (void)state;
    for (int i = 0; i < 60; i++) {
        struct fn_image m =
            noise(&r, 1 + (uint32_t)fn_rng_below(&r, 70), 1 + (uint32_t)fn_rng_below(&r, 50));

        check_resize(&m, 1 + (uint32_t)fn_rng_below(&r, 60),
                     1 + (uint32_t)fn_rng_below(&r, 60));
        check_resize(&m, m.width, m.height);
        fn_image_destroy(&m);
    }
}

static double tap(const struct fn_image *m, double x, double y, int c)
{
    if (x < 0 || y < 0 || x >= m->width || y >= m->height)
        return 0.0;
    return m->data[(size_t)y * m->stride + 3 * (size_t)x + (unsigned)c];
}

static double bilinear(const struct fn_image *m, double x, double y, int c)
{
    double bx = floor(x), by = floor(y), fx = x - bx, fy = y - by;

    return tap(m, bx, by, c) * (1 - fx) * (1 - fy) + tap(m, bx + 1, by, c) * fx * (1 - fy) +
           tap(m, bx, by + 1, c) * (1 - fx) * fy + tap(m, bx + 1, by + 1, c) * fx * fy;
}

static double warped(const struct fn_image *m, struct fn_similarity s, double x, double y,
                     int c)
{
    double a = (double)s.a, b = (double)s.b, sum = 0.0;
    int n = (int)fmax(1.0, ceil(sqrt(a * a + b * b) - 0.01));

    for (int j = 0; j < n; j++)
        for (int i = 0; i < n; i++) {
            double u = x + (i + 0.5) / n - 0.5, v = y + (j + 0.5) / n - 0.5;

            sum += bilinear(m, a * u - b * v + (double)s.tx, b * u + a * v + (double)s.ty, c);
        }
    return sum / (n * n);
}

static void check_warp(const struct fn_image *m, struct fn_similarity s, uint32_t size)
{
    struct fn_imagef f = floats(size, size);

    fn_warp(m, s, &f);
    for (uint32_t y = 0; y < size; y++)
        for (uint32_t x = 0; x < size; x++)
            for (int c = 0; c < 3; c++) {
                double want = warped(m, s, x, y, c);
                double got = (double)f.data[3 * ((size_t)y * size + x) + (unsigned)c];

                if (fabs(want - got) > 2e-3)
                    fail_msg("warp at %u,%u: %f, not %f", x, y, got, want);
            }
    free(f.data);
}

static void test_warp(void **state)
{
    struct fn_rng r = fn_rng_init(3, 4);
    struct fn_image m = noise(&r, 90, 70);

    (void)state;
    for (int i = 0; i < 40;
         i++) { /* inside, across every edge, completely outside; larger and smaller */
        double scale = exp(fn_rng_uniform(&r) * 3.5 - 1.5), angle = fn_rng_uniform(&r) * 6.3;
        struct fn_similarity s = {(float)(scale * cos(angle)), (float)(scale * sin(angle)),
                                  (float)(fn_rng_uniform(&r) * 200 - 50),
                                  (float)(fn_rng_uniform(&r) * 200 - 50)};

        check_warp(&m, s, 24);
    }
    check_warp(&m, (struct fn_similarity){1, 0, 0, 0}, 24);
    check_warp(&m, (struct fn_similarity){1, 0, 60, 40}, 31);
    check_warp(&m, (struct fn_similarity){2, 0, 0.5f, 0.5f}, 34);
    fn_image_destroy(&m);
}

static void test_warp_far_away(void **state)
{
    static const float odd[] = {1e30f, -1e30f, NAN, INFINITY};
    struct fn_image m = picture_pattern(20, 20);
    struct fn_imagef f = floats(8, 8);

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        fn_warp(&m, (struct fn_similarity){1, 0, odd[i], 0}, &f);
        for (size_t k = 0; k < 8 * 8 * 3; k++)
            assert_true(f.data[k] == 0.0f);
    }
    free(f.data);
    fn_image_destroy(&m);
}

/* A crop that covers the picture is the resized picture. A crop beyond the edge is black
 * there. */
static void test_crop_square(void **state)
{
    struct fn_rng r = fn_rng_init(5, 6);
    struct fn_image m = noise(&r, 48, 48);
    struct fn_imagef crop = floats(24, 24), whole = floats(24, 24);
    float *scratch = malloc(sizeof(float) * fn_resize_scratch(&m, 24, 24));

    (void)state;
    fn_crop_square(&m, 24, 24, 48, &crop);
    fn_resize(&m, &whole, scratch);
    for (size_t i = 0; i < 24 * 24 * 3; i++)
        assert_float_equal(crop.data[i], whole.data[i], 1e-3);
    fn_crop_square(&m, 0, 0, 48, &crop);
    assert_true(crop.data[0] == 0.0f);
    assert_true(crop.data[3 * (23 * 24 + 23)] > 0.0f);
    fn_crop_square(&m, 12.5f, 12.5f, 24, &crop); /* one to one, from pixel edge .5 */
    double want = (m.data[0] + m.data[3] + m.data[m.stride] + m.data[m.stride + 3]) / 4.0;
    assert_float_equal(crop.data[0], want, 1e-3);
    free(scratch);
    free(crop.data);
    free(whole.data);
    fn_image_destroy(&m);
}

static void test_similarity(void **state)
{
    struct fn_rng r = fn_rng_init(7, 8);

    (void)state;
    for (int i = 0; i < 50; i++) {
        struct fn_similarity s = {
            (float)fn_rng_uniform(&r) + 0.1f, (float)fn_rng_uniform(&r) - 0.5f,
            (float)fn_rng_uniform(&r) * 100, (float)fn_rng_uniform(&r) * 100};
        float from[5][2], to[5][2], x, y;

        for (int k = 0; k < 5; k++) {
            from[k][0] = (float)fn_rng_uniform(&r) * 112;
            from[k][1] = (float)fn_rng_uniform(&r) * 112;
            fn_similarity_apply(s, from[k][0], from[k][1], &to[k][0], &to[k][1]);
        }
        struct fn_similarity f =
            fn_similarity_fit((const float(*)[2])from, (const float(*)[2])to, 5);
        assert_float_equal(f.a, s.a, 1e-4);
        assert_float_equal(f.b, s.b, 1e-4);
        assert_float_equal(f.tx, s.tx, 1e-2);
        assert_float_equal(f.ty, s.ty, 1e-2);
        fn_similarity_apply(fn_similarity_invert(s), to[0][0], to[0][1], &x, &y);
        assert_float_equal(x, from[0][0], 1e-2);
        assert_float_equal(y, from[0][1], 1e-2);
    }
}

/* The fit is the minimum: any small change makes it worse. */
static void test_similarity_is_least_squares(void **state)
{
    const float from[4][2] = {{0, 0}, {10, 1}, {3, 12}, {9, 9}},
                to[4][2] = {{5, 4}, {13, 9}, {2, 15}, {11, 17}};
    struct fn_similarity best = fn_similarity_fit(from, to, 4);
    double least = -1;

    (void)state;
    for (int k = 0; k <= 8; k++) {
        float d = k % 2 ? 0.01f : -0.01f;
        struct fn_similarity s = best;
        double sum = 0;

        s.a += k == 1 || k == 2 ? d : 0;
        s.b += k == 3 || k == 4 ? d : 0;
        s.tx += k == 5 || k == 6 ? d : 0;
        s.ty += k == 7 || k == 8 ? d : 0;
        for (int i = 0; i < 4; i++) {
            float x, y;

            fn_similarity_apply(s, from[i][0], from[i][1], &x, &y);
            sum += pow((double)(x - to[i][0]), 2) + pow((double)(y - to[i][1]), 2);
        }
        if (k == 0)
            least = sum;
        else
            assert_true(sum > least);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_resize),
        cmocka_unit_test(test_warp),
        cmocka_unit_test(test_warp_far_away),
        cmocka_unit_test(test_crop_square),
        cmocka_unit_test(test_similarity),
        cmocka_unit_test(test_similarity_is_least_squares),
    };

    return cmocka_run_group_tests_name("resample", tests, NULL, NULL);
}
