/* SPDX-License-Identifier: MIT */
#include "engine/draw/draw.h"

#include <math.h>
#include <string.h>

void fn_draw_fill(struct fn_image *m, int x, int y, int w, int h, struct fn_rgb c)
{
    int64_t x0 = x > 0 ? x : 0, y0 = y > 0 ? y : 0;
    int64_t x1 = (int64_t)x + w, y1 = (int64_t)y + h;

    x1 = x1 < m->width ? x1 : m->width;
    y1 = y1 < m->height ? y1 : m->height;
    for (int64_t v = y0; v < y1; v++) {
        uint8_t *p = m->data + (size_t)v * m->stride + 3 * (size_t)x0;

        for (int64_t u = x0; u < x1; u++, p += 3) {
            p[0] = c.r;
            p[1] = c.g;
            p[2] = c.b;
        }
    }
}

void fn_draw_rect(struct fn_image *m, int x, int y, int w, int h, int thickness,
                  struct fn_rgb c)
{
    int t = thickness < 1 ? 1 : thickness;

    fn_draw_fill(m, x, y, w, t, c);
    fn_draw_fill(m, x, y + h - t, w, t, c);
    fn_draw_fill(m, x, y, t, h, c);
    fn_draw_fill(m, x + w - t, y, t, h, c);
}

static void blend(uint8_t *p, struct fn_rgb c, double alpha)
{
    const uint8_t to[3] = {c.r, c.g, c.b};

    for (int i = 0; i < 3; i++)
        p[i] = (uint8_t)(p[i] + (to[i] - p[i]) * alpha + .5);
}

/* Distance of a point from a segment. */
static double distance(double px, double py, double x0, double y0, double x1, double y1)
{
    double dx = x1 - x0, dy = y1 - y0, length2 = dx * dx + dy * dy;
    double t = length2 > 0 ? ((px - x0) * dx + (py - y0) * dy) / length2 : 0;

    t = t < 0 ? 0 : t > 1 ? 1 : t;
    return hypot(px - x0 - t * dx, py - y0 - t * dy);
}

/* The whole numbers of [lo, hi) within [0, n). */
static void span(double lo, double hi, uint32_t n, uint32_t *from, uint32_t *to)
{
    *from = lo > 0 ? (lo < n ? (uint32_t)lo : n) : 0;
    *to = hi > 0 ? (hi < n ? (uint32_t)ceil(hi) : n) : 0;
}

void fn_draw_line(struct fn_image *m, double x0, double y0, double x1, double y1, double width,
                  struct fn_rgb c)
{
    double r = width / 2 + .5;
    uint32_t u0, u1, v0, v1;

    if (!isfinite(x0) || !isfinite(y0) || !isfinite(x1) || !isfinite(y1) || !(width > 0))
        return;
    span(fmin(x0, x1) - r, fmax(x0, x1) + r, m->width, &u0, &u1);
    span(fmin(y0, y1) - r, fmax(y0, y1) + r, m->height, &v0, &v1);
    for (uint32_t v = v0; v < v1; v++)
        for (uint32_t u = u0; u < u1; u++) {
            double cover = r - distance(u + .5, v + .5, x0, y0, x1, y1);

            if (cover > 0)
                blend(m->data + v * m->stride + 3 * (size_t)u, c, cover < 1 ? cover : 1);
        }
}

void fn_draw_blend(struct fn_image *m, int x, int y, int w, int h, struct fn_rgb c,
                   double alpha)
{
    uint32_t u0, u1, v0, v1;

    span(x, (double)x + w, m->width, &u0, &u1);
    span(y, (double)y + h, m->height, &v0, &v1);
    for (uint32_t v = v0; v < v1; v++)
        for (uint32_t u = u0; u < u1; u++)
            blend(m->data + v * m->stride + 3 * (size_t)u, c, alpha);
}

void fn_draw_blit(struct fn_image *m, int x, int y, const struct fn_image *src)
{
    int64_t x0 = x > 0 ? x : 0, x1 = (int64_t)x + src->width;

    x1 = x1 < m->width ? x1 : m->width;
    if (x1 <= x0)
        return;
    for (uint32_t row = 0; row < src->height; row++) {
        int64_t v = (int64_t)y + row;

        if (v >= 0 && v < m->height)
            memcpy(m->data + (size_t)v * m->stride + 3 * (size_t)x0,
                   src->data + row * src->stride + 3 * (size_t)(x0 - x), 3 * (size_t)(x1 - x0));
    }
}
