/* SPDX-License-Identifier: MIT */
#include "tests/property/edit_pictures.h"

#include <math.h>
#include <string.h>

static float between(struct fn_rng *r, float low, float high)
{
    return low + (high - low) * (float)fn_rng_uniform(r);
}

/* Where a stored pixel is when the picture is shown upright, by the eight values of Exif. */
static void turn(uint8_t orientation, float w, float h, float x, float y, float out[2])
{
    const float at[9][2] = {{0, 0}, {x, y},     {w - x, y},     {w - x, h - y}, {x, h - y},
                            {y, x}, {h - y, x}, {h - y, w - x}, {y, w - x}};
    memcpy(out, at[orientation], sizeof at[orientation]);
}

static bool is_on_its_side(uint8_t orientation)
{
    return orientation > 4;
}

static bool is_mirrored(uint8_t orientation)
{
    return orientation == 2 || orientation == 4 || orientation == 5 || orientation == 7;
}

static void place_points(struct ep_face *f)
{
    static const float at[5][2] = {
        {-.4f, -.3f}, {.4f, -.3f}, {0, .1f}, {-.3f, .5f}, {.3f, .5f}};
    for (int k = 0; k < 5; k++) {
        f->points[k][0] = f->x + at[k][0] * f->half_w;
        f->points[k][1] = f->y + at[k][1] * f->half_h;
    }
}

void ep_new(struct ep_picture *p, struct ep_lineage *l, int lineage, int n_identities,
            struct fn_rng *r)
{
    *p = (struct ep_picture){.lineage = lineage,
                             .parent = -1,
                             .w = 4000,
                             .h = 3000,
                             .orientation = 1,
                             .has_date = fn_rng_below(r, 4) > 0};
    *l = (struct ep_lineage){.like = -1, .taken_s = 1000000000 + lineage * 1000};
    p->n = l->n = (uint8_t)(1 + fn_rng_below(r, EP_FACES));
    uint32_t first = (uint32_t)fn_rng_below(r, (uint64_t)n_identities);
    float row = between(r, 1000, 2000);
    for (uint8_t i = 0; i < p->n; i++) { /* evenly: mirrored, each is where another one was */
        struct ep_face *f = &p->faces[i];
        l->identity[i] = (uint8_t)((first + i) % (uint32_t)n_identities);
        *f = (struct ep_face){.number = i, .seen = true, .half_w = 200, .half_h = 240};
        f->x = 2000 + 700 * ((float)i - (float)(p->n - 1) / 2);
        f->y = row + between(r, -30, 30);
        place_points(f);
    }
}

static void swap_sides(struct ep_face *f)
{
    static const int pairs[2][2] = {{0, 1}, {3, 4}};
    for (int k = 0; k < 2; k++) {
        float left[2], *a = f->points[pairs[k][0]], *b = f->points[pairs[k][1]];
        memcpy(left, a, sizeof left);
        memcpy(a, b, sizeof left);
        memcpy(b, left, sizeof left);
    }
}

/* A detector never finds quite the same box in changed pixels. */
static void jitter(struct ep_picture *p, float size, struct fn_rng *r)
{
    for (uint8_t i = 0; i < p->n; i++) {
        struct ep_face *f = &p->faces[i];
        f->x += f->half_w * between(r, -size, size);
        f->y += f->half_h * between(r, -size, size);
        f->half_w *= 1 + between(r, -size, size);
        f->half_h *= 1 + between(r, -size, size);
    }
}

void ep_burst(struct ep_picture *p, struct ep_lineage *l, const struct ep_picture *of,
              const struct ep_lineage *of_lineage, int lineage, struct fn_rng *r)
{
    *p = *of;
    *l = *of_lineage;
    p->lineage = lineage;
    p->parent = -1;
    p->drift = 0;
    p->has_date = true;
    l->like = of->lineage;
    l->taken_s += 1 + (int64_t)fn_rng_below(r, 3);
    for (uint8_t i = 0; i < p->n; i++)
        p->faces[i].seen = true;
    jitter(p, .06f, r);
}

static void map_linear(struct ep_picture *p, float a, float b, float c, float d, float x0,
                       float y0)
{
    for (uint8_t i = 0; i < p->n; i++) {
        struct ep_face *f = &p->faces[i];
        float *v[6][2] = {{&f->x, &f->y}};
        for (int k = 0; k < 5; k++) {
            v[k + 1][0] = &f->points[k][0];
            v[k + 1][1] = &f->points[k][1];
        }
        for (int k = 0; k < 6; k++) {
            float x = *v[k][0], y = *v[k][1];
            *v[k][0] = a * x + b * y + x0;
            *v[k][1] = c * x + d * y + y0;
        }
    }
}

