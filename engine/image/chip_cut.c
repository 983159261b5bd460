/* SPDX-License-Identifier: MIT */
/* See chip_cut.h. */
#include "engine/image/chip_cut.h"

#include <math.h>

struct fn_similarity fn_frame_of_box(const float box[4], uint32_t width, uint32_t height)
{
    double w = (double)box[2] * width, h = (double)box[3] * height, side = fmax(w, h);
    double cx = (double)box[0] * width + w / 2, cy = (double)box[1] * height + h / 2;
    return (struct fn_similarity){(float)side, 0.0f, (float)(cx - side / 2),
                                  (float)(cy - side / 2)};
}

struct fn_similarity fn_frame_of_centre(float share, uint32_t width, uint32_t height)
{
    double side = (double)share * (width < height ? width : height);
    return (struct fn_similarity){(float)side, 0.0f, (float)((width - side) / 2),
                                  (float)((height - side) / 2)};
}

static struct fn_wide_similarity widen(struct fn_similarity s)
{
    return (struct fn_wide_similarity){(double)s.a, (double)s.b, (double)s.tx, (double)s.ty};
}

struct fn_similarity fn_wide_narrow(struct fn_wide_similarity s)
{
    return (struct fn_similarity){(float)s.a, (float)s.b, (float)s.tx, (float)s.ty};
}

struct fn_wide_similarity fn_wide_then(struct fn_wide_similarity first,
                                       struct fn_wide_similarity second)
{
    return (struct fn_wide_similarity){second.a * first.a - second.b * first.b,
                                       second.b * first.a + second.a * first.b,
                                       second.a * first.tx - second.b * first.ty + second.tx,
                                       second.b * first.tx + second.a * first.ty + second.ty};
}

struct fn_wide_similarity fn_chip_cut_edges(const struct fn_chip_cut *cut,
                                            struct fn_similarity face)
{
    double w = cut->width, h = cut->height;
    double a = (double)cut->margin / fmin(w, h);
    struct fn_wide_similarity frame = {a, 0, 0.5 + (0.5 - w / 2) * a, 0.5 + (0.5 - h / 2) * a};
    return fn_wide_then(fn_wide_then(frame, widen(cut->move)), widen(face));
}

struct fn_similarity fn_chip_cut_centres(const struct fn_chip_cut *cut,
                                         struct fn_similarity face)
{
    struct fn_wide_similarity s = fn_chip_cut_edges(cut, face);
    s.tx -= 0.5;
    s.ty -= 0.5;
    return fn_wide_narrow(s);
}
