/* SPDX-License-Identifier: MIT */
/* Chips cut from real photos, compared with the output of an independent implementation. The
 * transform is given, so this tests decoding and sampling alone. Skipped without
 * $FACENETD_SHARED. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/image/decode.h"
#include "engine/image/resample.h"
#include "tests/unit/made_picture.h"

static json_t *load(const char *name)
{
    char rel[256];
    json_error_t e;

    snprintf(rel, sizeof rel, "golden/%s", name);
    const char *path = picture_shared(rel);
    if (!path) {
        print_message("skipped: no %s under $FACENETD_SHARED\n", rel);
        skip();
    }
    json_t *j = json_load_file(path, 0, &e);
    assert_non_null(j);
    return j;
}

static bool decode(const char *file, struct fn_image *m)
{
    const struct fn_decode_limits lim = {100000000, (size_t)200 << 20};
    struct fn_image_info info;
    struct fn_error err = {0};
    uint32_t denom;
    const char *path = picture_shared(file);

    if (!path)
        return false;
    struct fn_source s = picture_open(path);
    if (fn_image_probe(&s, &lim, &info, &err) < 0 ||
        fn_image_decode(&s, &info, 0, &lim, m, &denom, NULL, &err) < 0)
        fail_msg("%s: %s", file, err.text);
    close(s.fd);
    return true;
}

static float number(const json_t *array, size_t i)
{
    return (float)json_number_value(json_array_get(array, i));
}

static struct fn_similarity transform(const json_t *t)
{
    return (struct fn_similarity){number(t, 0), number(t, 1), number(t, 2), number(t, 3)};
}

/* Compares `n` samples. Returns the largest difference. */
static double row_difference(const float *got, const json_t *want)
{
    double worst = 0.0;

    for (size_t i = 0; i < json_array_size(want); i++)
        worst = fmax(worst, fabs((double)got[i] - json_number_value(json_array_get(want, i))));
    return worst;
}

static double sum_of(const struct fn_imagef *f)
{
    double sum = 0.0;

    for (size_t i = 0; i < 3 * (size_t)f->width * f->height; i++)
        sum += (double)f->data[i];
    return sum;
}

static void check_chip112(const struct fn_image *m, const json_t *face)
{
    static float pixels[112 * 112 * 3];
    struct fn_imagef chip = {pixels, 112, 112};
    /* [a, -b, tx, b, a, ty] from image to chip */
    const json_t *t = json_object_get(face, "image_to_chip112"), *rows;
    struct fn_similarity s = {number(t, 0), number(t, 3), number(t, 2), number(t, 5)};
    const char *y;

    fn_warp(m, fn_similarity_invert(s), &chip);
    double sum = json_number_value(json_object_get(face, "chip_sum"));
    assert_true(fabs(sum_of(&chip) - sum) < 2e-5 * sum);
    rows = json_object_get(face, "chip_rows_x40_47_rgb");
    assert_true(json_object_size(rows) > 0);
    json_object_foreach((json_t *)(uintptr_t)rows, y, t)
    {
        /* the transform is given to 1e-6, so positions are accurate to 1e-3 px */
        double d = row_difference(pixels + 3 * (strtol(y, NULL, 10) * 112 + 40), t);
        if (d > 0.15)
            fail_msg("row %s differs by %f", y, d);
    }
}

static void test_chips112(void **state)
{
    json_t *j = load("models2_images.json"), *images = json_object_get(j, "images"), *image,
           *face;
    size_t i, k, n = 0;

    (void)state;
    json_array_foreach(images, i, image)
    {
        struct fn_image m;

        if (!decode(json_string_value(json_object_get(image, "file")), &m))
            continue;
        assert_int_equal(m.width, json_integer_value(json_object_get(image, "width")));
        json_array_foreach(json_object_get(image, "faces"), k, face)
        {
            check_chip112(&m, face);
            n++;
        }
        fn_image_destroy(&m);
    }
    json_decref(j);
    assert_true(n > 0);
}

static bool stays_inside(const struct fn_image *m, struct fn_similarity s)
{
    for (int i = 0; i < 4; i++) {
        float x, y;

        fn_similarity_apply(s, i & 1 ? 150 : -1, i & 2 ? 150 : -1, &x, &y);
        if (x < 0 || y < 0 || x > (float)m->width - 1 || y > (float)m->height - 1)
            return false;
    }
    return true;
}

static void check_chip150(const struct fn_image *m, const json_t *face)
{
    static float pixels[150 * 150 * 3];
    struct fn_imagef chip = {pixels, 150, 150};

    fn_warp(m, transform(json_object_get(face, "T_chip_to_image_a_b_tx_ty")), &chip);
    double sum = json_number_value(json_object_get(face, "chip_sum"));
    /* the reference drops a sample that is partly outside; our version uses its inner taps */
    double limit =
        stays_inside(m, transform(json_object_get(face, "T_chip_to_image_a_b_tx_ty"))) ? 1e-6
                                                                                       : 0.02;
    assert_true(fabs(sum_of(&chip) - sum) < limit * sum);
    const json_t *row = json_object_get(face, "chip_row75_first16");
    const json_t *middle = json_object_get(face, "chip_row75_x75_first16");
    assert_true(row_difference(pixels + 3 * 75 * 150, row) < 0.02);
    assert_true(row_difference(pixels + 3 * (75 * 150 + 75), middle) < 0.02);
}

static void test_chips150(void **state)
{
    json_t *j = load("align_dlib68.json"), *images = json_object_get(j, "images"), *image,
           *face;
    size_t i, k, n = 0;

    (void)state;
    json_array_foreach(images, i, image)
    {
        struct fn_image m;

        if (!decode(json_string_value(json_object_get(image, "file")), &m))
            continue;
        json_array_foreach(json_object_get(image, "faces"), k, face)
        {
            check_chip150(&m, face);
            n++;
        }
        fn_image_destroy(&m);
    }
    json_decref(j);
    assert_true(n > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_chips112),
        cmocka_unit_test(test_chips150),
    };

    return cmocka_run_group_tests_name("image golden", tests, NULL, NULL);
}
