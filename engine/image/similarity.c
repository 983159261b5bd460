/* SPDX-License-Identifier: MIT */
/* Similarity transforms of the plane: rotation, uniform scale, translation. */
#include <assert.h>

#include "engine/image/resample.h"

struct fn_similarity fn_similarity_invert(struct fn_similarity s)
{
    double sa = (double)s.a, sb = (double)s.b, tx = (double)s.tx, ty = (double)s.ty;
    double d = sa * sa + sb * sb, a = sa / d, b = -sb / d;

    return (struct fn_similarity){(float)a, (float)b, (float)-(a * tx - b * ty),
                                  (float)-(b * tx + a * ty)};
}

void fn_similarity_apply(struct fn_similarity s, float x, float y, float *rx, float *ry)
{
    *rx = s.a * x - s.b * y + s.tx;
    *ry = s.b * x + s.a * y + s.ty;
}

/* Without a reflection the minimum of Umeyama 1991 in two dimensions needs no SVD: with both
 * sets centred, a = sum(fx tx + fy ty) / S, b = sum(fx ty - fy tx) / S, S = sum(fx^2 + fy^2).
 */
struct fn_similarity fn_similarity_fit(const float (*from)[2], const float (*to)[2], size_t n)
{
    double fx = 0, fy = 0, tx = 0, ty = 0, s = 0, a = 0, b = 0;

    assert(n >= 2);
    for (size_t i = 0; i < n; i++) {
        fx += (double)from[i][0];
        fy += (double)from[i][1];
        tx += (double)to[i][0];
        ty += (double)to[i][1];
    }
    fx /= (double)n;
    fy /= (double)n;
    tx /= (double)n;
    ty /= (double)n;
    for (size_t i = 0; i < n; i++) {
        double px = (double)from[i][0] - fx, py = (double)from[i][1] - fy,
               qx = (double)to[i][0] - tx, qy = (double)to[i][1] - ty;

        s += px * px + py * py;
        a += px * qx + py * qy;
        b += px * qy - py * qx;
    }
    /* all points in one place: translate only */
    a = s > 0 ? a / s : 1.0;
    b = s > 0 ? b / s : 0.0;
    return (struct fn_similarity){(float)a, (float)b, (float)(tx - (a * fx - b * fy)),
                                  (float)(ty - (b * fx + a * fy))};
}
