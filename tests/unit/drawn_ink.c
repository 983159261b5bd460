/* SPDX-License-Identifier: MIT */
#include "tests/unit/drawn_ink.h"

#include <stdbool.h>

static bool is_paper(const uint8_t *p)
{
    return p[0] == p[1] && p[1] == p[2] && p[0] > 240;
}

size_t drawn_ink(const struct fn_image *m, int64_t x0, int64_t y0, int64_t x1, int64_t y1)
{
    size_t n = 0;
    for (int64_t y = y0 < 0 ? 0 : y0; y < y1 && y < m->height; y++)
        for (int64_t x = x0 < 0 ? 0 : x0; x < x1 && x < m->width; x++)
            n += !is_paper(m->data + (size_t)y * m->stride + 3 * (size_t)x);
    return n;
}
