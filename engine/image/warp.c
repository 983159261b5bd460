/* SPDX-License-Identifier: MIT */
/* Sampling a similarity of the source, bilinear, with n x n samples per output pixel when it
 * minifies.
 *
 * Sub-sample (i, j) of output pixel (x, y) is at x + (i + .5) / n - .5 (y alike); each of its
 * four taps that is outside the source is black. Coordinates are double: a float at 4000 px has
 * steps of 1/4096, which a hard edge turns into visible differences between machines that
 * contract and those that do not.
 */
#include <math.h>

#include "engine/image/resample.h"

enum { SUPERSAMPLE_MAX = 64 };
#define SCALE_SLACK 0.01 /* up to 1 % of minifying is left to the bilinear filter */

/* A fn_similarity in double. */
struct wide {
    double a, b, tx, ty;
};

struct sampler {
    const struct fn_image *src;
    double a, b; /* source step per sub-sample along x: (a, b); along y: (-b, a) */
};

static void add_tap(const struct fn_image *m, int64_t x, int64_t y, float w, float sum[3])
{
    if (x < 0 || y < 0 || x >= m->width || y >= m->height)
        return;
    const uint8_t *p = m->data + (size_t)y * m->stride + 3 * (size_t)x;
    sum[0] += w * (float)p[0];
    sum[1] += w * (float)p[1];
    sum[2] += w * (float)p[2];
}

/* Positions anywhere, also far outside. */
static void sample_edge(const struct fn_image *m, double x, double y, float sum[3])
{
    if (!(x > -1.0 && y > -1.0 && x < m->width && y < m->height))
        return;
    double bx = floor(x), by = floor(y);
    float fx = (float)(x - bx), fy = (float)(y - by);
    int64_t ix = (int64_t)bx, iy = (int64_t)by;

    add_tap(m, ix, iy, (1.0f - fx) * (1.0f - fy), sum);
    add_tap(m, ix + 1, iy, fx * (1.0f - fy), sum);
    add_tap(m, ix, iy + 1, (1.0f - fx) * fy, sum);
    add_tap(m, ix + 1, iy + 1, fx * fy, sum);
}

/* All four taps are inside. */
static void sample_inside(const struct fn_image *m, double x, double y, float sum[3])
{
    size_t ix = (size_t)x, iy = (size_t)y;
    float fx = (float)(x - (double)ix), fy = (float)(y - (double)iy);
    float w00 = (1.0f - fx) * (1.0f - fy), w10 = fx * (1.0f - fy);
    float w01 = (1.0f - fx) * fy, w11 = fx * fy;
    const uint8_t *p = m->data + iy * m->stride + 3 * ix, *q = p + m->stride;

    for (int c = 0; c < 3; c++)
        sum[c] += w00 * (float)p[c] + w10 * (float)p[c + 3] + w01 * (float)q[c] +
                  w11 * (float)q[c + 3];
}

/* One output pixel: n x n samples from (x, y) on. */
static void sample_pixel(const struct sampler *s, double x, double y, int n, bool inside,
                         float sum[3])
{
    for (int j = 0; j < n; j++) {
        for (int i = 0; i < n; i++) {
            double px = x + s->a * i - s->b * j, py = y + s->b * i + s->a * j;

            if (inside)
                sample_inside(s->src, px, py, sum);
            else
                sample_edge(s->src, px, py, sum);
        }
    }
}

/* Whether an affine image of the output rectangle, and so each sample, stays inside by its
 * corners. */
static bool all_inside(const struct fn_image *m, struct wide s, const struct fn_imagef *dst)
{
    double lo = -0.5, w = dst->width - 0.5, h = dst->height - 0.5;
    double corner[4][2] = {{lo, lo}, {w, lo}, {lo, h}, {w, h}};

    for (int i = 0; i < 4; i++) {
        double x = s.a * corner[i][0] - s.b * corner[i][1] + s.tx;
        double y = s.b * corner[i][0] + s.a * corner[i][1] + s.ty;

        if (!(x >= 0.0 && y >= 0.0 && x < m->width - 1.001 && y < m->height - 1.001))
            return false;
    }
    return true;
}

static int samples_per_side(double scale)
{
    if (!(scale > 1.0 + SCALE_SLACK))
        return 1;
    return scale < SUPERSAMPLE_MAX ? (int)ceil(scale - SCALE_SLACK) : SUPERSAMPLE_MAX;
}

void fn_warp(const struct fn_image *src, struct fn_similarity s, struct fn_imagef *dst)
{
    struct wide t = {(double)s.a, (double)s.b, (double)s.tx, (double)s.ty};
    double scale = sqrt(t.a * t.a + t.b * t.b);
    int n = samples_per_side(scale);
    struct sampler sampler = {src, t.a / n, t.b / n};
    bool inside = all_inside(src, t, dst);
    double first = 0.5 / n - 0.5;
    float mean = 1.0f / (float)(n * n);

    for (uint32_t y = 0; y < dst->height; y++) {
        float *out = dst->data + 3 * (size_t)y * dst->width;

        for (uint32_t x = 0; x < dst->width; x++, out += 3) {
            double u = x + first, v = y + first;
            float sum[3] = {0.0f, 0.0f, 0.0f};

            sample_pixel(&sampler, t.a * u - t.b * v + t.tx, t.b * u + t.a * v + t.ty, n,
                         inside, sum);
            out[0] = sum[0] * mean;
            out[1] = sum[1] * mean;
            out[2] = sum[2] * mean;
        }
    }
}

void fn_crop_square(const struct fn_image *src, float cx, float cy, float l,
                    struct fn_imagef *dst)
{
    float scale = l / (float)dst->width;
    float corner =
        0.5f * scale - 0.5f; /* centre of output pixel 0, pixel centres at whole numbers */

    fn_warp(src,
            (struct fn_similarity){scale, 0.0f, cx - 0.5f * l + corner, cy - 0.5f * l + corner},
            dst);
}
