/* SPDX-License-Identifier: MIT */
/* Boxes with scores, and the two ways to reduce their number.
 *
 * Edges are in pixels of a frame that the owner defines; a box covers [x0, x1) x [y0, y1).
 * Orders are total (score, then position), so the same boxes give the same result in any order
 * of input.
 */
#ifndef FN_ENGINE_FACE_BOX_H
#define FN_ENGINE_FACE_BOX_H

#include <stddef.h>

#include "engine/base/error.h"

struct fn_box {
    float x0, y0, x1, y1;
    float score; /* what is reported: probability of a face */
    float rank;  /* what decides between overlapping boxes */
};

/* A growing list; its memory is reused between photos. */
struct fn_boxes {
    struct fn_box *v;
    size_t n, cap;
};

enum { FN_BOXES_MAX = 1 << 17 }; /* more raw candidates than any sane photo gives */

void fn_boxes_finish(struct fn_boxes *b); /* NULL-safe */
/* -ENOMEM; FN_ELIMIT past FN_BOXES_MAX. */
FN_NODISCARD int fn_boxes_add(struct fn_boxes *b, struct fn_box x);

float fn_box_area(struct fn_box a);
float fn_box_overlap(struct fn_box a, struct fn_box b); /* area of the intersection */
float fn_box_iou(struct fn_box a, struct fn_box b);     /* 0 when both are empty */

/* Sorts v[0..n) by rank, highest first. */
void fn_box_sort(struct fn_box *v, size_t n);
/* Greedy non-maximum suppression: keeps a box unless its IoU with a box kept before is above
 * iou, or (inside < 1) the intersection is more than that fraction of the smaller of the two.
 * Sorts, compacts, returns how many are left; stops after max_keep. O(n * kept). */
size_t fn_box_nms(struct fn_box *v, size_t n, float iou, float inside, size_t max_keep);

#endif
