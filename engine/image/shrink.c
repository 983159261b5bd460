/* SPDX-License-Identifier: MIT */
/* Box filter for decoders that cannot scale by themselves; see shrink.h. */
#include "engine/image/shrink.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/image/decode_limits.h"
#include "engine/image/orient.h"

int fn_shrink_init(struct fn_shrink *s, uint32_t width, uint32_t height, uint32_t denom,
                   int orientation)
{
    bool swap = fn_orientation_swaps(orientation);

    *s = (struct fn_shrink){
        .width = width, .height = height, .denom = denom, .orientation = orientation};
    s->out_width = fn_div_up(width, denom);
    s->out_height = fn_div_up(height, denom);
    s->sums = calloc(s->out_width, 3 * sizeof *s->sums);
    s->row = malloc(3 * (size_t)s->out_width);
    if (s->sums && s->row &&
        fn_image_create(swap ? s->out_height : s->out_width,
                        swap ? s->out_width : s->out_height, &s->image) == 0)
        return 0;
    fn_shrink_finish(s);
    return -ENOMEM;
}

static void put(struct fn_shrink *s, uint32_t out_y, const uint8_t *rgb)
{
    fn_orient_rows(&s->image, s->orientation, s->out_width, s->out_height, out_y, 1, rgb,
                   3 * (size_t)s->out_width);
}

static void flush(struct fn_shrink *s, uint32_t out_y, uint32_t rows)
{
    for (uint32_t x = 0; x < s->out_width; x++) {
        uint32_t left = s->width - x * s->denom;
        uint32_t n = rows * (left < s->denom ? left : s->denom);

        for (int c = 0; c < 3; c++)
            s->row[3 * x + c] = (uint8_t)((s->sums[3 * x + c] + n / 2) / n);
    }
    put(s, out_y, s->row);
    memset(s->sums, 0, 3 * sizeof *s->sums * s->out_width);
}

void fn_shrink_row(struct fn_shrink *s, const uint8_t *rgb)
{
    uint32_t y = s->y++;

    if (s->denom == 1) {
        put(s, y, rgb);
        return;
    }
    for (uint32_t x = 0, i = 0; x < s->out_width; x++) {
        uint32_t end = s->width - i < s->denom ? s->width : i + s->denom;
        uint32_t r = 0, g = 0, b = 0;

        for (; i < end; i++) {
            r += rgb[3 * (size_t)i];
            g += rgb[3 * (size_t)i + 1];
            b += rgb[3 * (size_t)i + 2];
        }
        s->sums[3 * x] += r;
        s->sums[3 * x + 1] += g;
        s->sums[3 * x + 2] += b;
    }
    if (s->y % s->denom == 0 || s->y == s->height)
        flush(s, y / s->denom, y % s->denom + 1);
}

void fn_shrink_end(struct fn_shrink *s)
{
    if (s->denom > 1 && s->y < s->height && s->y % s->denom != 0)
        flush(s, s->y / s->denom, s->y % s->denom);
}

void fn_shrink_finish(struct fn_shrink *s)
{
    free(s->sums);
    free(s->row);
    s->sums = NULL;
    s->row = NULL;
    fn_image_destroy(&s->image);
}
