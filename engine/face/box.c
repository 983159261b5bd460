/* SPDX-License-Identifier: MIT */
/* Lists of boxes; see box.h. */
#include "engine/face/box.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "engine/base/array.h"

void fn_boxes_finish(struct fn_boxes *b)
{
    if (!b)
        return;
    free(b->v);
    *b = (struct fn_boxes){0};
}

int fn_boxes_add(struct fn_boxes *b, struct fn_box x)
{
    if (b->n >= FN_BOXES_MAX)
        return FN_ELIMIT;
    struct fn_box *v = fn_array_grow(b->v, &b->cap, b->n + 1, sizeof *v);
    if (!v)
        return -ENOMEM;
    b->v = v;
    b->v[b->n++] = x;
    return 0;
}

float fn_box_area(struct fn_box a)
{
    float w = a.x1 - a.x0, h = a.y1 - a.y0;
    return w > 0 && h > 0 ? w * h : 0;
}

float fn_box_overlap(struct fn_box a, struct fn_box b)
{
    struct fn_box c = {
        fmaxf(a.x0, b.x0), fmaxf(a.y0, b.y0), fminf(a.x1, b.x1), fminf(a.y1, b.y1), 0, 0};
    return fn_box_area(c);
}

float fn_box_iou(struct fn_box a, struct fn_box b)
{
    float both = fn_box_overlap(a, b), all = fn_box_area(a) + fn_box_area(b) - both;
    return all > 0 ? both / all : 0;
}

static int compare_floats(float a, float b)
{
    return (a > b) - (a < b);
}

static int compare_boxes(const void *pa, const void *pb)
{
    const struct fn_box *a = pa, *b = pb;
    int c = compare_floats(b->rank, a->rank);
    if (!c)
        c = compare_floats(a->y0, b->y0);
    if (!c)
        c = compare_floats(a->x0, b->x0);
    if (!c)
        c = compare_floats(a->y1, b->y1);
    return c ? c : compare_floats(a->x1, b->x1);
}

void fn_box_sort(struct fn_box *v, size_t n)
{
    if (n > 1)
        qsort(v, n, sizeof *v, compare_boxes);
}

static int suppressed(struct fn_box a, struct fn_box kept, float iou, float inside)
{
    float both = fn_box_overlap(a, kept);
    if (both <= 0)
        return 0;
    float area_a = fn_box_area(a), area_k = fn_box_area(kept);
    return both > iou * (area_a + area_k - both) ||
           (inside < 1 && both > inside * fminf(area_a, area_k));
}

size_t fn_box_nms(struct fn_box *v, size_t n, float iou, float inside, size_t max_keep)
{
    fn_box_sort(v, n);
    size_t kept = 0;
    for (size_t i = 0; i < n && kept < max_keep; i++) {
        size_t k = 0;
        while (k < kept && !suppressed(v[i], v[k], iou, inside))
            k++;
        if (k == kept)
            v[kept++] = v[i];
    }
    return kept;
}
