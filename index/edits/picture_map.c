/* SPDX-License-Identifier: MIT */
#include "index/edits/picture_map.h"

#include <math.h>
#include <string.h>

#define SHAPE_SLACK .03

bool fn_map_of_frames(uint32_t from_w, uint32_t from_h, uint32_t to_w, uint32_t to_h,
                      unsigned orientation, struct fn_picture_map *ret)
{
    bool swapped = orientation & 1;
    double w = to_w, h = to_h, fw = from_w, fh = from_h;
    if (!from_w || !from_h || !to_w || !to_h)
        return false;
    double shape = (w / h) / (swapped ? fh / fw : fw / fh);
    if (fabs(log(shape)) > SHAPE_SLACK)
        return false;
    /* u: from left to right of the source, v: from top to bottom; both from 0 to 1 */
    double u = (orientation & 4) ? -1 : 1, u0 = (orientation & 4) ? 1 : 0;
    struct fn_picture_map m = {0};
    switch (orientation & 3) {
    case 0:
        m = (struct fn_picture_map){u * w / fw, 0, 0, h / fh, u0 * w, 0};
        break;
    case 1: /* x' = 1 - v, y' = u */
        m = (struct fn_picture_map){0, -w / fh, u * h / fw, 0, w, u0 * h};
        break;
    case 2:
        m = (struct fn_picture_map){-u * w / fw, 0, 0, -h / fh, w - u0 * w, h};
        break;
    default: /* x' = v, y' = 1 - u */
        m = (struct fn_picture_map){0, w / fh, -u * h / fw, 0, 0, h - u0 * h};
        break;
    }
    *ret = m;
    return true;
}

bool fn_map_of_landmarks(const float from[FN_LANDMARKS][2], const float to[FN_LANDMARKS][2],
                         bool mirrored, struct fn_picture_map *ret)
{
    static const int other_side[FN_LANDMARKS] = {1, 0, 2, 4, 3};
    double p[FN_LANDMARKS][2], mean[2] = {0}, goal[2] = {0}, re = 0, im = 0, norm = 0;
    for (int i = 0; i < FN_LANDMARKS; i++) {
        const float *f = from[mirrored ? other_side[i] : i];
        p[i][0] = mirrored ? -(double)f[0] : (double)f[0];
        p[i][1] = (double)f[1];
        for (int k = 0; k < 2; k++) {
            mean[k] += p[i][k] / FN_LANDMARKS;
            goal[k] += (double)to[i][k] / FN_LANDMARKS;
        }
    }
    /* as complex numbers: q = s p + t, s = sum(q conj(p)) / sum(|p|^2) about the means */
    for (int i = 0; i < FN_LANDMARKS; i++) {
        double x = p[i][0] - mean[0], y = p[i][1] - mean[1];
        double gx = (double)to[i][0] - goal[0], gy = (double)to[i][1] - goal[1];
        re += gx * x + gy * y;
        im += gy * x - gx * y;
        norm += x * x + y * y;
    }
    if (norm <= 0 || (re == 0 && im == 0))
        return false;
    re /= norm;
    im /= norm;
    double side = mirrored ? -1 : 1;
    *ret = (struct fn_picture_map){.a = side * re,
                                   .b = -im,
                                   .c = side * im,
                                   .d = re,
                                   .tx = goal[0] - (re * mean[0] - im * mean[1]),
                                   .ty = goal[1] - (im * mean[0] + re * mean[1])};
    return true;
}

void fn_map_apply(const struct fn_picture_map *m, double x, double y, double ret[2])
{
    ret[0] = m->a * x + m->b * y + m->tx;
    ret[1] = m->c * x + m->d * y + m->ty;
}

double fn_map_scale(const struct fn_picture_map *m)
{
    return sqrt(fabs(m->a * m->d - m->b * m->c));
}

bool fn_map_inverse(const struct fn_picture_map *m, struct fn_picture_map *ret)
{
    double det = m->a * m->d - m->b * m->c;
    if (!(fabs(det) > 1e-12))
        return false;
    struct fn_picture_map r = {m->d / det, -m->b / det, -m->c / det, m->a / det, 0, 0};
    r.tx = -(r.a * m->tx + r.b * m->ty);
    r.ty = -(r.c * m->tx + r.d * m->ty);
    *ret = r;
    return true;
}
