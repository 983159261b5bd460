/* SPDX-License-Identifier: MIT */
/* Chips from landmarks; see align.h. */
#include "engine/face/align.h"

#include <math.h>

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

void fn_align_five(const float (*points)[2], float five[5][2])
{
    static const int range[5][2] = {{36, 41}, {42, 47}, {30, 30}, {48, 48}, {54, 54}};
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

bool fn_align_plausible(const float (*points)[2])
{
    for (int i = 0; i < FN_POINTS; i++) {
        if (!isfinite(points[i][0]) || !isfinite(points[i][1]))
            return false;
    }
    float five[5][2];
    fn_align_five(points, five);
    return hypotf(five[1][0] - five[0][0], five[1][1] - five[0][1]) > .5f ||
           hypotf(five[3][0] - five[0][0], five[3][1] - five[0][1]) > .5f;
}
