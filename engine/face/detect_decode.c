/* SPDX-License-Identifier: MIT */
/* Box decoding for the three kinds of detector heads; see detect_decode.h.
 *
 * Scores are compared before exponentials are taken where that is exact enough: nearly every
 * anchor is background. */
#include "engine/face/detect_decode.h"

#include <math.h>

struct target {
    const struct fn_decode *d;
    float net_w, net_h, min_score;
    struct fn_boxes *out;
};

struct anchor {
    float cx, cy, w, h; /* network pixels */
};

static float sigmoid(float x)
{
    return 1.0f / (1.0f + expf(-x));
}

static int add_box(const struct target *t, float cx, float cy, float w, float h, float score)
{
    struct fn_box b = {cx - w / 2, cy - h / 2, cx + w / 2, cy + h / 2, score, score};
    if (!isfinite(b.x0) || !isfinite(b.y0) || !isfinite(b.x1) || !isfinite(b.y1))
        return 0; /* the overflow of a broken model is not a face */
    return fn_boxes_add(t->out, b);
}

/* p: dx, dy, dw, dh relative to the anchor. */
static int add_offset_box(const struct target *t, struct anchor a, const float p[4],
                          float score)
{
    float vc = t->d->var_centre, vs = t->d->var_size;
    return add_box(t, a.cx + vc * p[0] * a.w, a.cy + vc * p[1] * a.h, a.w * expf(vs * p[2]),
                   a.h * expf(vs * p[3]), score);
}

/* Softmax probability of class face among n logits. */
static float softmax_score(const float *logit, uint32_t n, uint32_t face)
{
    float sum = 0;
    for (uint32_t c = 0; c < n; c++)
        sum += expf(logit[c] - logit[face]);
    return 1.0f / sum;
}

static int softmax_level(const struct target *t, const struct fn_anchor_level *level,
                         struct fn_map_view score, struct fn_map_view box)
{
    const struct fn_decode *d = t->d;
    float step_x = t->net_w / (float)box.w, step_y = t->net_h / (float)box.h;
    for (uint32_t y = 0; y < box.h; y++) {
        for (uint32_t x = 0; x < box.w; x++) {
            size_t cell = (size_t)y * box.w + x;
            for (uint32_t k = 0; k < level->n_anchors; k++) {
                const float *logit = score.data + cell * score.c + (size_t)k * d->n_classes;
                float s = softmax_score(logit, d->n_classes, d->face_class);
                if (!(s > t->min_score))
                    continue;
                struct anchor a = {((float)x + .5f) * step_x, ((float)y + .5f) * step_y,
                                   level->side[k], level->side[k]};
                int rc = add_offset_box(t, a, box.data + cell * box.c + (size_t)k * 4, s);
                if (rc)
                    return rc;
            }
        }
    }
    return 0;
}

/* anchors: rows of this level (ymin, xmin, ymax, xmax), 0..1; offsets are in the order dy, dx,
 * dh, dw. */
static int sigmoid_level(const struct target *t, const float *anchors, uint32_t per_cell,
                         struct fn_map_view score, struct fn_map_view box)
{
    const struct fn_decode *d = t->d;
    size_t n = (size_t)box.h * box.w * per_cell;
    for (size_t i = 0; i < n; i++) {
        size_t cell = i / per_cell, k = i % per_cell;
        float s = sigmoid(score.data[cell * score.c + k * d->n_classes + d->face_class]);
        if (!(s > t->min_score))
            continue;
        const float *r = anchors + i * 4, *o = box.data + cell * box.c + k * 4;
        struct anchor a = {(r[1] + r[3]) / 2 * t->net_w, (r[0] + r[2]) / 2 * t->net_h,
                           (r[3] - r[1]) * t->net_w, (r[2] - r[0]) * t->net_h};
        int rc = add_offset_box(t, a, (const float[4]){o[1], o[0], o[3], o[2]}, s);
        if (rc)
            return rc;
    }
    return 0;
}

/* anchors: rows (0, 0, height, width) in cells; five numbers per anchor: tx, ty, tw, th,
 * objectness. */
static int yolo_level(const struct target *t, const float *anchors, uint32_t per_cell,
                      struct fn_map_view map)
{
    float step_x = t->net_w / (float)map.w, step_y = t->net_h / (float)map.h;
    size_t n = (size_t)map.h * map.w * per_cell;
    for (size_t i = 0; i < n; i++) {
        size_t cell = i / per_cell, k = i % per_cell;
        const float *o = map.data + cell * map.c + k * 5;
        float s = sigmoid(o[4]);
        if (!(s > t->min_score))
            continue;
        size_t column = cell % map.w, row = cell / map.w;
        float x = (float)column, y = (float)row;
        int rc = add_box(t, (x + sigmoid(o[0])) * step_x, (y + sigmoid(o[1])) * step_y,
                         expf(o[2]) * anchors[k * 4 + 3] * step_x,
                         expf(o[3]) * anchors[k * 4 + 2] * step_y, s);
        if (rc)
            return rc;
    }
    return 0;
}

/* The maps of one level, when they have the channels that the decode data claims. */
static bool level_maps(const struct fn_decode *d, const struct fn_anchor_level *level,
                       const struct fn_map_view *maps, uint32_t n_maps,
                       struct fn_map_view *score, struct fn_map_view *box)
{
    if (level->box_output >= n_maps || level->score_output >= n_maps || !level->n_anchors)
        return false;
    *score = maps[level->score_output];
    *box = maps[level->box_output];
    if (d->kind == FN_DECODE_YOLO)
        return box->c == level->n_anchors * 5u && level->n_anchors <= d->n_anchors;
    if (d->face_class >= d->n_classes || score->w != box->w || score->h != box->h)
        return false;
    return score->c == level->n_anchors * d->n_classes && box->c == level->n_anchors * 4u;
}

int fn_detect_decode(const struct fn_decode *d, const struct fn_map_view *maps, uint32_t n_maps,
                     uint32_t net_w, uint32_t net_h, float min_score, struct fn_boxes *out,
                     struct fn_error *err)
{
    struct target t = {d, (float)net_w, (float)net_h, min_score, out};
    size_t used = 0; /* stored anchors consumed by earlier levels */
    for (uint32_t i = 0; i < d->n_levels; i++) {
        const struct fn_anchor_level *level = &d->level[i];
        struct fn_map_view score, box;
        if (!level_maps(d, level, maps, n_maps, &score, &box))
            return fn_error_set(err, FN_EMODEL, "detector level %u does not fit its maps", i);
        int rc = FN_EMODEL;
        if (d->kind == FN_DECODE_ANCHORS_SOFTMAX && level->n_anchors <= FN_ANCHORS_MAX) {
            rc = softmax_level(&t, level, score, box);
        } else if (d->kind == FN_DECODE_ANCHORS_SIGMOID) {
            size_t n = (size_t)box.h * box.w * level->n_anchors;
            if (n <= d->n_anchors - used && d->anchors)
                rc = sigmoid_level(&t, d->anchors + used * 4, level->n_anchors, score, box);
            used += rc ? 0 : n;
        } else if (d->kind == FN_DECODE_YOLO && d->anchors) {
            rc = yolo_level(&t, d->anchors, level->n_anchors, box);
        }
        if (rc)
            return fn_error_set(err, rc, "cannot decode detector level %u", i);
    }
    return 0;
}
