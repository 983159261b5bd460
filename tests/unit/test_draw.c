/* SPDX-License-Identifier: MIT */
/* Rectangles and copies are clipped to the picture. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "engine/draw/draw.h"
#include "tests/unit/made_picture.h"

static unsigned ink(const struct fn_image *m)
{
    unsigned n = 0;

    for (size_t i = 0; i < m->stride * m->height; i++)
        n += m->data[i] != 0;
    return n;
}

static void test_draw(void **state)
{
    const struct fn_rgb white = {255, 255, 255};
    struct fn_image m, small = picture_pattern(4, 4);

    (void)state;
    assert_int_equal(fn_image_create(64, 32, &m), 0);
    fn_draw_rect(&m, -5, -5, 500, 500, 3, white); /* checked by ASan too */
    fn_draw_fill(&m, 100, 100, 5, 5, white);
    fn_draw_blit(&m, -2, -2, &small);
    fn_draw_blit(&m, 62, 30, &small);
    fn_draw_blit(&m, 640, 30, &small);
    assert_int_equal(m.data[0], small.data[2 * small.stride + 6]);
    memset(m.data, 0, m.stride * 32);
    fn_draw_rect(&m, 10, 5, 8, 6, 1, white);
    assert_int_equal(ink(&m), 3 * (8 * 6 - 6 * 4));
    fn_image_destroy(&m);
    fn_image_destroy(&small);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_draw)};
    return cmocka_run_group_tests_name("draw", tests, NULL, NULL);
}
