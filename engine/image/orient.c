/* SPDX-License-Identifier: MIT */
/* Turning stored rows upright. Decoders hand over strips of rows, so that no second whole
 * picture is needed; for the four orientations that swap the axes a strip is walked column by
 * column, which writes short runs instead of single pixels. */
#include "engine/image/orient.h"

#include <errno.h>
#include <string.h>

struct fn_rect fn_rect_to_stored(struct fn_rect u, int orientation, int64_t w, int64_t h)
{
    switch (orientation) {
    case 2:
        return (struct fn_rect){w - u.x - u.w, u.y, u.w, u.h};
    case 3:
        return (struct fn_rect){w - u.x - u.w, h - u.y - u.h, u.w, u.h};
    case 4:
        return (struct fn_rect){u.x, h - u.y - u.h, u.w, u.h};
    case 5:
        return (struct fn_rect){u.y, u.x, u.h, u.w};
    case 6:
        return (struct fn_rect){u.y, h - u.x - u.w, u.h, u.w};
    case 7:
        return (struct fn_rect){w - u.y - u.h, h - u.x - u.w, u.h, u.w};
    case 8:
        return (struct fn_rect){w - u.y - u.h, u.x, u.h, u.w};
    default:
        return u;
    }
}

struct fn_rect fn_rect_to_upright(struct fn_rect s, int orientation, int64_t w, int64_t h)
{
    switch (orientation) {
    case 2:
        return (struct fn_rect){w - s.x - s.w, s.y, s.w, s.h};
    case 3:
        return (struct fn_rect){w - s.x - s.w, h - s.y - s.h, s.w, s.h};
    case 4:
        return (struct fn_rect){s.x, h - s.y - s.h, s.w, s.h};
    case 5:
        return (struct fn_rect){s.y, s.x, s.h, s.w};
    case 6:
        return (struct fn_rect){h - s.y - s.h, s.x, s.h, s.w};
    case 7:
        return (struct fn_rect){h - s.y - s.h, w - s.x - s.w, s.h, s.w};
    case 8:
        return (struct fn_rect){s.y, w - s.x - s.w, s.h, s.w};
    default:
        return s;
    }
}

/* Byte offset of stored pixel (0, 0) in the upright picture, and of one step along x and y. */
struct steps {
    ptrdiff_t origin, x, y;
};

static struct steps steps_of(int orientation, ptrdiff_t w, ptrdiff_t h, ptrdiff_t stride)
{
    switch (orientation) {
    case 2:
        return (struct steps){(w - 1) * 3, -3, stride};
    case 3:
        return (struct steps){(h - 1) * stride + (w - 1) * 3, -3, -stride};
    case 4:
        return (struct steps){(h - 1) * stride, 3, -stride};
    case 5:
        return (struct steps){0, stride, 3};
    case 6:
        return (struct steps){(h - 1) * 3, stride, -3};
    case 7:
        return (struct steps){(w - 1) * stride + (h - 1) * 3, -stride, -3};
    case 8:
        return (struct steps){(w - 1) * stride, -stride, 3};
    default:
        return (struct steps){0, 3, stride};
    }
}

static void put(uint8_t *dst, const uint8_t *src)
{
    dst[0] = src[0];
    dst[1] = src[1];
    dst[2] = src[2];
}

void fn_orient_rows(struct fn_image *dst, int orientation, uint32_t width, uint32_t height,
                    uint32_t y0, uint32_t n_rows, const uint8_t *rows, size_t row_stride)
{
    struct steps s = steps_of(orientation, width, height, (ptrdiff_t)dst->stride);
    uint8_t *first = dst->data + s.origin + (ptrdiff_t)y0 * s.y;

    if (fn_orientation_swaps(orientation)) {
        for (uint32_t x = 0; x < width; x++)
            for (uint32_t y = 0; y < n_rows; y++)
                put(first + (ptrdiff_t)x * s.x + (ptrdiff_t)y * s.y,
                    rows + y * row_stride + 3 * (size_t)x);
        return;
    }
    for (uint32_t y = 0; y < n_rows; y++) {
        const uint8_t *row = rows + y * row_stride;
        uint8_t *out = first + (ptrdiff_t)y * s.y;

        if (s.x == 3)
            memcpy(out, row, 3 * (size_t)width);
        else
            for (uint32_t x = 0; x < width; x++)
                put(out - 3 * (ptrdiff_t)x, row + 3 * (size_t)x);
    }
}

int fn_image_orient(struct fn_image *m, int orientation)
{
    bool swap = fn_orientation_swaps(orientation);
    struct fn_image turned;

    if (orientation < 2 || orientation > 8)
        return 0;
    int rc = fn_image_create(swap ? m->height : m->width, swap ? m->width : m->height, &turned);
    if (rc < 0)
        return rc;
    for (uint32_t y = 0; y < m->height; y += 16) {
        uint32_t n = m->height - y < 16 ? m->height - y : 16;

        fn_orient_rows(&turned, orientation, m->width, m->height, y, n, m->data + y * m->stride,
                       m->stride);
    }
    fn_image_destroy(m);
    *m = turned;
    return 0;
}