static void turn_pixels(struct ep_picture *p, uint8_t how)
{
    float zero[2], right[2], down[2];
    turn(how, p->w, p->h, 0, 0, zero);
    turn(how, p->w, p->h, 1, 0, right);
    turn(how, p->w, p->h, 0, 1, down);
    map_linear(p, right[0] - zero[0], down[0] - zero[0], right[1] - zero[1], down[1] - zero[1],
               zero[0], zero[1]);
    for (uint8_t i = 0; i < p->n; i++) {
        struct ep_face *f = &p->faces[i];
        float half = f->half_w;
        if (is_on_its_side(how)) {
            f->half_w = f->half_h;
            f->half_h = half;
        }
        if (is_mirrored(how))
            swap_sides(f);
    }
    if (is_on_its_side(how)) {
        float w = p->w;
        p->w = p->h;
        p->h = w;
    }
}

static void resize(struct ep_picture *p, float by)
{
    map_linear(p, by, 0, 0, by, 0, 0);
    for (uint8_t i = 0; i < p->n; i++) {
        p->faces[i].half_w *= by;
        p->faces[i].half_h *= by;
    }
    p->w *= by;
    p->h *= by;
}

/* Faces whose middle is near the edge or outside are cut away. */
static void cut(struct ep_picture *p, float left, float top, float w, float h)
{
    uint8_t n = 0;
    map_linear(p, 1, 0, 0, 1, -left, -top);
    p->w = w;
    p->h = h;
    for (uint8_t i = 0; i < p->n; i++) {
        struct ep_face f = p->faces[i];
        if (f.x > f.half_w && f.y > f.half_h && f.x < w - f.half_w && f.y < h - f.half_h)
            p->faces[n++] = f;
    }
    p->n = n;
}

static void straighten(struct ep_picture *p, float degrees)
{
    float a = degrees * 3.14159265f / 180, c = cosf(a), s = sinf(a);
    float x = p->w / 2, y = p->h / 2;
    map_linear(p, c, -s, s, c, x - c * x + s * y, y - s * x - c * y);
    float dx = y * fabsf(s), dy = x * fabsf(s);
    cut(p, dx, dy, p->w - 2 * dx, p->h - 2 * dy);
}

static void change_pixels(struct ep_picture *p, enum ep_edit edit, struct fn_rng *r)
{
    float w = p->w, h = p->h;
    if (edit == EP_TURN)
        turn_pixels(p, (uint8_t)(2 + fn_rng_below(r, 7)));
    else if (edit == EP_RESIZE)
        resize(p, between(r, .5f, 1));
    else if (edit == EP_CROP)
        cut(p, w * between(r, 0, .2f), h * between(r, 0, .2f), w * between(r, .7f, .8f),
            h * between(r, .7f, .8f));
    else if (edit == EP_STRAIGHTEN)
        straighten(p, between(r, -4, 4));
}

void ep_edit(struct ep_picture *p, const struct ep_picture *of, int parent, enum ep_edit edit,
             uint32_t number, struct fn_rng *r)
{
    *p = *of;
    p->parent = parent;
    if (edit == EP_TAG)
        return;
    if (edit == EP_ORIENTATION) {
        uint8_t now = (uint8_t)(1 + fn_rng_below(r, 7));
        p->orientation = now >= p->orientation ? (uint8_t)(now + 1) : now;
    } else {
        change_pixels(p, edit, r);
    }
    p->vectors = number;
    p->drift = between(r, .05f, .25f); /* as measured: squared distances up to .12 */
    jitter(p, .04f, r);
    for (uint8_t i = 0; i < p->n; i++)
        p->faces[i].seen = fn_rng_below(r, 25) > 0;
    for (uint8_t i = 0; i < p->n; i++)
        p->faces[i].unlike = fn_rng_below(r, 30) == 0;
}

void ep_upright_size(const struct ep_picture *p, uint32_t *ret_w, uint32_t *ret_h)
{
    bool side = is_on_its_side(p->orientation);
    *ret_w = (uint32_t)lrintf(side ? p->h : p->w);
    *ret_h = (uint32_t)lrintf(side ? p->w : p->h);
}

void ep_upright_point(const struct ep_picture *p, float x, float y, float out[2])
{
    uint32_t w, h;
    ep_upright_size(p, &w, &h);
    turn(p->orientation, p->w, p->h, x, y, out);
    out[0] /= (float)w;
    out[1] /= (float)h;
}

void ep_upright_box(const struct ep_picture *p, const struct ep_face *f, float box[4])
{
    float a[2], b[2];
    ep_upright_point(p, f->x - f->half_w, f->y - f->half_h, a);
    ep_upright_point(p, f->x + f->half_w, f->y + f->half_h, b);
    for (int k = 0; k < 2; k++) {
        box[k] = fminf(a[k], b[k]);
        box[2 + k] = fabsf(a[k] - b[k]);
    }
}
