/* SPDX-License-Identifier: MIT */
/* The quality of a face; see quality.h and docs/quality.md. */
#include "engine/face/quality.h"

#include <math.h>

static float clamp01(float x)
{
    return x < 0 ? 0 : x > 1 ? 1 : x;
}

static const float degrees = 57.2957795f;

float fn_quality_size(float eyes_px)
{
    return clamp01((eyes_px - 4) / 28);
}

static float luma(const float *p)
{
    return .299f * p[0] + .587f * p[1] + .114f * p[2];
}

/* Mean |Laplacian| over the standard deviation, both over the central part of the chip, where
 * the face is; a blur of one chip pixel halves it. */
float fn_quality_sharpness(const struct fn_imagef *chip)
{
    uint32_t w = chip->width, h = chip->height, x0 = w / 5, y0 = h / 4, x1 = w - x0,
             y1 = h - h / 8;
    double sum = 0, sum2 = 0, edges = 0;
    for (uint32_t y = y0; y < y1; y++) {
        for (uint32_t x = x0; x < x1; x++) {
            const float *p = chip->data + ((size_t)y * w + x) * 3, *up = p - (size_t)w * 3,
                        *down = p + (size_t)w * 3;
            float c = luma(p);
            sum += (double)c;
            sum2 += (double)c * (double)c;
            edges += (double)fabsf(4 * c - luma(p - 3) - luma(p + 3) - luma(up) - luma(down));
        }
    }
    double n = (double)(y1 - y0) * (x1 - x0);
    double variance = sum2 / n - sum / n * (sum / n);
    /* The constant keeps noise on a flat chip from counting as detail. */
    double ratio = edges / n / sqrt(fmax(variance, 0) + 25);
    return clamp01((float)(ratio / .25));
}

float fn_quality_pose(float yaw_deg)
{
    return clamp01(1 - (fabsf(yaw_deg) - 15) / 75);
}

/* Outer eye corners and nose tip. */
static void pose_of(const float left[2], const float right[2], const float nose[2],
                    float *ret_yaw_deg, float *ret_roll_deg)
{
    /* Distance of the nose tip from the plane of the eyes, in half distances of the outer eye
     * corners, of a mean head. */
    static const float nose_depth = .6f;
    float dx = right[0] - left[0], dy = right[1] - left[1];
    float mx = (right[0] + left[0]) / 2, my = (right[1] + left[1]) / 2;
    float length2 = dx * dx + dy * dy;
    *ret_roll_deg = atan2f(dy, dx) * degrees;
    if (length2 < 1e-6f) {
        *ret_yaw_deg = 90;
        return;
    }
    float along = ((nose[0] - mx) * dx + (nose[1] - my) * dy) / length2 * 2;
    *ret_yaw_deg = atanf(along / nose_depth) * degrees;
}

void fn_pose_from_points(const float (*points)[2], float *ret_yaw_deg, float *ret_roll_deg)
{
    pose_of(points[36], points[45], points[30], ret_yaw_deg, ret_roll_deg);
}

void fn_pose_from_five(const float (*five)[2], float *ret_yaw_deg, float *ret_roll_deg)
{
    /* Half of what the outer corners are further apart than the means, over the distance of the
     * means: of dlib's mean face. */
    static const float beyond = .196f;
    float dx = (five[1][0] - five[0][0]) * beyond, dy = (five[1][1] - five[0][1]) * beyond;
    const float left[2] = {five[0][0] - dx, five[0][1] - dy},
                right[2] = {five[1][0] + dx, five[1][1] + dy};
    pose_of(left, right, five[2], ret_yaw_deg, ret_roll_deg);
}

struct fn_quality fn_quality_of(float eyes_px, float sharpness, float yaw_deg)
{
    struct fn_quality q = {fn_quality_size(eyes_px), clamp01(sharpness),
                           fn_quality_pose(yaw_deg), 0};
    q.product = q.size * q.sharpness * q.pose;
    return q;
}
