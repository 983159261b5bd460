/* SPDX-License-Identifier: MIT */
/* Maps from a picture to its edit, against plain ones: pictures that are turned and mirrored
 * pixel by pixel, and a least-squares solution by elimination. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "engine/base/rng.h"
#include "index/edits/picture_map.h"

enum { SIDE_MAX = 9, TRIALS = 400 };

static double between(struct fn_rng *r, double low, double high)
{
    return low + (high - low) * fn_rng_uniform(r);
}

static void assert_near(double a, double b, double slack)
{
    if (!(fabs(a - b) <= slack))
        fail_msg("%.9g is not %.9g", a, b);
}

/* ---- pixel by pixel ---- */

struct pixels {
    int w, h, at[SIDE_MAX][SIDE_MAX]; /* row, column */
};

static struct pixels mirrored(const struct pixels *p)
{
    struct pixels r = {.w = p->w, .h = p->h};
    for (int y = 0; y < p->h; y++)
        for (int x = 0; x < p->w; x++)
            r.at[y][p->w - 1 - x] = p->at[y][x];
    return r;
}

/* Clockwise: the top row becomes the right column. */
static struct pixels turned(const struct pixels *p)
{
    struct pixels r = {.w = p->h, .h = p->w};
    for (int y = 0; y < p->h; y++)
        for (int x = 0; x < p->w; x++)
            r.at[x][p->h - 1 - y] = p->at[y][x];
    return r;
}

static void check_pixels(const struct pixels *old, const struct pixels *new,
                         const struct fn_picture_map *m, int scale)
{
    for (int y = 0; y < old->h; y++)
        for (int x = 0; x < old->w; x++) {
            double p[2];
            fn_map_apply(m, x + .5, y + .5, p);
            assert_in_range((int)floor(p[0]), 0, new->w *scale - 1);
            assert_in_range((int)floor(p[1]), 0, new->h *scale - 1);
            /* the middle of the pixel becomes the middle of the enlarged pixel */
            int nx = (int)floor(p[0] / scale), ny = (int)floor(p[1] / scale);
            assert_int_equal(new->at[ny][nx], old->at[y][x]);
            assert_near(p[0], (nx + .5) * scale, 1e-6);
            assert_near(p[1], (ny + .5) * scale, 1e-6);
        }
}

static void frames_as_pixel_by_pixel(void **state)
{
    (void)state;
    struct fn_rng r = fn_rng_init(1, 1);
    for (int trial = 0; trial < TRIALS; trial++) {
        struct pixels old = {.w = 1 + (int)fn_rng_below(&r, SIDE_MAX),
                             .h = 1 + (int)fn_rng_below(&r, SIDE_MAX)};
        for (int i = 0; i < old.w * old.h; i++)
            old.at[i / old.w][i % old.w] = i;
        for (unsigned o = 0; o < FN_ORIENTATIONS; o++) {
            struct pixels new = o >= 4 ? mirrored(&old) : old;
            struct fn_picture_map m;
            int scale = 1 + (int)fn_rng_below(&r, 3);
            for (unsigned turn = 0; turn < o % 4; turn++)
                new = turned(&new);
            assert_true(fn_map_of_frames((uint32_t)old.w, (uint32_t)old.h,
                                         (uint32_t)(new.w *scale), (uint32_t)(new.h *scale), o,
                                         &m));
            assert_near(fn_map_scale(&m), scale, 1e-9);
            check_pixels(&old, &new, &m, scale);
        }
    }
}

