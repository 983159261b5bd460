/* SPDX-License-Identifier: MIT */
/* Where the chip of a face lies in a photo, by numbers alone.
 *
 * A frame is a similarity from the unit square, whose edges are those of the tight face frame,
 * to upright pixels of the full-size picture, whose pixel (x, y) covers [x, x + 1) x [y, y +
 * 1). fn_warp counts from pixel centres instead: half a pixel less. */
#ifndef FN_ENGINE_IMAGE_CHIP_CUT_H
#define FN_ENGINE_IMAGE_CHIP_CUT_H

#include "engine/image/resample.h"

enum { FN_CHIP_SIDE_MAX = 4096 };

struct fn_chip_cut {
    uint32_t width, height;    /* of the chip, 1..FN_CHIP_SIDE_MAX */
    float margin;              /* side of what is cut over the side of the frame, > 0 */
    struct fn_similarity move; /* of the unit square of the chip to that of the frame */
    struct fn_similarity face; /* the frame */
    bool has_face;             /* it is known */
    bool need_face;            /* when it is not: FN_ENOTFOUND ... */
    float centre_share;        /* ... or the centre square of this share of the shorter side */
};

/* The square frame of a box of fractions in a width x height picture. */
struct fn_similarity fn_frame_of_box(const float box[4], uint32_t width, uint32_t height);
/* The centre square of share of the shorter side. */
struct fn_similarity fn_frame_of_centre(float share, uint32_t width, uint32_t height);

/* A similarity in double: several are put together before the result is rounded once. */
struct fn_wide_similarity {
    double a, b, tx, ty;
};
struct fn_similarity fn_wide_narrow(struct fn_wide_similarity s);
/* first, then second */
struct fn_wide_similarity fn_wide_then(struct fn_wide_similarity first,
                                       struct fn_wide_similarity second);
/* From chip pixel centres to picture positions that count from pixel edges; face: of cut, or
 * what stands in for it. */
struct fn_wide_similarity fn_chip_cut_edges(const struct fn_chip_cut *cut,
                                            struct fn_similarity face);
/* The same as fn_warp takes it: to full-size picture pixels, by pixel centres. */
struct fn_similarity fn_chip_cut_centres(const struct fn_chip_cut *cut,
                                         struct fn_similarity face);

#endif
