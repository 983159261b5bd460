/* SPDX-License-Identifier: MIT */
/* Frames and turned pictures; see pixels.h. */
#include "engine/face/photo_pixels.h"

#include <math.h>
#include <string.h>

struct fn_frame fn_frame_turned(uint32_t upright_width, uint32_t upright_height, unsigned turn)
{
    turn &= 3;
    if (turn & 1)
        return (struct fn_frame){upright_height, upright_width, turn};
    return (struct fn_frame){upright_width, upright_height, turn};
}

void fn_frame_from_upright(struct fn_frame f, float x, float y, float *rx, float *ry)
{
    float w = (float)f.width, h = (float)f.height;
    switch (f.turn) {
    case 1:
        *rx = w - y, *ry = x;
        break;
    case 2:
        *rx = w - x, *ry = h - y;
        break;
    case 3:
        *rx = y, *ry = h - x;
        break;
    default:
        *rx = x, *ry = y;
    }
}

void fn_frame_to_upright(struct fn_frame f, float x, float y, float *rx, float *ry)
{
    float w = (float)f.width, h = (float)f.height;
    switch (f.turn) {
    case 1:
        *rx = y, *ry = w - x;
        break;
    case 2:
        *rx = w - x, *ry = h - y;
        break;
    case 3:
        *rx = h - y, *ry = x;
        break;
    default:
        *rx = x, *ry = y;
    }
}

static struct fn_box ordered(struct fn_box b)
{
    return (struct fn_box){fminf(b.x0, b.x1), fminf(b.y0, b.y1), fmaxf(b.x0, b.x1),
                           fmaxf(b.y0, b.y1), b.score,           b.rank};
}

struct fn_box fn_frame_box_from_upright(struct fn_frame f, struct fn_box b)
{
    struct fn_box r = b;
    fn_frame_from_upright(f, b.x0, b.y0, &r.x0, &r.y0);
    fn_frame_from_upright(f, b.x1, b.y1, &r.x1, &r.y1);
    return ordered(r);
}

struct fn_box fn_frame_box_to_upright(struct fn_frame f, struct fn_box b)
{
    struct fn_box r = b;
    fn_frame_to_upright(f, b.x0, b.y0, &r.x0, &r.y0);
    fn_frame_to_upright(f, b.x1, b.y1, &r.x1, &r.y1);
    return ordered(r);
}

struct fn_box fn_pixels_box_to_frame(const struct fn_pixels *p, struct fn_box b)
{
    float s = p->scale;
    return (struct fn_box){p->x + b.x0 * s, p->y + b.y0 * s, p->x + b.x1 * s,
                           p->y + b.y1 * s, b.score,         b.rank};
}

struct fn_box fn_pixels_box_from_frame(const struct fn_pixels *p, struct fn_box b)
{
    float s = p->scale;
    return (struct fn_box){(b.x0 - p->x) / s, (b.y0 - p->y) / s, (b.x1 - p->x) / s,
                           (b.y1 - p->y) / s, b.score,           b.rank};
}

int fn_image_turned(const struct fn_image *from, unsigned turn, struct fn_image *ret)
{
    static const int orientation[4] = {1, 6, 3,
                                       8}; /* EXIF: turned clockwise by 0, 90, 180, 270 */
    struct fn_image m = {0};
    int rc = fn_image_create(from->width, from->height, &m);
    if (rc)
        return rc;
    for (uint32_t y = 0; y < from->height; y++)
        memcpy(m.data + (size_t)y * m.stride, from->data + (size_t)y * from->stride,
               (size_t)from->width * 3);
    rc = fn_image_orient(&m, orientation[turn & 3]);
    if (rc) {
        fn_image_destroy(&m);
        return rc;
    }
    *ret = m;
    return 0;
}

struct fn_pixels fn_pixels_of(struct fn_frame f, const struct fn_image *turned_image,
                              float upright_x, float upright_y, float scale)
{
    uint32_t w = turned_image->width, h = turned_image->height;
    if (f.turn & 1) {
        w = turned_image->height;
        h = turned_image->width;
    }
    struct fn_box upright = {
        upright_x, upright_y, upright_x + (float)w * scale, upright_y + (float)h * scale, 0, 0};
    struct fn_box turned = fn_frame_box_from_upright(f, upright);
    return (struct fn_pixels){turned_image, turned.x0, turned.y0, scale};
}