static void frames_of_another_shape(void **state)
{
    (void)state;
    static const struct {
        uint32_t from[2], to[2];
        bool upright, on_side;
    } cases[] = {
        {{4000, 3000}, {4000, 3000}, true, false},  {{4000, 3000}, {3000, 4000}, false, true},
        {{4000, 3000}, {1000, 750}, true, false},   {{4000, 3000}, {2000, 1470}, true, false},
        {{4000, 3000}, {2000, 1440}, false, false}, /* 4 % */
        {{4000, 3000}, {1470, 2000}, false, true},  {{4000, 3000}, {1440, 2000}, false, false},
        {{3000, 3000}, {900, 900}, true, true},     {{4000, 3000}, {3000, 3000}, false, false},
        {{0, 3000}, {4000, 3000}, false, false},    {{4000, 3000}, {4000, 0}, false, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (unsigned o = 0; o < FN_ORIENTATIONS; o++) {
            struct fn_picture_map m;
            bool is = fn_map_of_frames(cases[i].from[0], cases[i].from[1], cases[i].to[0],
                                       cases[i].to[1], o, &m);
            if (is != (o % 2 ? cases[i].on_side : cases[i].upright))
                fail_msg("case %zu, orientation %u: %d", i, o, is);
        }
}

/* ---- least squares ---- */

/* Solves a 4 x 4 system by elimination with pivots. False: it has no one solution. */
static bool eliminate(double a[4][5], double ret[4])
{
    for (int c = 0; c < 4; c++) {
        int best = c;
        for (int i = c + 1; i < 4; i++)
            best = fabs(a[i][c]) > fabs(a[best][c]) ? i : best;
        for (int k = 0; k < 5; k++) {
            double x = a[c][k];
            a[c][k] = a[best][k];
            a[best][k] = x;
        }
        if (fabs(a[c][c]) < 1e-9)
            return false;
        for (int i = 0; i < 4; i++) {
            double f = a[i][c] / a[c][c];
            for (int k = 0; i != c && k < 5; k++)
                a[i][k] -= f * a[c][k];
        }
    }
    for (int c = 0; c < 4; c++)
        ret[c] = a[c][4] / a[c][c];
    return true;
}

/* Where a landmark of a face goes when the picture is mirrored: what was left is right. */
static int renamed(int landmark, bool mirror)
{
    enum { LEFT_EYE, RIGHT_EYE, NOSE, LEFT_MOUTH, RIGHT_MOUTH };
    switch (landmark) {
    case LEFT_EYE:
        return mirror ? RIGHT_EYE : LEFT_EYE;
    case RIGHT_EYE:
        return mirror ? LEFT_EYE : RIGHT_EYE;
    case LEFT_MOUTH:
        return mirror ? RIGHT_MOUTH : LEFT_MOUTH;
    case RIGHT_MOUTH:
        return mirror ? LEFT_MOUTH : RIGHT_MOUTH;
    default:
        return NOSE;
    }
}

/* The similarity x' = a x - s b y + tx, y' = b x + s a y + ty (s: -1 if mirrored) from the
 * normal equations of all ten. */
static bool plain_similarity(const float from[FN_LANDMARKS][2], const float to[FN_LANDMARKS][2],
                             bool mirror, double ret[4])
{
    double n[4][5] = {{0}}, s = mirror ? -1 : 1;
    for (int i = 0; i < FN_LANDMARKS; i++) {
        double x = (double)from[i][0], y = (double)from[i][1];
        const float *q = to[renamed(i, mirror)];
        const double rows[2][5] = {{x, -s * y, 1, 0, (double)q[0]},
                                   {s * y, x, 0, 1, (double)q[1]}};
        for (int e = 0; e < 2; e++)
            for (int j = 0; j < 4; j++)
                for (int k = 0; k < 5; k++)
                    n[j][k] += rows[e][j] * rows[e][k];
    }
    return eliminate(n, ret);
}

static void any_points(struct fn_rng *r, float out[FN_LANDMARKS][2])
{
    for (int i = 0; i < FN_LANDMARKS; i++)
        for (int k = 0; k < 2; k++)
            out[i][k] = (float)between(r, -100, 100);
}

static void landmarks_by_least_squares(void **state)
{
    (void)state;
    struct fn_rng r = fn_rng_init(2, 1);
    for (int trial = 0; trial < TRIALS; trial++) {
        float from[FN_LANDMARKS][2], to[FN_LANDMARKS][2];
        bool mirror = trial % 2;
        double s = mirror ? -1 : 1, want[4] = {0};
        struct fn_picture_map m;
        any_points(&r, from);
        any_points(&r, to);
        assert_true(
            plain_similarity((const float(*)[2])from, (const float(*)[2])to, mirror, want));
        assert_true(
            fn_map_of_landmarks((const float(*)[2])from, (const float(*)[2])to, mirror, &m));
        assert_near(m.a, want[0], 1e-6);
        assert_near(m.b, -s * want[1], 1e-6);
        assert_near(m.c, want[1], 1e-6);
        assert_near(m.d, s * want[0], 1e-6);
        assert_near(m.tx, want[2], 1e-4);
        assert_near(m.ty, want[3], 1e-4);
    }
}

/* Landmarks that a known edit moved give back this edit. */
static void landmarks_of_a_known_edit(void **state)
{
    (void)state;
    struct fn_rng r = fn_rng_init(3, 1);
    for (int trial = 0; trial < TRIALS; trial++) {
        float from[FN_LANDMARKS][2], to[FN_LANDMARKS][2];
        bool mirror = trial % 2;
        double angle = between(&r, -3.2, 3.2), by = between(&r, .1, 4), width = 4000;
        double tx = between(&r, -500, 500), ty = between(&r, -500, 500), p[2];
        struct fn_picture_map m;
        any_points(&r, from);
        for (int i = 0; i < FN_LANDMARKS; i++) {
            double x = (double)from[i][0], y = (double)from[i][1];
            x = mirror ? width - x : x;
            to[renamed(i, mirror)][0] = (float)(by * (cos(angle) * x - sin(angle) * y) + tx);
            to[renamed(i, mirror)][1] = (float)(by * (sin(angle) * x + cos(angle) * y) + ty);
        }
        assert_true(
            fn_map_of_landmarks((const float(*)[2])from, (const float(*)[2])to, mirror, &m));
        assert_near(fn_map_scale(&m), by, 1e-3);
        for (int i = 0; i < FN_LANDMARKS; i++) {
            fn_map_apply(&m, (double)from[i][0], (double)from[i][1], p);
            assert_near(p[0], (double)to[renamed(i, mirror)][0], .05);
            assert_near(p[1], (double)to[renamed(i, mirror)][1], .05);
        }
    }
}

static void landmarks_that_are_one_point(void **state)
{
    (void)state;
    float face[FN_LANDMARKS][2] = {{0, 0}, {9, 0}, {5, 5}, {2, 9}, {8, 9}},
          point[FN_LANDMARKS][2];
    struct fn_picture_map m;
    for (int i = 0; i < FN_LANDMARKS; i++)
        point[i][0] = point[i][1] = 3;
    for (int mirror = 0; mirror < 2; mirror++) {
        assert_false(
            fn_map_of_landmarks((const float(*)[2])point, (const float(*)[2])face, mirror, &m));
        assert_false(
            fn_map_of_landmarks((const float(*)[2])face, (const float(*)[2])point, mirror, &m));
    }
}

/* ---- inverse and scale ---- */

static void inverse_and_scale(void **state)
{
    (void)state;
    struct fn_rng r = fn_rng_init(4, 1);
    const struct fn_picture_map flat = {2, 4, 1, 2, 3, 5};
    struct fn_picture_map back;
    assert_false(fn_map_inverse(&flat, &back));
    for (int trial = 0; trial < TRIALS; trial++) {
        struct fn_picture_map m = {between(&r, -2, 2),   between(&r, -2, 2),
                                   between(&r, -2, 2),   between(&r, -2, 2),
                                   between(&r, -50, 50), between(&r, -50, 50)};
        double x = between(&r, -90, 90), y = between(&r, -90, 90), p[2], q[2], c[4][2],
               area = 0;
        for (int i = 0; i < 4; i++) /* the corners of a square of side 1, in turn */
            fn_map_apply(&m, x + (i == 1 || i == 2), y + (i > 1), c[i]);
        for (int i = 0; i < 4; i++)
            area += (c[i][0] * c[(i + 1) % 4][1] - c[(i + 1) % 4][0] * c[i][1]) / 2;
        assert_near(fn_map_scale(&m), sqrt(fabs(area)), 1e-4);
        if (fabs(area) < .01)
            continue;
        assert_true(fn_map_inverse(&m, &back));
        fn_map_apply(&m, x, y, p);
        fn_map_apply(&back, p[0], p[1], q);
        assert_near(q[0], x, 1e-6);
        assert_near(q[1], y, 1e-6);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames_as_pixel_by_pixel),
        cmocka_unit_test(frames_of_another_shape),
        cmocka_unit_test(landmarks_by_least_squares),
        cmocka_unit_test(landmarks_of_a_known_edit),
        cmocka_unit_test(landmarks_that_are_one_point),
        cmocka_unit_test(inverse_and_scale),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
