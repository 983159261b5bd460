/* SPDX-License-Identifier: MIT */
/* A loose face whose host is replaced by one farther away is assigned to the nearest of all
 * hosts, not only of the new ones. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "engine/kernels/vector.h"
#include "index/grouping/grouping.h"

enum { WIDTH = 32, HOST = 4, FACES = 1 + 3 * HOST };

static int16_t vectors[FACES][WIDTH];
static struct fn_grouping_face faces[FACES];

static uint32_t exact(double d2)
{
    return (uint32_t)(d2 * FN_Q14_ONE);
}

/* At squared distance d2 from the first axis, along another one. */
static void place(size_t i, double d2, size_t axis)
{
    double along = 1 - d2 / 2;
    vectors[i][0] = (int16_t)lround(16384 * along);
    if (axis)
        vectors[i][axis] = (int16_t)lround(16384 * sqrt(1 - along * along));
    faces[i] = (struct fn_grouping_face){
        .id = (uint32_t)i + 1, .key = 100 + i, .photo = (uint32_t)i + 1, .x = vectors[i]};
}

static uint64_t group_of(struct fn_grouping *g, size_t i)
{
    uint64_t group = 0;
    assert_int_equal(fn_grouping_of(g, faces[i].id, &group), 0);
    return group;
}

static void nearest_of_all(void **state)
{
    (void)state;
    struct fn_grouping_thresholds t = {.net = exact(.01)};
    struct fn_grouping *g = NULL;
    uint32_t gone[HOST];
    for (int i = 0; i < FN_GROUPING_ROUNDS; i++)
        t.level1[i] = t.level2[i] = exact(.02);
    for (int i = 0; i < FN_GROUPING_LADDER; i++)
        t.attach[i] = exact(.9);
    place(0, 0, 0);
    for (size_t k = 0; k < HOST; k++) {
        place(1 + k, .50, 1);
        place(1 + HOST + k, .55, 2);
        place(1 + 2 * HOST + k, .60, 3);
        gone[k] = faces[1 + k].id;
    }
    assert_int_equal(fn_grouping_create(WIDTH, &t, NULL, &g), 0);
    assert_int_equal(fn_grouping_update(g, NULL, 0, faces, 1 + 2 * HOST), 0);
    assert_true(group_of(g, 0) == group_of(g, 1));
    assert_true(group_of(g, 0) != group_of(g, 1 + HOST));
    assert_int_equal(fn_grouping_update(g, gone, HOST, faces + 1 + 2 * HOST, HOST), 0);
    assert_true(group_of(g, 0) == group_of(g, 1 + HOST));
    fn_grouping_destroy(g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(nearest_of_all)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
