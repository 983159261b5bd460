/* SPDX-License-Identifier: MIT */
/* Chips from landmarks; see align.h. */
#include "engine/face/align.h"

#include <math.h>
#include <string.h>

static void mean_of(const float (*points)[2], int first, int last, float out[2])
{
    float x = 0, y = 0;
    for (int i = first; i <= last; i++) {
        x += points[i][0];
        y += points[i][1];
    }
    out[0] = x / (float)(last - first + 1);
    out[1] = y / (float)(last - first + 1);
}

/* Landmarks first..last of each of the five points. */
static const int range[5][2] = {{36, 41}, {42, 47}, {30, 30}, {48, 48}, {54, 54}};

void fn_align_five(const float (*points)[2], float five[5][2])
{
    for (int i = 0; i < 5; i++)
        mean_of(points, range[i][0], range[i][1], five[i]);
}

struct fn_similarity fn_align_chip(const struct fn_align *a, const float (*points)[2])
{
    float from[40][2], to[40][2];
    for (uint32_t i = 0; i < a->n_points; i++) {
        from[i][0] = a->point[i].x;
        from[i][1] = a->point[i].y;
        mean_of(points, a->point[i].first, a->point[i].last, to[i]);
    }
    return fn_similarity_fit((const float(*)[2])from, (const float(*)[2])to, a->n_points);
}

/* Where the i-th of the five points is in the chip; false if the template does not have it. */
static bool template_five(const struct fn_align *a, int i, float out[2])
{
    float x = 0, y = 0, n = 0;
    for (uint32_t k = 0; k < a->n_points; k++) {
        if (a->point[k].first < range[i][0] || a->point[k].last > range[i][1])
            continue;
        x += a->point[k].x;
        y += a->point[k].y;
        n += 1;
    }
    out[0] = n > 0 ? x / n : 0;
    out[1] = n > 0 ? y / n : 0;
    return n > 0;
}

/* The fit of those of the five that are known. False if fewer than two are in the template. */
static bool fit_five(const struct fn_align *a, const bool known[5], const float (*five)[2],
                     struct fn_similarity *ret)
{
    float from[5][2], to[5][2];
    size_t n = 0;
    for (int i = 0; i < 5; i++) {
        if (!known[i] || !template_five(a, i, from[n]))
            continue;
        to[n][0] = five[i][0];
        to[n++][1] = five[i][1];
    }
    if (n >= 2)
        *ret = fn_similarity_fit((const float(*)[2])from, (const float(*)[2])to, n);
    return n >= 2;
}

struct fn_similarity fn_align_chip_five(const struct fn_align *a, const float (*five)[2])
{
    static const bool all[5] = {true, true, true, true, true};
    struct fn_similarity s = {0, 0, 0, 0};
    (void)fit_five(a, all, five, &s);
    return s;
}

void fn_align_model_five(const struct fn_align *a, const float (*five)[2], float out[5][2])
{
    struct fn_similarity s = fn_align_chip_five(a, five);
    for (int i = 0; i < 5; i++) {
        float at[2];
        memcpy(out[i], five[i], sizeof out[i]);
        if (template_five(a, i, at))
            fn_similarity_apply(s, at[0], at[1], &out[i][0], &out[i][1]);
    }
}

float fn_align_eye_distance(const struct fn_align *a)
{
    float sum[2][3] = {{0, 0, 0}, {0, 0, 0}};
    for (uint32_t i = 0; i < a->n_points; i++) {
        int eye = a->point[i].first >= 36 && a->point[i].last <= 41   ? 0
                  : a->point[i].first >= 42 && a->point[i].last <= 47 ? 1
                                                                      : -1;
        if (eye < 0)
            continue;
        sum[eye][0] += a->point[i].x;
        sum[eye][1] += a->point[i].y;
        sum[eye][2] += 1;
    }
    if (sum[0][2] <= 0 || sum[1][2] <= 0)
        return 0;
    return hypotf(sum[0][0] / sum[0][2] - sum[1][0] / sum[1][2],
                  sum[0][1] / sum[0][2] - sum[1][1] / sum[1][2]);
}

bool fn_align_plausible_five(const float (*five)[2])
{
    for (int i = 0; i < 5; i++) {
        if (!isfinite(five[i][0]) || !isfinite(five[i][1]))
            return false;
    }
    return hypotf(five[1][0] - five[0][0], five[1][1] - five[0][1]) > .5f ||
           hypotf(five[3][0] - five[0][0], five[3][1] - five[0][1]) > .5f;
}

bool fn_align_plausible(const float (*points)[2])
{
    for (int i = 0; i < FN_POINTS; i++) {
        if (!isfinite(points[i][0]) || !isfinite(points[i][1]))
            return false;
    }
    float five[5][2];
    fn_align_five(points, five);
    return fn_align_plausible_five((const float(*)[2])five);
}
