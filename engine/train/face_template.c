/* SPDX-License-Identifier: MIT */
/* See face_template.h. */
#include "engine/train/face_template.h"

/* The chip of the ArcFace family (Deng et al. 2019) in the unit square: eye centres, nose tip,
 * corners of the mouth. Pixel centres of 112. */
static const float five[5][2] = {{38.7946f / 112, 52.1963f / 112},
                                 {74.0318f / 112, 52.0014f / 112},
                                 {56.5252f / 112, 72.2366f / 112},
                                 {42.0493f / 112, 92.8655f / 112},
                                 {71.2299f / 112, 92.7041f / 112}};

static const uint8_t landmarks[5][2] = {{36, 41}, {42, 47}, {30, 30}, {48, 48}, {54, 54}};

void fn_face_template_align(struct fn_align *a, uint32_t width, uint32_t height, float frame)
{
    float side = (float)(width < height ? width : height) / frame;
    *a = (struct fn_align){.chip = width, .n_points = 5};
    for (int i = 0; i < 5; i++) {
        a->point[i].first = landmarks[i][0];
        a->point[i].last = landmarks[i][1];
        a->point[i].x = (five[i][0] - .5f) * side + (float)width / 2 - .5f;
        a->point[i].y = (five[i][1] - .5f) * side + (float)height / 2 - .5f;
    }
}

/* The mean position of some landmarks in the chip of a model. False if it is not aligned by
 * them. */
static bool place_of(const struct fn_align *a, const uint8_t range[2], float ret[2])
{
    float x = 0, y = 0;
    uint32_t n = 0;
    for (uint32_t i = 0; i < a->n_points; i++) {
        if (a->point[i].first < range[0] || a->point[i].last > range[1])
            continue;
        x += a->point[i].x;
        y += a->point[i].y;
        n++;
    }
    ret[0] = x / (float)n;
    ret[1] = y / (float)n;
    return n > 0;
}

struct fn_face_template fn_face_template_of(const struct fn_model *m, float frame)
{
    uint32_t w = m->pre.width, h = m->pre.height;
    float side = (float)(w < h ? w : h) / frame, place[5][2];
    struct fn_face_template t;
    bool own = true;
    for (int i = 0; i < 5; i++)
        own = own && place_of(&m->align, landmarks[i], place[i]);
    for (int i = 0; i < 5; i++) {
        t.at[i][0] = own ? (place[i][0] + .5f - (float)w / 2) / side + .5f : five[i][0];
        t.at[i][1] = own ? (place[i][1] + .5f - (float)h / 2) / side + .5f : five[i][1];
    }
    return t;
}

struct fn_similarity fn_face_template_frame(const struct fn_face_template *t,
                                            const float points[5][2])
{
    return fn_similarity_fit(t->at, points, 5);
}
